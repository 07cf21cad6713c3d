"""What a draft took: plain numbers, the fewer the better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.judging import is_writing
from evals.cases import Expected, Inputs
from evals.scorers.base import Scorer, graded


@dataclass
class LatencyMs(Scorer):
    """The time that all tries at a draft took together, in milliseconds."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "ms"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Add the tries up."""
        if not output.attempts:
            return None
        return graded(sum(attempt.latency_ms for attempt in output.attempts))


@dataclass
class Tries(Scorer):
    """How often a writer was asked, repairs and stand-ins included."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "tries"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Count the tries."""
        told = [f"{attempt.writer} {attempt.outcome}" for attempt in output.attempts if is_writing(attempt)]
        return graded(len(told), ", ".join(told)) if told else None


@dataclass
class Tokens(Scorer):
    """The tokens that went in and came out over all calls of a model."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "tokens"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Add the calls up."""
        if not output.attempts:
            return None
        usage = output.usage
        return graded(usage.tokens_in + usage.tokens_out, f"{usage.tokens_in} in, {usage.tokens_out} out")


@dataclass
class CostUsd(Scorer):
    """What all calls of a model cost, in US dollars; not asked where a price is not known."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "USD"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Add the calls up."""
        cost = output.usage.cost_usd
        return None if not output.attempts or cost is None else graded(cost)
