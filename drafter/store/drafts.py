"""Drafts: every one ever made, with its findings; appended, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from drafter.domain.approval import OPEN_STATES, ItemState
from drafter.domain.draft import PERSON, Draft
from drafter.domain.finding import Finding
from drafter.store.ids import new_id
from drafter.store.tables import DraftRow, ItemRow

#: States in which an item's draft is, or may become, what the customer reads.
_HEARD = tuple(state.value for state in (*OPEN_STATES, ItemState.APPROVED))


def insert(
    session: Session,
    review_id: str,
    review_version: str,
    draft: Draft,
    findings: Sequence[Finding],
    *,
    instruction: str | None = None,
    now: datetime,
) -> str:
    """Store a draft with what the guardrails found in it, and return its id."""
    row = DraftRow(
        id=new_id("draft"),
        review_id=review_id,
        review_version=review_version,
        record=draft.model_dump(mode="json"),
        findings=[finding.model_dump(mode="json") for finding in findings],
        instruction=instruction,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def recent_replies(
    session: Session, shop: str, language: str, *, but_not_of: str | None = None, limit: int = 60
) -> tuple[str, ...]:
    """Return the shop's last public replies in a language, newest first: approved ones and those still to be decided.

    The undecided ones count too: otherwise fifty reviews that come at once would all get the same words.
    `but_not_of` is the id of a review whose own replies are left out.
    """
    query = (
        select(DraftRow.record["public_reply"].as_string())
        .join(ItemRow, ItemRow.draft_id == DraftRow.id)
        .where(
            ItemRow.shop == shop,
            ItemRow.state.in_(_HEARD),
            ItemRow.review_id != (but_not_of or ""),
            DraftRow.record["language"].as_string() == language,
            DraftRow.record["public_reply"].as_string().is_not(None),
        )
        .order_by(DraftRow.id.desc())
        .limit(limit)
    )
    return tuple(text for text in session.scalars(query) if text)


def awaited_again(session: Session) -> list[str]:
    """Return the ids of the items for which a person asked for another draft that has not come."""
    return list(session.scalars(select(ItemRow.id).where(ItemRow.regenerating)))


def newest_by_machine(session: Session, review_id: str, review_version: str) -> tuple[str, Draft] | None:
    """Return id and record of the last draft of a review version that no person wrote; None where there is none."""
    query = (
        select(DraftRow)
        .where(
            DraftRow.review_id == review_id,
            DraftRow.review_version == review_version,
            DraftRow.record[("provenance", "writer")].as_string() != PERSON,
        )
        .order_by(DraftRow.id.desc())
        .limit(1)
    )
    row = session.scalars(query).one_or_none()
    return None if row is None else (row.id, Draft.from_store(row.record))
