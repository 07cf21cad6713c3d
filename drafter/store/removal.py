"""Removing reviews with all that is held about them, so that figures without text are all that stays.

What stays of a review is a hash of its platform's id, so that it is not drafted for a second time when a tool sends it
again, and the tries at its drafts, which hold no text and are counted in reports of what was spent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from drafter.domain.approval import OPEN_STATES
from drafter.domain.reply import ReplyState
from drafter.domain.review import Review
from drafter.store.answered import answered_for_good
from drafter.store.database import inserting
from drafter.store.reviews import StoredReview
from drafter.store.tables import (
    DecisionRow,
    DraftRow,
    IdempotencyRow,
    ItemRow,
    RemovedReviewRow,
    ReplyPartRow,
    ReplyRow,
    ReviewRow,
)

_OPEN = [state.value for state in OPEN_STATES]


def due(session: Session, before: datetime, *, limit: int) -> list[str]:
    """Return the ids of reviews about which all was done before a time: each decided, and each reply delivered."""
    query = select(ReviewRow.id).where(_quiet_since(before), ~_undecided(), ~_undelivered())
    return list(session.scalars(query.order_by(ReviewRow.changed_at).limit(limit)))


def is_due(session: Session, review_id: str, before: datetime) -> bool:
    """Whether that holds of a review now."""
    query = select(ReviewRow.id).where(ReviewRow.id == review_id, _quiet_since(before), ~_undecided(), ~_undelivered())
    return session.scalar(query) is not None


def held_back(session: Session, before: datetime) -> tuple[int, int]:
    """Return how many reviews from before a time stay because they are undecided, and how many undelivered."""
    undecided = select(func.count()).where(_quiet_since(before), _undecided()).select_from(ReviewRow)
    undelivered = select(func.count()).where(_quiet_since(before), ~_undecided(), _undelivered()).select_from(ReviewRow)
    return session.scalar(undecided) or 0, session.scalar(undelivered) or 0


def remove(session: Session, stored: StoredReview, now: datetime, *, for_good: bool) -> list[str]:
    """Remove a review with everything that is about it, and return the ids of its replies; the caller has its lock.

    With `for_good` it is never taken in again; else a changed text is, where its platform takes a further reply.
    """
    reply_ids = list(session.scalars(select(ReplyRow.id).where(ReplyRow.review_id == stored.id)))
    item_ids = select(ItemRow.id).where(ItemRow.review_id == stored.id)
    _remember(session, stored, now, for_good=for_good)
    steps: Sequence[Any] = (
        delete(ReplyPartRow).where(ReplyPartRow.reply_id.in_(reply_ids)),
        delete(ReplyRow).where(ReplyRow.review_id == stored.id),
        delete(DecisionRow).where(DecisionRow.item_id.in_(item_ids)),
        delete(ItemRow).where(ItemRow.review_id == stored.id),  # with its translations and its example
        delete(DraftRow).where(DraftRow.review_id == stored.id),
        delete(ReviewRow).where(ReviewRow.id == stored.id),  # with its versions and its signature
        delete(IdempotencyRow).where(cast(IdempotencyRow.body, String).contains(stored.id)),  # answers that show it
    )
    for step in steps:
        session.execute(step, {}, execution_options={"synchronize_session": False})
    session.expire_all()
    return reply_ids


def removed_at(session: Session, review: Review, *, once: bool) -> datetime | None:
    """Return when a review was removed that is not to be taken in again; None where it may.

    Args:
        session: that of the intake.
        review: as it was sent.
        once: whether its platform takes one answer only.
    """
    row = session.get(RemovedReviewRow, _id_hash(review))
    refused = row is not None and (once or row.version is None or row.version == review.version)
    return row.removed_at if row is not None and refused else None


def _remember(session: Session, stored: StoredReview, now: datetime, *, for_good: bool) -> None:
    version = None if for_good else stored.review.version
    values = {"id_hash": _id_hash(stored.review), "version": version, "removed_at": now}
    insert = inserting(session, RemovedReviewRow).values(values)
    session.execute(insert.on_conflict_do_update(index_elements=["id_hash"], set_=values))


def _id_hash(review: Review) -> str:
    return hashlib.sha256("\0".join((review.shop, review.platform, review.external_id)).encode()).hexdigest()


def _quiet_since(before: datetime) -> ColumnElement[bool]:
    later = exists().where(
        DecisionRow.item_id == ItemRow.id, ItemRow.review_id == ReviewRow.id, DecisionRow.at >= before
    )
    return and_(ReviewRow.changed_at < before, ~later)


def _undecided() -> ColumnElement[bool]:
    """Whether a query's `ReviewRow` waits for a decision, or for the draft that is to be decided on."""
    is_open = exists().where(ItemRow.review_id == ReviewRow.id, ItemRow.state.in_(_OPEN))
    newest = exists().where(ItemRow.review_id == ReviewRow.id, ItemRow.review_version == ReviewRow.version)
    return or_(is_open, and_(~newest, ReviewRow.deleted_at.is_(None), ~answered_for_good()))


def _undelivered() -> ColumnElement[bool]:
    """Whether a reply to a query's `ReviewRow` is still to arrive; one that the customer overtook is not."""
    arrived = or_(
        ReplyPartRow.state == ReplyState.POSTED.value,
        and_(ReplyPartRow.state == ReplyState.HANDED_OVER.value, ReplyRow.acknowledged_at.is_not(None)),
    )
    return exists().where(
        ReplyRow.review_id == ReviewRow.id,
        ReplyPartRow.reply_id == ReplyRow.id,
        ~arrived,
        ReplyRow.outdated.is_(False),
        ReviewRow.deleted_at.is_(None),
    )
