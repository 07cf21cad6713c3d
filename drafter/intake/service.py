"""Intake: reviews come in, change and go. A review and its drafting job enter in one transaction, or neither does."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from drafter.domain.approval import Actor, ApprovalItem, DecisionKind
from drafter.domain.errors import BadInput, Conflict, NotFound
from drafter.domain.ports import Clock
from drafter.domain.record import Record
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.store import items, removal, reviews, shops, signatures
from drafter.store.answered import already_answered
from drafter.store.database import Database
from drafter.store.jobs import DraftingQueue
from drafter.store.reviews import StoredReview

log = logging.getLogger(__name__)

ME = Actor.system("intake")

MAX_EXTERNAL_ID = 200  # characters of a platform's own id that are kept


class Received(Record):
    """What became of a review that was sent."""

    review_id: str
    version: str
    outcome: Literal["new", "unchanged", "changed"]


class ReviewStatus(Record):
    """Where a review stands."""

    review_id: str
    version: str
    state: str  # `drafting` until there is an item, then the item's state; `withdrawn` once the customer deleted it
    item_id: str | None = None


class Intake:
    """Takes reviews in, and tells where they stand."""

    def __init__(self, *, database: Database, engine: DraftingQueue, clock: Clock) -> None:
        self._database = database
        self._engine = engine
        self._clock = clock

    def receive(self, shop_name: str, review: Review, case_facts: Mapping[str, str]) -> Received:
        """Take a review in.

        The same words again change nothing, unless the customer had deleted them; what is new around them (that it was
        published, more case facts) is kept. Changed words are a new version: what nobody has decided about the old one
        is superseded, and a new draft is prepared, unless the review was answered, here or elsewhere, and the platform
        takes only one reply.

        Raises:
            UnknownShop: there is no shop of that name.
            BadInput: the platform's id is empty or too long.
            Conflict: the review was removed, on request or because it was old, and is not taken in again.
        """
        if not 0 < len(review.external_id) <= MAX_EXTERNAL_ID:
            raise BadInput(f"A review's external_id has 1 to {MAX_EXTERNAL_ID} characters.")
        review = review.with_changes(shop=shop_name)
        now = self._clock.now()
        with self._database.writing() as session:
            shop = shops.get(session, shop_name)
            received = self._add(session, review, case_facts, now)
            _refuse_removed(session, review, shop)  # after, so that a removal of just now is seen
            if received is None:
                received = self._meet(session, shop, review, case_facts, now)
        log.info("intake.received", extra=received.model_dump())
        return received

    def delete(self, review_id: str, shop: str | None = None) -> None:
        """Note that the customer deleted a review; what has not left is withdrawn. Twice does no harm.

        Raises:
            NotFound: there is none of that id, or it is another shop's.
        """
        now = self._clock.now()
        with self._database.writing() as session:
            stored = _of_shop(reviews.get(session, review_id, lock=True), shop)
            if stored.deleted_at is None:
                reviews.mark_deleted(session, stored.id, now)
                items.close_open(session, stored.id, kind=DecisionKind.WITHDRAW, actor=ME, now=now)
        log.info("intake.deleted", extra={"review_id": stored.id})

    def status(self, review_id: str, shop: str | None = None) -> ReviewStatus:
        """Return where a review stands.

        Raises:
            NotFound: there is none of that id, or it is another shop's.
        """
        with self._database.reading() as session:
            stored = _of_shop(reviews.get(session, review_id), shop)
            item = items.find(session, review_id, stored.version) or _answered_before(session, stored)
        state = item.state.value if item else "withdrawn" if stored.deleted_at else "drafting"
        return ReviewStatus(review_id=review_id, version=stored.version, state=state, item_id=item.id if item else None)

    def _add(self, session: Session, review: Review, case_facts: Mapping[str, str], now: datetime) -> Received | None:
        review_id = reviews.insert(session, review, case_facts, now)
        if review_id is None:
            return None
        signatures.save(session, review_id, review)
        self._engine.enqueue_draft(session, review_id, review.version)
        return Received(review_id=review_id, version=review.version, outcome="new")

    def _meet(
        self, session: Session, shop: Shop, review: Review, case_facts: Mapping[str, str], now: datetime
    ) -> Received:
        """Compare a review with what we hold of it."""
        stored = reviews.find(session, shop.name, review.platform, review.external_id, lock=True)
        if stored is None:
            raise Conflict("This review was removed while it came in. Send it again.")
        case_facts = case_facts or stored.case_facts  # a tool that sends none has not taken the known ones back
        if (review, dict(case_facts)) != (stored.review, dict(stored.case_facts)):
            reviews.update(session, stored, review, case_facts)
        if review.version == stored.review.version and stored.deleted_at is None:
            return Received(review_id=stored.id, version=stored.version, outcome="unchanged")
        version = reviews.add_version(session, stored, review, now)
        signatures.save(session, stored.id, review)
        items.close_open(session, stored.id, kind=DecisionKind.SUPERSEDE, actor=ME, now=now)
        if shop.limits.replies_per_review != "once" or not already_answered(session, stored.id):
            self._engine.enqueue_draft(session, stored.id, version)
        return Received(review_id=stored.id, version=version, outcome="changed")


def _refuse_removed(session: Session, review: Review, shop: Shop) -> None:
    once = shop.limits.replies_per_review == "once"
    if (at := removal.removed_at(session, review, once=once)) is not None:
        raise Conflict(f"This review was removed here on {at:%d %B %Y} and is not taken in again.")


def _of_shop(stored: StoredReview, shop: str | None) -> StoredReview:
    """Return the review if it is the shop's (None: any shop's); another shop's counts as not there."""
    if shop is not None and stored.review.shop != shop:
        raise NotFound("There is no review of that id.")
    return stored


def _answered_before(session: Session, stored: StoredReview) -> ApprovalItem | None:
    """Return the item by which an earlier version was answered, where the new one gets none of its own."""
    limits = shops.get(session, stored.review.shop).limits
    if limits.replies_per_review != "once" or not already_answered(session, stored.id):
        return None
    return items.newest(session, stored.id)
