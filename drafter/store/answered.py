"""Whether a review was answered: a platform that takes one answer gets no second one, whatever the customer changes."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from drafter.domain.approval import ItemState
from drafter.store import replies
from drafter.store.tables import ItemRow, ReplyRow, ReviewRow, ShopRow

_ONCE = "once"


def already_answered(session: Session, review_id: str) -> bool:
    """Whether a reply to this review has left, or a person answered it elsewhere."""
    return session.scalar(select(ReviewRow.id).where(ReviewRow.id == review_id, _answered())) is not None


def answered_for_good() -> ColumnElement[bool]:
    """The same of a query's `ReviewRow`, where its shop's platform takes one answer a review."""
    limit = ShopRow.record[("limits", "replies_per_review")].as_string()
    once = select(ShopRow.name).where(ShopRow.name == ReviewRow.shop, func.coalesce(limit, _ONCE) == _ONCE)
    return _answered() & once.correlate(ReviewRow).exists()


def _answered() -> ColumnElement[bool]:
    reply = select(ReplyRow.id).where(ReplyRow.review_id == ReviewRow.id, replies.left())
    elsewhere = select(ItemRow.id).where(
        ItemRow.review_id == ReviewRow.id, ItemRow.state == ItemState.ANSWERED_ELSEWHERE.value
    )
    return or_(reply.correlate(ReviewRow).exists(), elsewhere.correlate(ReviewRow).exists())
