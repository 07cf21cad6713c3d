"""What a run is scored by: reviews by how they were read and answered, replies by what was found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import Evaluator, EvaluatorContext, ReportEvaluator

from drafter.domain.case import ReplyToCheck
from evals.loading import AnyDataset
from evals.scorers import CHECK_REPORTERS, CHECK_SCORERS, MEASURES, REPORTERS, SCORERS
from evals.scorers.effort import CostUsd, LatencyMs, Tokens, Tries
from evals.scorers.whole_run import UnlikeTheOthers

#: What an answer takes, not how good it is: told beside a verdict, never part of it.
EFFORT: tuple[str, ...] = tuple(measure.title() for measure in (CostUsd, LatencyMs, Tokens, Tries))

#: Scores of a case that depend on the other cases; they say something of the run, not of a case or a slice.
OF_WHOLE_RUN: tuple[str, ...] = (UnlikeTheOthers.title(),)

CRASHED = "crashed_scorers"  # attribute of a case

_OF_READING = "evals.scorers.reading"  # where the scorers live that need no draft


def of_replies(dataset: AnyDataset) -> bool:
    """Whether the cases are replies to be checked, not reviews to be answered."""
    return bool(dataset.cases) and isinstance(dataset.cases[0].inputs, ReplyToCheck)


def scorers_of(dataset: AnyDataset, *, only_read: bool = False) -> list[Evaluator[Any, Any, Any]]:
    """Return the scorers and measures of each case of a dataset."""
    if of_replies(dataset):
        return [scorer() for scorer in CHECK_SCORERS]
    return [scorer() for scorer in (*SCORERS, *MEASURES) if not only_read or scorer.__module__ == _OF_READING]


@dataclass(repr=False)
class Together(Evaluator[Any, Any, Any]):
    """All scorers of a case, one after the other.

    pydantic-evals starts a task for each evaluator of each case, which takes longer than most of ours do. One that
    crashes is noted under `CRASHED` in the case's attributes, and the others go on.
    """

    scorers: Sequence[Evaluator[Any, Any, Any]]

    async def evaluate(self, ctx: EvaluatorContext[Any, Any, Any]) -> dict[str, Any]:
        """Return the scores of all scorers by their titles."""
        scores: dict[str, Any] = {}
        for scorer in self.scorers:
            try:
                given = await scorer.evaluate_async(ctx)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is told and is no low score
                told = f"{scorer.get_default_evaluation_name()}: {type(error).__name__}: {error}"
                ctx.attributes.setdefault(CRASHED, []).append(told)
                continue
            scores |= given if isinstance(given, Mapping) else {scorer.get_default_evaluation_name(): given}
        return scores

    def build_serialization_arguments(self) -> dict[str, Any]:
        """Return nothing: a run is made by code, never by a file that names its evaluators."""
        return {}


def reporters_of(dataset: AnyDataset, *, only_read: bool = False) -> list[ReportEvaluator[Any, Any, Any]]:
    """Return what looks at a whole run; where nothing is written, there are no replies to be alike."""
    if of_replies(dataset):
        return [reporter() for reporter in CHECK_REPORTERS]
    return [reporter() for reporter in REPORTERS if not (only_read and reporter is UnlikeTheOthers)]


def lower_is_better(score: str) -> bool:
    """Whether less of a score is better; a score that this version does not know is the higher the better."""
    return any(scorer.title() == score and scorer.better == "lower" for scorer in (*SCORERS, *MEASURES))
