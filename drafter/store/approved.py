"""Every approved reply of a shop, wherever it stands; reading it changes nothing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from drafter.domain.errors import BadInput
from drafter.domain.reply import Reply
from drafter.store import replies
from drafter.store.tables import ReplyRow

# The place of a page's last reply. Anybody may send anything as a cursor: only what is of the columns' kinds is taken.
_Time = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
_PLACE = TypeAdapter(tuple[_Time, Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]])


def last_approved_first(
    session: Session, shop: str, *, cursor: str | None, limit: int
) -> tuple[list[Reply], str | None]:
    """Return a page of a shop's replies, in whatever state, the last approval first, and the cursor of the next page.

    Raises:
        BadInput: the cursor is not one of ours.
    """
    order = (ReplyRow.approved_at, ReplyRow.id)
    query = select(*order, ReplyRow.item_id).where(ReplyRow.shop == shop).order_by(*(one.desc() for one in order))
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*_opened(cursor)))
    rows = session.execute(query.limit(limit + 1)).all()
    found = [replies.of_item(session, row.item_id) for row in rows[:limit]]  # none where it was taken back just now
    following = _sealed(rows[limit - 1].approved_at, rows[limit - 1].id) if len(rows) > limit else None
    return [reply for reply in found if reply is not None], following


def _sealed(approved_at: datetime, reply_id: str) -> str:
    place = [approved_at.isoformat(), reply_id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[Any, ...]:
    try:
        return _PLACE.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise BadInput("This cursor is not one that a page of this list gave. Start again without one.") from error
