"""The queue: items in the order in which people should look at them, page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select, tuple_
from sqlalchemy.orm import Session

from drafter.domain.approval import OPEN_STATES, ApprovalItem
from drafter.domain.draft import Draft
from drafter.domain.errors import BadInput
from drafter.domain.finding import Finding
from drafter.domain.record import Record
from drafter.domain.reply import ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.store.items import item_of
from drafter.store.tables import DecisionRow, DraftRow, ItemRow, PersonRow, ReplyPartRow, ReplyRow, ReviewRow, ShopRow

UNRATED = 3  # stars that a review without a rating counts as in the order

# What a cursor holds: when its list was begun, and the place of its last entry. Anybody may send anything as a
# cursor, so nothing goes into a query that is not of the column's kind.
_Time = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
_ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
_Stars = Annotated[int, Field(ge=1, le=5)]
_WORST_FIRST = TypeAdapter(tuple[_Time, Literal[0, 1], _Stars, _Time, _ItemId])
_LAST_DECIDED_FIRST = TypeAdapter(tuple[_Time, Annotated[int, Field(ge=0, lt=2**31)]])

_OPEN = tuple(sorted(state.value for state in OPEN_STATES))
_IS_OPEN = ItemRow.state.in_(_OPEN)


class Line(Record):
    """A row of the queue."""

    item: ApprovalItem
    review: Review  # in its newest version
    received_at: AwareDatetime
    claimed_by_name: str | None
    shop_display_name: str


class EarlierDraft(Record):
    """A draft that was made for a review."""

    id: str
    draft: Draft
    findings: tuple[Finding, ...]
    instruction: str | None  # of the person who asked for it
    created_at: AwareDatetime


class Wanted(Record):
    """Which items a list is of."""

    shop: str | None = None  # None: of all shops
    is_open: bool = True
    escalated: bool = False  # only those
    held_by: str | None = None  # only those that this person has open
    failed: bool = False  # only those whose reply did not arrive


def worst_first(
    session: Session, wanted: Wanted, *, now: datetime, cursor: str | None, limit: int
) -> tuple[list[Line], str | None]:
    """Return undecided items, overdue ones first, then by few stars, then by when they are due, then by id.

    The order is that of the first page's time, which the cursor carries: nothing is skipped or repeated because
    something became overdue while a person turned pages.

    Raises:
        BadInput: the cursor is not one of ours.
    """
    as_of, after = _opened(cursor, now, _WORST_FIRST)
    overdue_first = case((ItemRow.due_at < as_of, 0), else_=1)
    order = (overdue_first, func.coalesce(ItemRow.rating, UNRATED), ItemRow.due_at, ItemRow.id)
    query = _lines(wanted, now).order_by(*order).limit(limit + 1)
    if after:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = session.execute(query).all()
    return _page(rows, limit, lambda row: _place(row[0], as_of), as_of)


def last_decided_first(
    session: Session, wanted: Wanted, *, now: datetime, cursor: str | None, limit: int
) -> tuple[list[Line], str | None]:
    """Return decided items, the last decision first.

    Raises:
        BadInput: the cursor is not one of ours.
    """
    as_of, after = _opened(cursor, now, _LAST_DECIDED_FIRST)
    last = select(DecisionRow.item_id, func.max(DecisionRow.id).label("last")).group_by(DecisionRow.item_id).subquery()
    query = _lines(wanted, now).add_columns(last.c.last).join(last, last.c.item_id == ItemRow.id)
    if after:
        query = query.where(last.c.last < after[0])
    rows = session.execute(query.order_by(last.c.last.desc()).limit(limit + 1)).all()
    return _page(rows, limit, lambda row: [row.last], as_of)


def line(session: Session, item_id: str, *, now: datetime) -> Line | None:
    """Return one item's line."""
    rows = session.execute(_lines(Wanted(), now, any_state=True).where(ItemRow.id == item_id)).all()
    return _line_of(rows[0]) if rows else None


def count(session: Session, *, shop: str | None, person: str | None, now: datetime) -> dict[str, int]:
    """Return how many items there are of each kind that the head of a page names."""
    held = and_(_IS_OPEN, ItemRow.claim_expires_at > now, ItemRow.claimed_by.is_not(None))
    kinds: dict[str, ColumnElement[bool]] = {
        "open": _IS_OPEN,
        "overdue": and_(_IS_OPEN, ItemRow.due_at < now),
        "negative": and_(_IS_OPEN, ItemRow.rating <= 2),
        "escalated": and_(_IS_OPEN, ItemRow.escalated),
        "claimed": held,
        "mine": and_(held, ItemRow.claimed_by == person),
        "decided": ~_IS_OPEN,
        "failed": not_delivered(),
    }
    query = select(*(func.count(case((condition, 1))).label(name) for name, condition in kinds.items()))
    row = session.execute(query if shop is None else query.where(ItemRow.shop == shop)).one()
    return {name: int(number) for name, number in zip(kinds, row, strict=True)}


def drafts_of(session: Session, review_id: str, review_version: str, *, limit: int = 10) -> tuple[EarlierDraft, ...]:
    """Return the last drafts made for one version of a review, the newest first."""
    query = select(DraftRow).where(DraftRow.review_id == review_id, DraftRow.review_version == review_version)
    rows = session.scalars(query.order_by(DraftRow.created_at.desc(), DraftRow.id.desc()).limit(limit))
    return tuple(
        EarlierDraft(
            id=row.id,
            draft=Draft.from_store(row.record),
            findings=tuple(Finding.from_store(finding) for finding in row.findings),
            instruction=row.instruction,
            created_at=row.created_at,
        )
        for row in rows
    )


_Lines = Select[Any]


def _lines(wanted: Wanted, now: datetime, *, any_state: bool = False) -> _Lines:
    query: _Lines = (
        select(ItemRow, DraftRow, ReviewRow, PersonRow.name, ShopRow.record)
        .outerjoin(DraftRow, DraftRow.id == ItemRow.draft_id)
        .join(ReviewRow, ReviewRow.id == ItemRow.review_id)
        .outerjoin(PersonRow, and_(PersonRow.id == ItemRow.claimed_by, ItemRow.claim_expires_at > now, _IS_OPEN))
        .join(ShopRow, ShopRow.name == ItemRow.shop)
        .execution_options(populate_existing=True)
    )
    if not any_state:
        query = query.where(_IS_OPEN if wanted.is_open else ~_IS_OPEN)
    if wanted.shop is not None:
        query = query.where(ItemRow.shop == wanted.shop)
    if wanted.escalated:
        query = query.where(ItemRow.escalated)
    if wanted.failed:
        query = query.where(not_delivered())
    if wanted.held_by is not None:
        query = query.where(ItemRow.claimed_by == wanted.held_by, ItemRow.claim_expires_at > now)
    return query


def not_delivered() -> ColumnElement[bool]:
    """Whether a part of an item's reply did not arrive, and the review is still there to be answered."""
    failed = (
        select(ReplyRow.item_id)
        .join(ReplyPartRow, ReplyPartRow.reply_id == ReplyRow.id)
        .join(ReviewRow, ReviewRow.id == ReplyRow.review_id)
        .where(ReplyPartRow.state == ReplyState.FAILED.value, ReviewRow.deleted_at.is_(None))
    )
    return ItemRow.id.in_(failed)


def _line_of(row: Row[Any]) -> Line:
    item, draft, review, name, shop = tuple(row)[:5]
    return Line(
        item=item_of(item, draft),
        review=Review.from_store(review.record),
        received_at=review.received_at,
        claimed_by_name=name,
        shop_display_name=Shop.from_store(shop).display_name,
    )


def _page(rows: Sequence[Row[Any]], limit: int, place: Any, as_of: datetime) -> tuple[list[Line], str | None]:  # noqa: ANN401  # whatever the list is ordered by
    lines = [_line_of(row) for row in rows[:limit]]
    more = len(rows) > limit
    return lines, _sealed(as_of, place(rows[limit - 1])) if more else None


def _place(item: ItemRow, as_of: datetime) -> list[Any]:
    stars = UNRATED if item.rating is None else item.rating
    return [0 if item.due_at < as_of else 1, stars, item.due_at.isoformat(), item.id]


def _sealed(as_of: datetime, place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([as_of.isoformat(), *place]).encode()).decode().rstrip("=")


def _opened(cursor: str | None, now: datetime, places: TypeAdapter[Any]) -> tuple[datetime, list[Any]]:
    if cursor is None:
        return now, []
    try:
        as_of, *place = places.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        raise _bad_cursor() from error
    return as_of, place


def _bad_cursor() -> BadInput:
    return BadInput("This cursor is not one that a page of this list gave. Start again without one.")
