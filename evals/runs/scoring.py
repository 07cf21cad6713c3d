"""What a run is scored by: reviews by how they were read and answered, replies by what was found in them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from inspect import iscoroutinefunction
from math import isfinite
from typing import Any, NamedTuple

from pydantic_evals.evaluators import EvaluationReason, EvaluationResult, Evaluator, EvaluatorContext, ReportEvaluator
from pydantic_evals.evaluators.spec import EvaluatorSpec

from drafter.domain.case import ReplyToCheck
from evals.loading import AnyDataset
from evals.scorers import CHECK_REPORTERS, CHECK_SCORERS, MEASURES, REPORTERS, SCORERS
from evals.scorers.effort import CostUsd, LatencyMs, Tokens, Tries
from evals.scorers.whole_run import UnlikeTheOthers

#: What an answer takes, not how good it is: told beside a verdict, never part of it.
EFFORT: tuple[str, ...] = tuple(measure.title() for measure in (CostUsd, LatencyMs, Tokens, Tries))

#: Scores of a case that depend on the other cases; they say something of the run, not of a case or a slice.
OF_WHOLE_RUN: tuple[str, ...] = (UnlikeTheOthers.title(),)

#: Where the scorers live that need no draft; what models took is nothing where none was asked.
_OF_READING = frozenset({"evals.scorers.reading", "evals.scorers.effort"})


class Scored(NamedTuple):
    """The scores of a case by their titles, and the scorers that crashed."""

    results: dict[str, EvaluationResult[float]]
    crashed: list[str]


def of_replies(dataset: AnyDataset) -> bool:
    """Whether the cases are replies to be checked, not reviews to be answered."""
    return bool(dataset.cases) and isinstance(dataset.cases[0].inputs, ReplyToCheck)


def scorers_of(dataset: AnyDataset, *, only_read: bool = False) -> list[Evaluator[Any, Any, Any]]:
    """Return the scorers and measures of each case of a dataset."""
    if of_replies(dataset):
        return [scorer() for scorer in CHECK_SCORERS]
    return [scorer() for scorer in (*SCORERS, *MEASURES) if not only_read or scorer.__module__ in _OF_READING]


class Scoring:
    """All scorers of a case, one after the other.

    pydantic-evals would start a task for each scorer of each case, which takes longer than most scorers do. Cases whose
    answers come at the same time are scored in turn, so that the next cases are asked before that and not after.
    """

    def __init__(self, scorers: Sequence[Evaluator[Any, Any, Any]]) -> None:
        named = [(scorer, scorer.get_default_evaluation_name(), scorer.as_spec()) for scorer in scorers]
        self._waiting = [entry for entry in named if iscoroutinefunction(entry[0].evaluate)]  # they ask a model
        self._quick = [entry for entry in named if entry not in self._waiting]
        self._turn = asyncio.Lock()

    async def of(self, ctx: EvaluatorContext[Any, Any, Any]) -> Scored:
        """Return the scores of a case; a scorer that crashes is told, and the others go on."""
        scored = Scored({}, [])
        async with self._turn:
            await asyncio.sleep(0)  # whoever waits to be asked goes first
            for entry in self._quick:
                await _score(*entry, ctx, scored)
        for entry in self._waiting:
            await _score(*entry, ctx, scored)
        return scored


async def _score(
    scorer: Evaluator[Any, Any, Any],
    name: str,
    source: EvaluatorSpec,
    ctx: EvaluatorContext[Any, Any, Any],
    scored: Scored,
) -> None:
    try:
        given = await scorer.evaluate_async(ctx)
        scored.results.update(_results(given if isinstance(given, Mapping) else {name: given}, source))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told and is no low score
        scored.crashed.append(f"{name}: {type(error).__name__}: {error}")


def _results(given: Mapping[str, Any], source: EvaluatorSpec) -> dict[str, EvaluationResult[float]]:
    """Return what a scorer gave as pydantic-evals keeps it. Raises ValueError for what is no finite number."""
    found = {}
    for title, value in given.items():
        reasoned = value if isinstance(value, EvaluationReason) else EvaluationReason(value=value)
        number = float(reasoned.value)
        if not isfinite(number):
            raise ValueError(f"{title} is {number}")
        found[title] = EvaluationResult(name=title, value=number, reason=reasoned.reason, source=source)
    return found


def reporters_of(dataset: AnyDataset, *, only_read: bool = False) -> list[ReportEvaluator[Any, Any, Any]]:
    """Return what looks at a whole run; where nothing is written, there are no replies to be alike."""
    if of_replies(dataset):
        return [reporter() for reporter in CHECK_REPORTERS]
    return [reporter() for reporter in REPORTERS if not (only_read and reporter is UnlikeTheOthers)]


def lower_is_better(score: str) -> bool:
    """Whether less of a score is better; a score that this version does not know is the higher the better."""
    return any(scorer.title() == score and scorer.better == "lower" for scorer in (*SCORERS, *MEASURES))
