"""The reviews of a shop that came last, with what the reader found in them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Review
from drafter.domain.situation import Route, Situation
from drafter.store.tables import ItemRow, ReviewRow


class RecentReview(Record):
    """A review that was read and drafted for."""

    review: Review
    case_facts: CaseFacts
    situation: Situation


def drafted(session: Session, shop: str, *, limit: int = 100) -> tuple[RecentReview, ...]:
    """Return the shop's last reviews that got a draft in their newest version, the newest first."""
    query = (
        select(ReviewRow.record, ReviewRow.case_facts, ItemRow.situation)
        .join(ItemRow, (ItemRow.review_id == ReviewRow.id) & (ItemRow.review_version == ReviewRow.version))
        .where(ReviewRow.shop == shop, ReviewRow.deleted_at.is_(None), ItemRow.route == Route.DRAFT.value)
        .order_by(ItemRow.created_at.desc(), ItemRow.id.desc())
    )
    return tuple(
        RecentReview(review=Review.from_store(record), case_facts=case_facts, situation=Situation.from_store(situation))
        for record, case_facts, situation in session.execute(query.limit(limit))
    )
