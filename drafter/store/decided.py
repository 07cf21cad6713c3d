"""What people decided, with all that they had before them: the material of evaluation cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from drafter.domain.approval import ActorKind, ApprovalItem
from drafter.domain.draft import Draft
from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Review
from drafter.domain.shop import Shop
from drafter.store import items, shops
from drafter.store.items import Decision
from drafter.store.tables import DecisionRow, DraftRow, ItemRow, ReviewRow, ReviewVersionRow


class Decided(Record):
    """An item that a person did something to."""

    item: ApprovalItem
    review: Review  # in the version that the item is about
    case_facts: CaseFacts  # as we hold them now
    shop: Shop
    decisions: tuple[Decision, ...]  # all of them, in their order
    drafts: Mapping[str, Draft]  # of that version, by id


def decided(session: Session, *, since: datetime | None = None, shop: str | None = None) -> Iterator[Decided]:
    """Yield the items on which a person took a step, in the order in which they were made.

    Args:
        session: a session for reading.
        since: only items with a person's step at that time or later.
        shop: only items of the shop of that name.
    """
    by_person = DecisionRow.actor["kind"].as_string() == ActorKind.PERSON.value
    touched = select(DecisionRow.item_id).where(by_person)
    if since is not None:
        touched = touched.where(DecisionRow.at >= since)
    query = select(ItemRow.id).where(ItemRow.id.in_(touched))
    if shop is not None:
        query = query.where(ItemRow.shop == shop)
    for item_id in session.scalars(query.order_by(ItemRow.created_at, ItemRow.id)).all():
        yield _decided(session, items.get(session, item_id))


def _decided(session: Session, item: ApprovalItem) -> Decided:
    written = session.get_one(ReviewVersionRow, (item.review_id, item.review_version))
    drafts = session.scalars(
        select(DraftRow).where(DraftRow.review_id == item.review_id, DraftRow.review_version == item.review_version)
    )
    return Decided(
        item=item,
        review=Review.from_store(written.record),
        case_facts=session.get_one(ReviewRow, item.review_id).case_facts,
        shop=shops.get(session, item.shop),
        decisions=items.decisions(session, item.id),
        drafts={row.id: Draft.from_store(row.record) for row in drafts},
    )
