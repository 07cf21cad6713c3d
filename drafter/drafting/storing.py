"""Storing: what came of a drafting job, in one transaction: the item or its new draft, and every try with its cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from sqlalchemy.orm import Session

from drafter.domain.approval import ApprovalItem, DecisionKind, ItemState
from drafter.domain.case import Case, Prepared
from drafter.domain.draft import Draft
from drafter.domain.errors import NotFound
from drafter.domain.record import Record
from drafter.domain.shop import Tone, due_at
from drafter.domain.situation import Likeness, Route
from drafter.readers.suspicion import likeness_of
from drafter.store import attempts, drafts, items, reviews, shops, signatures
from drafter.store.ids import new_id
from drafter.store.reviews import StoredReview


class Matter(Record):
    """All that a job needs of the store."""

    stored: StoredReview
    revision: int  # 0: the first draft; above: one that a person asked for
    case: Case
    instruction: str | None = None  # of that person
    tone: Tone | None = None  # that the person wants, in place of the voice's own
    replaced: Draft | None = None  # that the person wants another one for
    likeness: Likeness | None = None  # how far other reviews say nearly the same


def load(session: Session, review_id: str, version: str, revision: int) -> Matter | None:
    """Return what a job is about; None where it is done, or the customer changed or deleted the review meanwhile."""
    stored = _of_version(session, review_id, version)
    item = items.find(session, review_id, version)
    if stored is None or (item is not None) != bool(revision) or (item and not _awaited(session, item, revision)):
        return None
    shop = shops.get(session, stored.review.shop)
    case = Case(review=stored.review, shop=shop, case_facts=stored.case_facts)
    asked = _asked(session, item) if item else {}
    return Matter(
        stored=stored,
        revision=revision,
        case=case,
        instruction=asked.get("instruction"),
        tone=asked["tone"] if asked.get("tone") in get_args(Tone) else None,
        replaced=item.draft if item else None,
        likeness=likeness_of(stored.review, signatures.candidates(session, review_id)),
    )


def awaited(session: Session) -> list[tuple[str, str, int]]:
    """Return review id, version and revision of the further drafts that people wait for."""
    asked = [items.get(session, item_id) for item_id in drafts.awaited_again(session)]
    return [(item.review_id, item.review_version, _awaited_revision(session, item) or 1) for item in asked]


def store(session: Session, matter: Matter, prepared: Prepared, *, now: datetime) -> ApprovalItem | None:
    """Store a job's outcome and return its item; None where nobody waits for it any more.

    What the tries took is stored in that case too: it was spent.
    """
    stored = _locked(session, matter.stored.id)
    if stored is None:
        return None
    version = matter.stored.version
    attempts.insert(
        session,
        stored.id,
        version,
        prepared.attempts,
        shop=stored.review.shop,
        revision=matter.revision,
        now=now,
    )
    if stored.version != version or stored.deleted_at is not None:
        return None
    item = items.find(session, stored.id, version)
    if matter.revision == 0:
        return None if item is not None else _first(session, matter, prepared, stored.received_at, now)
    if item is None or not (item.is_open and _awaited(session, item, matter.revision)):
        return None
    return _again(session, item, matter, prepared, now)


def _first(session: Session, matter: Matter, prepared: Prepared, received_at: datetime, now: datetime) -> ApprovalItem:
    review = matter.stored.review
    escalated = prepared.route is Route.ESCALATE
    item = ApprovalItem(
        id=new_id("item"),
        review_id=matter.stored.id,
        review_version=matter.stored.version,
        shop=review.shop,
        state=ItemState.ESCALATED if escalated else ItemState.QUEUED,
        route=prepared.route,
        situation=prepared.situation,
        draft=prepared.draft,
        findings=prepared.findings,
        reason=prepared.reason,
        escalated=escalated,
        due_at=due_at(review, matter.case.shop, received_at),
        created_at=now,
    )
    items.insert(session, item, rating=review.rating, draft_id=_draft(session, matter, prepared, now))
    return item


def _again(session: Session, item: ApprovalItem, matter: Matter, prepared: Prepared, now: datetime) -> ApprovalItem:
    changes: dict[str, Any] = {"regenerating": False, "reason": prepared.reason}
    if prepared.draft is not None:
        changes["draft_id"] = _draft(session, matter, prepared, now)
        changes |= {"route": prepared.route, "situation": prepared.situation}
    else:
        changes["reason"] = f"No new draft came. {prepared.reason or ''}".strip()
    return items.change(session, item, **changes)


def _draft(session: Session, matter: Matter, prepared: Prepared, now: datetime) -> str | None:
    if prepared.draft is None:
        return None
    return drafts.insert(
        session,
        matter.stored.id,
        matter.stored.version,
        prepared.draft,
        prepared.findings,
        instruction=matter.instruction,
        now=now,
    )


def _of_version(session: Session, review_id: str, version: str) -> StoredReview | None:
    """Return the review if it still is at that version and the customer has not deleted it."""
    try:
        stored = reviews.get(session, review_id)
    except NotFound:  # purged
        return None
    return stored if stored.version == version and stored.deleted_at is None else None


def _locked(session: Session, review_id: str) -> StoredReview | None:
    """Return the review, which nobody changes until the transaction ends; None where it was purged."""
    try:
        return reviews.get(session, review_id, lock=True)
    except NotFound:
        return None


def _awaited_revision(session: Session, item: ApprovalItem) -> int | None:
    """Return the revision that a person asked for last; None where that was not kept, as it once was not."""
    revision = _asked(session, item).get("revision")
    return revision if isinstance(revision, int) else None


def _awaited(session: Session, item: ApprovalItem, revision: int) -> bool:
    """Whether somebody waits for the draft of that revision, not for one that they asked for since."""
    return item.regenerating and _awaited_revision(session, item) in (None, revision)


def _asked(session: Session, item: ApprovalItem) -> Mapping[str, Any]:
    """Return the details of the last wish for another draft."""
    asked = [step for step in items.decisions(session, item.id) if step.kind is DecisionKind.REGENERATE]
    return asked[-1].details if asked else {}
