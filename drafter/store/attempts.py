"""Attempts: every try of a writer at a draft, with what it took; appended, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from drafter.domain.draft import Attempt, Usage
from drafter.domain.record import Record
from drafter.store.database import inserting
from drafter.store.ids import new_id
from drafter.store.tables import AttemptRow

NO_VERSION = ""  # of a review, where tries belong to none

_PLACE = ("review_id", "review_version", "revision", "place")


class KeptAttempt(Attempt):
    """A try as it was stored."""

    revision: int  # 0 for the first draft of the review version, above for one that a person asked for
    created_at: AwareDatetime  # when the draft was stored, or the reason why there is none


class Sums(Record):
    """What many tries took together."""

    attempts: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost_usd: float  # of the calls whose price is known
    unpriced_calls: int  # calls whose price is not known


class Spent(Sums):
    """What a shop's tries took on one day with one model."""

    shop: str
    model: str | None  # None: no model was asked
    day: date  # in UTC


class Outcomes(Sums):
    """What the tries took that ended in one way with one model."""

    writer: str
    model: str | None
    outcome: str


def insert(
    session: Session,
    review_id: str | None,
    review_version: str,
    attempts: Sequence[Attempt],
    *,
    shop: str,
    revision: int,
    now: datetime,
) -> None:
    """Store the tries at one draft. Of a job that ran twice they are stored once.

    Without a review (None, `NO_VERSION`) they belong to something else that a person asked for, such as a preview.
    """
    rows = [
        {
            "id": new_id("try"),
            "review_id": review_id,
            "review_version": review_version,
            "revision": revision,
            "place": place,
            "shop": shop,
            "day": now.astimezone(UTC).date(),
            "created_at": now,
            **attempt.model_dump(mode="json", exclude={"usage"}),
            **attempt.usage.model_dump(mode="json"),
        }
        for place, attempt in enumerate(attempts, start=1)
    ]
    if rows:
        session.execute(inserting(session, AttemptRow).values(rows).on_conflict_do_nothing(index_elements=_PLACE))


def of_version(session: Session, review_id: str, review_version: str) -> tuple[KeptAttempt, ...]:
    """Return all tries at drafts of one version of a review, in their order."""
    query = select(AttemptRow).where(AttemptRow.review_id == review_id, AttemptRow.review_version == review_version)
    rows = session.scalars(query.order_by(AttemptRow.revision, AttemptRow.place))
    return tuple(_attempt_of(row) for row in rows)


def spent(session: Session, since: datetime, *, shop: str | None = None) -> tuple[Spent, ...]:
    """Return what was spent since a time, by shop, model and day, in this order."""
    keys = (AttemptRow.shop, AttemptRow.model, AttemptRow.day)
    query = select(*keys, *_SUMS).where(AttemptRow.created_at >= since).group_by(*keys)
    if shop is not None:
        query = query.where(AttemptRow.shop == shop)
    found = [Spent.model_validate(row._asdict()) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda one: (one.shop, one.model or "", one.day)))


def by_outcome(session: Session, since: datetime) -> tuple[Outcomes, ...]:
    """Return what the tries since a time took, by writer, model and outcome, in this order."""
    keys = (AttemptRow.writer, AttemptRow.model, AttemptRow.outcome)
    query = select(*keys, *_SUMS).where(AttemptRow.created_at >= since).group_by(*keys)
    found = [Outcomes.model_validate(row._asdict()) for row in session.execute(query)]
    return tuple(sorted(found, key=lambda one: (one.writer, one.model or "", one.outcome)))


def _sum(column: Any, name: str) -> ColumnElement[Any]:  # noqa: ANN401  # a column or an expression
    return func.coalesce(func.sum(column), 0).label(name)


_SUMS = (
    func.count().label("attempts"),
    _sum(AttemptRow.calls, "calls"),
    _sum(AttemptRow.tokens_in, "tokens_in"),
    _sum(AttemptRow.tokens_out, "tokens_out"),
    _sum(AttemptRow.cost_usd, "cost_usd"),
    _sum(case((AttemptRow.cost_usd.is_(None), AttemptRow.calls), else_=0), "unpriced_calls"),
)


def _attempt_of(row: AttemptRow) -> KeptAttempt:
    usage = Usage(calls=row.calls, tokens_in=row.tokens_in, tokens_out=row.tokens_out, cost_usd=row.cost_usd)
    return KeptAttempt.from_store(
        {
            "writer": row.writer,
            "model": row.model,
            "prompt_hash": row.prompt_hash,
            "number": row.number,
            "outcome": row.outcome,
            "codes": row.codes,
            "reason": row.reason,
            "usage": usage,
            "latency_ms": row.latency_ms,
            "revision": row.revision,
            "created_at": row.created_at,
        }
    )
