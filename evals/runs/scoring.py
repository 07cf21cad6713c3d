"""What a run is scored by: reviews by how they were read and answered, replies by what was found in them."""

from __future__ import annotations

from typing import Any

from pydantic_evals.evaluators import Evaluator, ReportEvaluator

from drafter.domain.case import ReplyToCheck
from evals.loading import AnyDataset
from evals.scorers import CHECK_REPORTERS, CHECK_SCORERS, MEASURES, REPORTERS, SCORERS
from evals.scorers.effort import CostUsd, LatencyMs, Tokens, Tries
from evals.scorers.whole_run import UnlikeTheOthers

#: What an answer takes, not how good it is: told beside a verdict, never part of it.
EFFORT: tuple[str, ...] = tuple(measure.title() for measure in (CostUsd, LatencyMs, Tokens, Tries))

#: Scores of a case that depend on the other cases; they say something of the run, not of a case or a slice.
OF_WHOLE_RUN: tuple[str, ...] = (UnlikeTheOthers.title(),)

_OF_READING = "evals.scorers.reading"  # where the scorers live that need no draft


def of_replies(dataset: AnyDataset) -> bool:
    """Whether the cases are replies to be checked, not reviews to be answered."""
    return bool(dataset.cases) and isinstance(dataset.cases[0].inputs, ReplyToCheck)


def scorers_of(dataset: AnyDataset, *, only_read: bool = False) -> list[Evaluator[Any, Any, Any]]:
    """Return the scorers and measures of each case of a dataset."""
    if of_replies(dataset):
        return [scorer() for scorer in CHECK_SCORERS]
    return [scorer() for scorer in (*SCORERS, *MEASURES) if not only_read or scorer.__module__ == _OF_READING]


def reporters_of(dataset: AnyDataset, *, only_read: bool = False) -> list[ReportEvaluator[Any, Any, Any]]:
    """Return what looks at a whole run; where nothing is written, there are no replies to be alike."""
    if of_replies(dataset):
        return [reporter() for reporter in CHECK_REPORTERS]
    return [reporter() for reporter in REPORTERS if not (only_read and reporter is UnlikeTheOthers)]


def lower_is_better(score: str) -> bool:
    """Whether less of a score is better; a score that this version does not know is the higher the better."""
    return any(scorer.title() == score and scorer.better == "lower" for scorer in (*SCORERS, *MEASURES))
