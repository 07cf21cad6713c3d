"""Repairs: what came of the rounds in which models were to mend findings, read from the tries that are kept.

The tries of a preview are left out: those of several drafts are kept together, and cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from drafter.domain.judging import JUDGE
from drafter.domain.reading import LLM_READER
from drafter.domain.record import Record
from drafter.rounds import MAX_ATTEMPTS
from drafter.store.attempts import NO_VERSION
from drafter.store.tables import AttemptRow

LOOKED_BACK = 400  # drafts of one model with a finding, the newest ones, that tell what it mends
_CHECKED = ("passed", "blocked")
_NO_WRITERS = (LLM_READER, JUDGE)


class Round(Record):
    """What followed a model's draft that had findings."""

    codes: frozenset[str]  # of the draft's findings
    left: frozenset[str] | None  # of the findings after the model's next try; None: it did not have one


class Try(Record):
    """One try at a draft that was checked."""

    writer: str
    model: str | None
    prompt_hash: str | None  # of a model's prompt
    codes: tuple[str, ...]  # of the findings that held it back


Run = tuple[Try, ...]  # the tries of one kind of writer at one draft, in their order


def rounds(session: Session, model: str, since: datetime) -> list[Round]:
    """Return what followed the drafts of a model that had findings, since a time, the newest first."""
    first, then = AttemptRow, aliased(AttemptRow)
    query = (
        select(first.codes, then.codes.label("left"), then.id)
        .outerjoin(
            then,
            and_(
                then.created_at == first.created_at,  # tries at one draft are stored together, and outlive its review
                then.review_version == first.review_version,
                then.revision == first.revision,
                then.shop == first.shop,
                then.writer == first.writer,
                then.model == first.model,
                then.number == first.number + 1,
                then.outcome.in_(_CHECKED),
            ),
        )
        .where(first.model == model, first.outcome == "blocked", first.created_at >= since)
        .where(first.writer.not_in(_NO_WRITERS), first.number < MAX_ATTEMPTS)  # nothing can follow the last
        .where(first.review_version != NO_VERSION)
        .order_by(first.created_at.desc(), first.id.desc())
        .limit(LOOKED_BACK)
    )
    return [
        Round(codes=frozenset(row.codes), left=None if row.id is None else frozenset(row.left))
        for row in session.execute(query)
    ]


def runs(session: Session, since: datetime, *, shop: str | None = None) -> Iterator[Run]:
    """Yield the runs since a time, in one shop or in all, of the drafts of which a try was held back."""
    row = AttemptRow
    place = (row.created_at, row.review_version, row.revision, row.shop)
    held_back = select(*place).where(row.created_at >= since, row.outcome == "blocked").distinct().subquery()
    of_draft = and_(*(column == held_back.c[column.key] for column in place))
    query = (
        select(*place, row.writer, row.model, row.prompt_hash, row.codes)
        .join(held_back, of_draft)
        .where(row.outcome.in_(_CHECKED), row.writer.not_in(_NO_WRITERS), row.review_version != NO_VERSION)
        .where(*(() if shop is None else (row.shop == shop,)))
        .order_by(*place, row.writer, row.number)
    )
    for _, found in groupby(session.execute(query), key=lambda one: one[:5]):
        yield tuple(_try(one.writer, one.model, one.prompt_hash, one.codes) for one in found)


def _try(writer: str, model: str | None, prompt_hash: str | None, codes: list[str]) -> Try:
    return Try(writer=writer, model=model, prompt_hash=prompt_hash if model else None, codes=tuple(codes))
