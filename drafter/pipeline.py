"""The story on one page: a case is read, routed, drafted, checked, mended, and put before a person.

Nothing here knows of a provider, a database or a page; the parts come as arguments.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby

from drafter.domain.case import Brief, Case, Prepared
from drafter.domain.draft import OVER_BUDGET, Draft
from drafter.domain.judging import is_writing
from drafter.domain.ports import Inspector, Judge, Reader, RepairRecord, Writer
from drafter.domain.reading import parted
from drafter.domain.situation import Route, Situation, route_of
from drafter.rounds import Rounds

_WHY_NOT_DRAFTED = {
    Route.ESCALATE: "A person has to answer this: harm, a legal threat or another person's data may be involved.",
    Route.NO_REPLY: "No reply: the review states neither a problem nor an opinion.",
}


async def prepare(
    case: Case,
    *,
    reader: Reader,
    writers: Sequence[Writer],
    inspector: Inspector,
    judge: Judge | None = None,
    brief: Brief = Brief(),
    seconds: float | None = None,
) -> Prepared:
    """Read a case and bring it to a checked draft, or to a person with the reason."""
    began = time.monotonic()
    situation = await reader.read(case)
    left = None if seconds is None else max(seconds - (time.monotonic() - began), 0.0)
    return await answer(case, situation, writers=writers, inspector=inspector, judge=judge, brief=brief, seconds=left)


async def answer(
    case: Case,
    situation: Situation,
    *,
    writers: Sequence[Writer],
    inspector: Inspector,
    judge: Judge | None = None,
    brief: Brief = Brief(),
    seconds: float | None = None,
    repairs: RepairRecord | None = None,
) -> Prepared:
    """Bring a case that has been read to a checked draft, or to a person with the reason.

    `writers` are tried in order; neighbours of one name (two models) stand in for each other. Each kind may mend its
    own draft twice before the next one's turn. A draft that still has a blocking finding after the last of them is
    never offered: the case is escalated with the findings. `seconds` is what a draft may take over all tries.
    `repairs` tells which model need not be asked to mend what; without it each one is.
    A draft that a model wrote and no rule holds back is put before the `judge`, where there is one.
    The tries of models at reading the case come before those of the writers.
    """
    situation, readings = parted(situation)
    route = route_of(situation)
    if route is not Route.DRAFT:
        return Prepared(route=route, situation=situation, reason=_WHY_NOT_DRAFTED[route], attempts=readings)
    rounds = Rounds(case, situation, inspector, brief, seconds, judge, repairs=repairs)
    rounds.attempts += readings
    for _, kind in groupby(writers, key=lambda writer: writer.name):
        draft = await rounds.by(list(kind))
        if draft is not None:
            return _drafted(situation, draft, rounds)
    reason = "No writer's draft passed the checks. " + rounds.reason
    return Prepared(
        route=Route.ESCALATE,
        situation=situation,
        findings=rounds.findings,
        reason=reason,
        attempts=tuple(rounds.attempts),
    )


def _drafted(situation: Situation, draft: Draft, rounds: Rounds) -> Prepared:
    """Return the case with its draft, which says why it is another writer's than the first one's, if it is.

    What its own writer says that it could not do stands behind that.
    """
    reason = rounds.reason or None
    if reason is not None:
        over = any(OVER_BUDGET in attempt.codes for attempt in rounds.attempts if is_writing(attempt))
        told = " ".join(part for part in (reason, draft.provenance.fallback_reason) if part)
        origin = draft.provenance.with_changes(fallback_reason=told, over_budget=over)
        draft = draft.with_changes(provenance=origin)
    return Prepared(
        route=Route.DRAFT,
        situation=situation,
        draft=draft,
        findings=rounds.findings,
        reason=reason,
        attempts=tuple(rounds.attempts),
    )
