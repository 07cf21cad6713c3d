"""Replies: kept once a review, changed under a row lock, so that undo, promotion and hand-over never overlap.

Whoever needs several rows takes the review's first, then the item's, then the reply's. A foreign key that points to
a review takes a share of its row too: two who took them in other orders would wait for each other forever.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from drafter.domain.errors import Conflict, NotFound
from drafter.domain.finding import Part
from drafter.domain.reply import Reply, ReplyPart, ReplyState
from drafter.domain.shop import Limits
from drafter.store.tables import ReplyPartRow, ReplyRow

_STILL_HERE = (ReplyState.HELD, ReplyState.READY)
_COLUMNS = (
    "id",
    "delivery_id",
    "item_id",
    "review_id",
    "review_version",
    "shop",
    "approved_by",
    "approved_at",
    "held_until",
    "attempts",
    "next_attempt_at",
    "last_error",
    "acknowledged_at",
    "outdated",
    "taken_by",
)


def slot_of(limits: Limits, review_version: str) -> str:
    """Return the slot that a reply takes up: one for the review, or one for each of its versions."""
    return "only" if limits.replies_per_review == "once" else review_version


def has_left(reply: Reply) -> bool:
    """Whether any part was handed over, posted or reported as failed: from then on it cannot be taken back."""
    return any(part.state not in _STILL_HERE for part in reply.parts)


def insert(session: Session, reply: Reply, *, slot: str) -> None:
    """Store a new reply.

    Raises:
        Conflict: the review has a reply in that slot already.
    """
    session.add(ReplyRow(**_columns_of(reply), slot=slot))
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("This review has an approved reply already. A second one is never sent.") from error
    session.add_all(
        ReplyPartRow(reply_id=reply.id, part=part.part.value, text=part.text, state=part.state.value, failure=None)
        for part in reply.parts
    )
    session.flush()


def get(session: Session, reply_id: str, *, lock: bool = False) -> Reply:
    """Return a reply; with `lock`, nobody else changes it until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    found = _one(session, ReplyRow.id == reply_id, lock=lock)
    if found is None:
        raise NotFound("There is no reply of that id; it may have been taken back.")
    return found


def of_item(session: Session, item_id: str, *, lock: bool = False) -> Reply | None:
    """Return the reply that an item's approval made, if it has one."""
    return _one(session, ReplyRow.item_id == item_id, lock=lock)


def of_review(session: Session, review_id: str) -> list[Reply]:
    """Return the replies to a review, one or, where the platform takes that, one for each version; oldest first."""
    return _many(session, select(ReplyRow).where(ReplyRow.review_id == review_id).order_by(ReplyRow.approved_at))


def of_delivery(session: Session, delivery_id: str, *, shop: str | None, lock: bool = False) -> Reply:
    """Return the reply with that delivery id, within one shop if it is given.

    Raises:
        NotFound: there is none, or it belongs to another shop.
    """
    found = _one(session, ReplyRow.delivery_id == delivery_id, lock=lock)
    if found is None or (shop is not None and found.shop != shop):
        raise NotFound("There is no reply with that delivery id.")
    return found


def change(session: Session, before: Reply, **changes: Any) -> Reply:  # noqa: ANN401  # a field may hold anything
    """Store changed fields of a reply, its parts included, and return it; the caller holds its lock."""
    after = before.with_changes(**changes)
    columns = {name: getattr(after, name) for name in changes if name != "parts"}
    if columns:
        session.execute(
            update(ReplyRow).where(ReplyRow.id == before.id).values(columns), {}, execution_options=_NO_SYNC
        )
    for part in after.parts if "parts" in changes else ():
        _store_part(session, after.id, part)
    return after


def remove(session: Session, reply: Reply) -> None:
    """Take a reply back that has not left; the caller holds its lock.

    Raises:
        Conflict: it has left.
    """
    if has_left(reply):
        raise Conflict("The reply has left already and cannot be taken back.")
    session.execute(delete(ReplyPartRow).where(ReplyPartRow.reply_id == reply.id), {}, execution_options=_NO_SYNC)
    session.execute(delete(ReplyRow).where(ReplyRow.id == reply.id), {}, execution_options=_NO_SYNC)
    session.expire_all()


def left() -> ColumnElement[bool]:
    """Whether a query's `ReplyRow` has left."""
    gone = ReplyPartRow.state.not_in([state.value for state in _STILL_HERE])
    return exists().where(ReplyPartRow.reply_id == ReplyRow.id, gone)


def undo_window_over(session: Session, now: datetime, *, limit: int = 100) -> list[str]:
    """Return the ids of held replies whose undo window is over, the longest waiting first."""
    held = _with_part_in(ReplyState.HELD)
    query = select(ReplyRow.id).where(held, ReplyRow.held_until <= now, _attempt_due(now))
    return list(session.scalars(query.order_by(ReplyRow.held_until, ReplyRow.id).limit(limit)))


def hand_over_due(session: Session, now: datetime, shops: Sequence[str], *, limit: int = 100) -> list[Reply]:
    """Return the unacknowledged replies of these shops whose next attempt is due, the longest waiting first."""
    waiting = _with_part_in(ReplyState.READY, ReplyState.HANDED_OVER)
    query = select(ReplyRow).where(
        ReplyRow.shop.in_(shops), waiting, ReplyRow.acknowledged_at.is_(None), ReplyRow.next_attempt_at <= now
    )
    return _many(session, query.order_by(ReplyRow.next_attempt_at, ReplyRow.id).limit(limit))


def unacknowledged(session: Session, shop: str, *, limit: int) -> list[Reply]:
    """Return what a polling tool has yet to confirm, oldest approval first."""
    waiting = _with_part_in(ReplyState.READY, ReplyState.HANDED_OVER)
    query = select(ReplyRow).where(ReplyRow.shop == shop, waiting, ReplyRow.acknowledged_at.is_(None))
    return _many(session, query.order_by(ReplyRow.approved_at, ReplyRow.id).limit(limit))


_NO_SYNC = {"synchronize_session": False}


def _with_part_in(*states: ReplyState) -> Any:  # noqa: ANN401  # an SQL expression
    return exists().where(
        ReplyPartRow.reply_id == ReplyRow.id, ReplyPartRow.state.in_([state.value for state in states])
    )


def _attempt_due(now: datetime) -> Any:  # noqa: ANN401  # an SQL expression
    return ReplyRow.next_attempt_at.is_(None) | (ReplyRow.next_attempt_at <= now)


def _one(session: Session, condition: Any, *, lock: bool) -> Reply | None:  # noqa: ANN401  # an SQL expression
    query = select(ReplyRow).where(condition).execution_options(populate_existing=True)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _reply_of(session, row)


def _many(session: Session, query: Any) -> list[Reply]:  # noqa: ANN401  # an SQL expression
    rows = session.scalars(query.execution_options(populate_existing=True)).all()
    return [_reply_of(session, row) for row in rows]


def _store_part(session: Session, reply_id: str, part: ReplyPart) -> None:
    session.execute(
        update(ReplyPartRow)
        .where(ReplyPartRow.reply_id == reply_id, ReplyPartRow.part == part.part.value)
        .values(state=part.state.value, failure=part.failure),
        {},
        execution_options=_NO_SYNC,
    )


def _columns_of(reply: Reply) -> dict[str, Any]:
    return {name: getattr(reply, name) for name in _COLUMNS}


def _reply_of(session: Session, row: ReplyRow) -> Reply:
    parts = session.scalars(
        select(ReplyPartRow).where(ReplyPartRow.reply_id == row.id).execution_options(populate_existing=True)
    )
    in_order = sorted((_part_of(part) for part in parts), key=lambda part: list(Part).index(part.part))
    return Reply(parts=tuple(in_order), **{name: getattr(row, name) for name in _COLUMNS})


def _part_of(row: ReplyPartRow) -> ReplyPart:
    return ReplyPart(part=Part(row.part), text=row.text, state=ReplyState(row.state), failure=row.failure)
