"""Outcomes: what people made of drafts that no person wrote, without a text, so that it is known after a purge too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from drafter.domain.approval import DecisionKind
from drafter.domain.draft import Draft
from drafter.domain.record import Record
from drafter.domain.situation import Situation, SituationName
from drafter.store.database import inserting
from drafter.store.ids import new_id
from drafter.store.tables import DecisionRow, ItemRow, OutcomeRow

MOST_REMARKS = 2_000  # the newest ones, that are read for a report


class Outcome(StrEnum):
    """What people made of a draft; the last word on it counts."""

    APPROVED = "approved"  # as it was
    EDITED = "edited"  # approved with changes
    REJECTED = "rejected"
    REGENERATED = "regenerated"  # a person asked for another one
    UNUSED = "unused"  # no reply was needed, or it was answered elsewhere: this says nothing of the draft


class Count(Record):
    """How often drafts of one kind came to one end."""

    situation: SituationName
    writer: str
    model: str | None
    prompt_hash: str | None  # of a model's prompt; templates are many, and counted together
    outcome: Outcome
    drafts: int
    distances: float  # the sum of the edit distances


class Remark(Record):
    """What a person wrote when they rejected a draft, or asked for another."""

    situation: SituationName
    kind: DecisionKind
    text: str


def keep(
    session: Session,
    draft_id: str,
    draft: Draft,
    outcome: Outcome,
    *,
    shop: str,
    situation: Situation,
    edit_distance: float | None,
    now: datetime,
) -> None:
    """Store what was made of a draft, in place of what was stored of it before."""
    values = {
        "shop": shop,
        "situation": situation.situation.value,
        "language": draft.language,
        "writer": draft.provenance.writer,
        "model": draft.provenance.model,
        "prompt_hash": draft.provenance.prompt_hash,
        "outcome": outcome.value,
        "edit_distance": edit_distance,
        "decided_at": now,
    }
    add = inserting(session, OutcomeRow).values(id=new_id("out"), draft_id=draft_id, **values)
    session.execute(add.on_conflict_do_update(index_elements=["draft_id"], set_=values))


def forget(session: Session, draft_id: str) -> None:
    """Take back what was made of a draft: the decision was undone."""
    session.execute(delete(OutcomeRow).where(OutcomeRow.draft_id == draft_id))


def counts(session: Session, since: datetime, *, shop: str | None = None) -> tuple[Count, ...]:
    """Return what was made of the drafts that were decided since a time, in one shop or in all."""
    version = case((OutcomeRow.model.is_not(None), OutcomeRow.prompt_hash), else_=None).label("prompt_hash")
    keys = (OutcomeRow.situation, OutcomeRow.writer, OutcomeRow.model, version, OutcomeRow.outcome)
    sums = (func.count().label("drafts"), func.coalesce(func.sum(OutcomeRow.edit_distance), 0.0).label("distances"))
    query = select(*keys, *sums).where(OutcomeRow.decided_at >= since, *_of_shop(OutcomeRow.shop, shop))
    return tuple(Count.model_validate(row._asdict()) for row in session.execute(query.group_by(*keys)))


def remarks(session: Session, since: datetime, *, shop: str | None = None) -> tuple[Remark, ...]:
    """Return what people wrote since a time when they rejected a draft or asked for another, the newest first."""
    told = func.coalesce(DecisionRow.reason, DecisionRow.details["instruction"].as_string())
    kinds = (DecisionKind.REJECT.value, DecisionKind.REGENERATE.value)
    query = (
        select(ItemRow.situation["situation"].as_string().label("situation"), DecisionRow.kind, told.label("text"))
        .join(ItemRow, ItemRow.id == DecisionRow.item_id)
        .where(DecisionRow.kind.in_(kinds), DecisionRow.at >= since, told.is_not(None), *_of_shop(ItemRow.shop, shop))
        .order_by(DecisionRow.id.desc())
        .limit(MOST_REMARKS)
    )
    return tuple(Remark.model_validate(row._asdict()) for row in session.execute(query))


def _of_shop(column: InstrumentedAttribute[str], shop: str | None) -> Sequence[ColumnElement[bool]]:
    return () if shop is None else (column == shop,)
