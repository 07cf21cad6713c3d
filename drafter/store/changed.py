"""Drafts that people changed or refused, with what they wrote in their place and why, as long as the review is kept."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from drafter.domain.draft import Draft
from drafter.domain.record import Record
from drafter.domain.situation import SituationName
from drafter.store.outcomes import Outcome
from drafter.store.tables import DecisionRow, DraftRow, ItemRow, OutcomeRow

_CHANGED = (Outcome.EDITED, Outcome.REJECTED, Outcome.REGENERATED)


class ChangedDraft(Record):
    """A draft that did not leave as it was."""

    item_id: str
    shop: str
    situation: SituationName
    outcome: Outcome
    at: AwareDatetime
    draft: Draft
    approved: Draft | None  # what a person made of it
    edit_distance: float | None
    remark: str | None  # why it was rejected, or what was asked for


def latest(session: Session, since: datetime, *, shop: str | None = None, limit: int = 10) -> tuple[ChangedDraft, ...]:
    """Return the drafts that were changed or refused since a time, the newest first."""
    before, after = DraftRow, aliased(DraftRow)
    remark = func.coalesce(DecisionRow.reason, DecisionRow.details["instruction"].as_string()).label("remark")
    query = (
        select(OutcomeRow, before.record, after.record.label("approved"), ItemRow.id.label("item_id"), remark)
        .join(before, before.id == OutcomeRow.draft_id)
        .join(ItemRow, and_(ItemRow.review_id == before.review_id, ItemRow.review_version == before.review_version))
        # the outcome is of the decision's own transaction, and so of its time
        .join(DecisionRow, and_(DecisionRow.item_id == ItemRow.id, DecisionRow.at == OutcomeRow.decided_at))
        .outerjoin(after, and_(after.id == DecisionRow.draft_id, OutcomeRow.outcome == Outcome.EDITED.value))
        .where(OutcomeRow.outcome.in_([outcome.value for outcome in _CHANGED]), OutcomeRow.decided_at >= since)
        .where(*(() if shop is None else (OutcomeRow.shop == shop,)))
        .order_by(OutcomeRow.decided_at.desc(), OutcomeRow.id.desc())
        .limit(limit)
    )
    return tuple(
        ChangedDraft(
            item_id=row.item_id,
            shop=row.OutcomeRow.shop,
            situation=SituationName(row.OutcomeRow.situation),
            outcome=Outcome(row.OutcomeRow.outcome),
            at=row.OutcomeRow.decided_at,
            draft=Draft.from_store(row.record),
            approved=None if row.approved is None else Draft.from_store(row.approved),
            edit_distance=row.OutcomeRow.edit_distance,
            remark=row.remark,
        )
        for row in session.execute(query)
    )
