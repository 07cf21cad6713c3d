"""Signatures: the bands of each review's text, by which its near copies are found without reading them all."""

from __future__ import annotations

from sqlalchemy import delete, select, union_all
from sqlalchemy.orm import Session

from drafter.domain.review import Review
from drafter.readers.fingerprint import bands, groups
from drafter.store.database import inserting
from drafter.store.tables import ReviewRow, SignatureRow

_LOOKED_AT = 40  # reviews of one band; a text that thousands share is told from forty as well


def save(session: Session, review_id: str, review: Review) -> None:
    """Store the signature of a review's newest words in place of the old one; a short text has none."""
    session.execute(delete(SignatureRow).where(SignatureRow.review_id == review_id))
    rows = [
        {"band": band, "value": value, "review_id": review_id}
        for band, value in enumerate(bands(groups(review.full_text)))
    ]
    if rows:
        session.execute(inserting(session, SignatureRow), rows)


def candidates(session: Session, review_id: str) -> dict[str, Review]:
    """Return the reviews, of any shop, that share a band with this one, by id; the customer has not deleted them.

    Each band is a look into an index; of the reviews in it some are taken, however many there are.
    """
    own = session.execute(
        select(SignatureRow.band, SignatureRow.value).where(SignatureRow.review_id == review_id)
    ).all()
    if not own:
        return {}
    looks = [
        select(
            select(SignatureRow.review_id)
            .where(SignatureRow.band == band, SignatureRow.value == value, SignatureRow.review_id != review_id)
            .order_by(SignatureRow.review_id)
            .limit(_LOOKED_AT)
            .subquery()
        )
        for band, value in own
    ]
    found = session.scalars(union_all(*looks)).unique().all()
    query = select(ReviewRow).where(ReviewRow.id.in_(found), ReviewRow.deleted_at.is_(None))
    return {row.id: Review.from_store(row.record) for row in session.scalars(query)}
