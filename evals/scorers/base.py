"""The base of the scorers."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from drafter.domain.case import Prepared
from evals.cases import Expected, Inputs

Context = EvaluatorContext[Inputs, Prepared, Expected]


@dataclass
class Scorer(Evaluator[Inputs, Prepared, Expected]):
    """Scores one quality of a prepared case; `score` holds its one idea."""

    @classmethod
    def title(cls) -> str:
        """Return the scorer's name in tables and thresholds: `right_situation` for `RightSituation`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def evaluate(self, ctx: Context) -> dict[str, Any]:
        """Return the score under the scorer's title; nothing where the case does not ask for it."""
        if ctx.metadata is None:
            raise ValueError("a case without expectations")
        result = self.score(ctx.inputs, ctx.output, ctx.metadata)
        return {} if result is None else {self.title(): result}

    @abstractmethod
    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Return 0 to 1 with the reason, or None where the case does not ask for it."""


def graded(value: float, reason: str | None = None) -> EvaluationReason:
    """Return a score with its reason."""
    return EvaluationReason(value=float(value), reason=reason)


def reply_text(output: Prepared) -> str:
    """Return both parts of the draft as one text; empty where there is none."""
    if output.draft is None:
        return ""
    return "\n".join(part for part in (output.draft.public_reply, output.draft.private_message) if part)
