"""What a run is scored by: reviews by how they were read and answered, replies by what was found in them."""

from __future__ import annotations

from typing import Any

from pydantic_evals.evaluators import Evaluator, ReportEvaluator

import evals.scorers
from drafter.domain.case import ReplyToCheck
from evals.loading import AnyDataset

_OF_READING = "evals.scorers.reading"  # where the scorers live that need no draft


def of_replies(dataset: AnyDataset) -> bool:
    """Whether the cases are replies to be checked, not reviews to be answered."""
    return bool(dataset.cases) and isinstance(dataset.cases[0].inputs, ReplyToCheck)


def scorers_of(dataset: AnyDataset, *, only_read: bool = False) -> list[Evaluator[Any, Any, Any]]:
    """Return the scorers and measures of each case of a dataset."""
    if of_replies(dataset):
        return [scorer() for scorer in getattr(evals.scorers, "CHECK_SCORERS", ())]
    every = (*evals.scorers.SCORERS, *getattr(evals.scorers, "MEASURES", ()))
    return [scorer() for scorer in every if not only_read or scorer.__module__ == _OF_READING]


def reporters_of(dataset: AnyDataset) -> list[ReportEvaluator[Any, Any, Any]]:
    """Return what looks at a whole run."""
    if of_replies(dataset):
        return [reporter() for reporter in getattr(evals.scorers, "CHECK_REPORTERS", ())]
    return [reporter() for reporter in getattr(evals.scorers, "REPORTERS", ())]


def lower_is_better(score: str) -> bool:
    """Whether a score is a measure of what is spent, as time or money."""
    return any(measure.title() == score for measure in getattr(evals.scorers, "MEASURES", ()))
