"""The base of the scorers, and what they share: how a text is looked through."""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from drafter.domain.case import Prepared, ReplyToCheck
from evals.cases import Expected, Inputs
from evals.reply_cases import Checked, ExpectedCodes

Context = EvaluatorContext[Inputs, Prepared, Expected]
CheckContext = EvaluatorContext[ReplyToCheck, Checked, ExpectedCodes]


class Titled:
    """What scorers are called, and which way is better."""

    better: ClassVar[Literal["higher", "lower"]] = "higher"
    unit: ClassVar[str | None] = None  # of a plain number; None for a score from 0 to 1

    @classmethod
    def title(cls) -> str:
        """Return the scorer's name in tables and thresholds: `right_situation` for `RightSituation`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


@dataclass
class Scorer(Titled, Evaluator[Inputs, Prepared, Expected]):
    """Scores one quality of a prepared case; `score` holds its one idea."""

    def evaluate(self, ctx: Context) -> dict[str, Any]:
        """Return the score under the scorer's title; nothing where the case does not ask for it."""
        if ctx.metadata is None:
            raise ValueError("a case without expectations")
        result = self.score(ctx.inputs, ctx.output, ctx.metadata)
        return {} if result is None else {self.title(): result}

    @abstractmethod
    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Return the score with the reason, or None where the case does not ask for it."""


@dataclass
class CheckScorer(Titled, Evaluator[ReplyToCheck, Checked, ExpectedCodes]):
    """Scores one quality of what the guardrails said of a reply."""

    def evaluate(self, ctx: CheckContext) -> dict[str, Any]:
        """Return the score under the scorer's title; nothing where the case does not ask for it."""
        if ctx.metadata is None:
            raise ValueError("a case without expectations")
        result = self.score(ctx.output, ctx.metadata)
        return {} if result is None else {self.title(): result}

    @abstractmethod
    def score(self, output: Checked, expected: ExpectedCodes) -> EvaluationReason | None:
        """Return 0 to 1 with the reason, or None where the case does not ask for it."""


def graded(value: float, reason: str | None = None) -> EvaluationReason:
    """Return a score with its reason."""
    return EvaluationReason(value=float(value), reason=reason)


def reply_text(output: Prepared) -> str:
    """Return both parts of the draft as one text; empty where there is none."""
    if output.draft is None:
        return ""
    return "\n".join(part for part in (output.draft.public_reply, output.draft.private_message) if part)


def public_text(output: Prepared) -> str:
    """Return the public part of the draft; empty where there is none."""
    return (output.draft.public_reply or "") if output.draft else ""


def folded(text: str) -> str:
    """Return a text as it is compared: one form for each character, no capitals, single spaces, plain apostrophes."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(plain.split())


def says_any(text: str, words: Iterable[str]) -> bool:
    """Whether a text holds one of these words or passages, wherever."""
    within = folded(text)
    return any(folded(word) in within for word in words)
