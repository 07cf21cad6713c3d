"""Reviews: the newest version of each, and what the customer wrote every time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from drafter.domain.errors import NotFound
from drafter.domain.record import Record
from drafter.domain.review import Review
from drafter.store.answered import answered_for_good
from drafter.store.database import inserting
from drafter.store.ids import new_id
from drafter.store.tables import ItemRow, ReviewRow, ReviewVersionRow


class StoredReview(Record):
    """A review as we hold it."""

    id: str
    version: str  # the hash of the text; with a number behind it where the customer came back to an old one
    review: Review
    case_facts: Mapping[str, str]
    received_at: AwareDatetime  # first
    changed_at: AwareDatetime  # when the customer's newest words came
    deleted_at: AwareDatetime | None  # when we learned that the customer deleted it


def get(session: Session, review_id: str, *, lock: bool = False) -> StoredReview:
    """Return a review; with `lock`, nobody changes it until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    found = _one(session, select(ReviewRow).where(ReviewRow.id == review_id), lock=lock)
    if found is None:
        raise NotFound("There is no review of that id.")
    return found


def find(session: Session, shop: str, platform: str, external_id: str, *, lock: bool = False) -> StoredReview | None:
    """Return the review that a shop's platform calls by that id, if we have it."""
    same = (ReviewRow.shop == shop, ReviewRow.platform == platform, ReviewRow.external_id == external_id)
    return _one(session, select(ReviewRow).where(*same), lock=lock)


def insert(session: Session, review: Review, case_facts: Mapping[str, str], now: datetime) -> str | None:
    """Store a review that we do not have yet, and return its id.

    Returns None where we have it. Of two that come at once, one waits here for the other's transaction to end.
    """
    values = {
        "id": new_id("rev"),
        "shop": review.shop,
        "platform": review.platform,
        "external_id": review.external_id,
        "version": review.version,
        "record": review.model_dump(mode="json"),
        "case_facts": dict(case_facts),
        "received_at": now,
        "changed_at": now,
    }
    add = inserting(session, ReviewRow).values(values).on_conflict_do_nothing()
    review_id = session.scalar(add.returning(ReviewRow.id))
    if review_id is not None:
        _add_version(session, review_id, review, review.version, now)
    return review_id


def add_version(session: Session, before: StoredReview, review: Review, now: datetime) -> str:
    """Store what the customer changed, and return the new version. A deleted review is there again."""
    version = _unused_version(session, before.id, review.version)
    row = session.get_one(ReviewRow, before.id)
    row.record, row.version = review.model_dump(mode="json"), version
    row.changed_at, row.deleted_at = now, None
    _add_version(session, before.id, review, version, now)
    return version


def update(session: Session, before: StoredReview, review: Review, case_facts: Mapping[str, str]) -> None:
    """Store what is new around the customer's unchanged words: that it was published, more case facts."""
    row = session.get_one(ReviewRow, before.id)
    row.record, row.case_facts = review.model_dump(mode="json"), dict(case_facts)
    session.flush()


def mark_deleted(session: Session, review_id: str, now: datetime) -> None:
    """Remember that the customer deleted a review."""
    session.get_one(ReviewRow, review_id).deleted_at = now
    session.flush()


def without_item(session: Session, changed_before: datetime, *, limit: int = 100) -> list[StoredReview]:
    """Return reviews that wait for a draft of their newest version since before that time, oldest first.

    One that was answered in an earlier version does not wait, where the platform takes one answer only.
    """
    has_item = select(ItemRow.id).where(ItemRow.review_id == ReviewRow.id, ItemRow.review_version == ReviewRow.version)
    query = select(ReviewRow).where(
        ReviewRow.deleted_at.is_(None),
        ReviewRow.changed_at < changed_before,
        ~has_item.exists(),
        ~answered_for_good(),
    )
    return [_stored(row) for row in session.scalars(query.order_by(ReviewRow.changed_at).limit(limit))]


def _one(session: Session, query: Select[ReviewRow], *, lock: bool) -> StoredReview | None:
    query = query.with_for_update() if lock else query
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if row is None else _stored(row)


def _unused_version(session: Session, review_id: str, version: str) -> str:
    """Return the hash, or, where the customer came back to an old text, its beginning with a number: `3f0c...a1.2`.

    The old version has an item that is closed for good; the new one needs an item, and job ids, of its own.
    """
    of_review = select(ReviewVersionRow.version).where(ReviewVersionRow.review_id == review_id)
    if session.scalar(of_review.where(ReviewVersionRow.version == version)) is None:
        return version
    known = session.scalar(select(func.count()).select_from(of_review.subquery())) or 0
    return f"{version[:10]}.{known + 1}"


def _add_version(session: Session, review_id: str, review: Review, version: str, now: datetime) -> None:
    record: dict[str, Any] = review.model_dump(mode="json")
    session.add(ReviewVersionRow(review_id=review_id, version=version, record=record, received_at=now))
    session.flush()


def _stored(row: ReviewRow) -> StoredReview:
    return StoredReview(
        id=row.id,
        version=row.version,
        review=Review.from_store(row.record),
        case_facts=row.case_facts,
        received_at=row.received_at,
        changed_at=row.changed_at,
        deleted_at=row.deleted_at,
    )
