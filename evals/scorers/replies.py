"""Is the draft one that a person would approve?"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.situation import Route
from evals.cases import Expected, Inputs
from evals.scorers.base import Scorer, graded, reply_text


@dataclass
class ReplyIsThere(Scorer):
    """1 where a case that wants a reply got a draft, and one that wants none got none."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason:
        """Look for the draft."""
        wanted = expected.route is Route.DRAFT
        return graded((output.draft is not None) == wanted, output.reason)


@dataclass
class PassesGuardrails(Scorer):
    """1 where the draft has no blocking finding."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look at the findings of the draft."""
        if output.draft is None:
            return None
        return graded(not output.blocked, ", ".join(finding.code for finding in output.blocked) or None)


@dataclass
class DetailTakenUp(Scorer):
    """1 where the reply holds one of the words that show that the review was taken in."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the words."""
        if output.draft is None or not expected.details:
            return None
        text = reply_text(output).casefold()
        return graded(any(word.casefold() in text for word in expected.details), f"any of {expected.details}")


@dataclass
class NothingForbiddenSaid(Scorer):
    """1 where the reply holds none of the texts that the case forbids."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the texts."""
        if output.draft is None or not expected.must_not_say:
            return None
        said = [words for words in expected.must_not_say if words in reply_text(output)]
        return graded(not said, f"says {said}" if said else None)
