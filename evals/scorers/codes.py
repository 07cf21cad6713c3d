"""Did the guardrails find what is wrong with a reply, and nothing else?"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_evals.evaluators import EvaluationReason

from evals.reply_cases import Checked, ExpectedCodes
from evals.scorers.base import CheckScorer, graded


@dataclass
class CodesFound(CheckScorer):
    """The share of a reply's codes that were found."""

    def score(self, output: Checked, expected: ExpectedCodes) -> EvaluationReason | None:
        """Look for each code."""
        wanted = set(expected.codes) & set(expected.judged)
        if not wanted:
            return None
        missed = sorted(wanted - output.codes)
        return graded(1 - len(missed) / len(wanted), f"missed {', '.join(missed)}" if missed else None)


@dataclass
class NoFalseAlarm(CheckScorer):
    """1 where a clean reply passes."""

    def score(self, output: Checked, expected: ExpectedCodes) -> EvaluationReason | None:
        """Look for any code on a reply without one."""
        if expected.codes or not expected.judged:
            return None
        alarms = sorted(output.codes & set(expected.judged))
        return graded(not alarms, f"flags {', '.join(alarms)}" if alarms else None)


@dataclass
class RightCodes(CheckScorer):
    """1 where the codes are exactly the right ones."""

    def score(self, output: Checked, expected: ExpectedCodes) -> EvaluationReason | None:
        """Compare the codes that were judged."""
        if not expected.judged:
            return None
        outcomes = outcomes_of(output, expected)
        wrong = [f"{code}: {outcome}" for code, outcome in outcomes.items() if outcome.startswith("false")]
        return graded(not wrong, "; ".join(wrong) or None)


def outcomes_of(output: Checked, expected: ExpectedCodes) -> dict[str, str]:
    """Return, for each code that was judged, `true positive`, `false positive`, `false negative`, `true negative`."""
    kinds = {
        (True, True): "true positive",
        (False, True): "false positive",
        (True, False): "false negative",
        (False, False): "true negative",
    }
    return {code: kinds[code in expected.codes, code in output.codes] for code in expected.judged}
