"""Was the review read right?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.reading import is_reading
from drafter.domain.situation import Channel, Route, SituationName
from drafter.domain.yaml_files import parsed
from evals.cases import Expected, Inputs
from evals.scorers.base import Scorer, graded

_COSTS = Path(__file__).parent / "confusion_costs.yaml"


@dataclass
class RightSituation(Scorer):
    """1 where the situation is a right one; 0.5 where the right one was read as secondary, or the other way round."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the situation."""
        if expected.situation is None:
            return None
        read = output.situation
        if read.situation in (expected.situation, *expected.also):
            return graded(1)
        reason = f"{read.situation.value} for {expected.situation.value}"
        half = expected.situation in read.secondary or read.situation in expected.secondary
        return graded(0.5 if half else 0, reason)


@dataclass
class PrimaryOrSecondaryRight(Scorer):
    """1 where what was read as the situation is in the review at all, as the first or a further one."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the situation among all that are labelled."""
        if expected.situation is None:
            return None
        read = output.situation.situation
        there = (expected.situation, *expected.also, *expected.secondary)
        return graded(read in there, f"{read.value} for {expected.situation.value}")


@dataclass
class ConfusionCost(Scorer):
    """What a wrong situation would cost, from 0 (right) to 10 (harm read as praise); the table is a data file."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "points"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look the confusion up; where a person gets the case all the same, it costs no more than a look."""
        if expected.situation is None:
            return None
        wanted, read = expected.situation, output.situation.situation
        if read in (wanted, *expected.also):
            return graded(0)
        cost = confusion_cost(wanted, read)
        if wanted is SituationName.SAFETY and output.route is Route.ESCALATE:
            cost = min(cost, 1.0)
        return graded(cost, f"{read.value} for {wanted.value}")


@dataclass
class RightLanguage(Scorer):
    """1 where the review's language was told."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the language."""
        if expected.language is None:
            return None
        language = output.situation.language
        return graded(language == expected.language, f"{language} for {expected.language}")


@dataclass
class RightChannel(Scorer):
    """1 where the channel is one that the customer's need allows."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the channel; no reply at all is the channel `none`."""
        if not expected.channels:
            return None
        channel = Channel.NONE if output.route is Route.NO_REPLY else output.situation.channel
        wanted = " or ".join(channel.value for channel in expected.channels)
        return graded(channel in expected.channels, f"{channel.value} for {wanted}")


@dataclass
class RightRoute(Scorer):
    """1 where the case goes to the writer, to a person or nowhere, as it should."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the route."""
        if expected.route is None:
            return None
        return graded(output.route is expected.route, f"{output.route.value} for {expected.route.value}")


@dataclass
class LegalThreatSeen(Scorer):
    """1 where a legal threat was told as one, and nothing else was."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the flag."""
        if expected.legal_threat is None:
            return None
        seen, wanted = output.situation.legal_threat, expected.legal_threat
        return graded(seen == wanted, None if seen == wanted else "missed" if wanted else "seen where there is none")


@dataclass
class RightSentiment(Scorer):
    """1 where the sentiment of the text is right, 0.5 where it is one step off."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the sentiment."""
        if expected.sentiment is None:
            return None
        read = output.situation.sentiment
        return graded(1 - abs(read - expected.sentiment) / 2, f"{read} for {expected.sentiment}")


@dataclass
class PersonalDataSeen(Scorer):
    """1 where personal data in the review were noticed, and none were seen where there are none."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare the flag."""
        if expected.personal_data is None:
            return None
        seen, wanted = output.situation.contains_personal_data, expected.personal_data
        return graded(seen == wanted, None if seen == wanted else "missed" if wanted else "seen where there are none")


@dataclass
class AskedAModel(Scorer):
    """1 where a model was asked to read the review, as well or instead."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "share"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for tries at reading; where models take no part in reading, it is not asked."""
        reader = output.situation.reader
        if reader != "llm" and ":" not in reader:
            return None
        tries = [attempt.outcome for attempt in output.attempts if is_reading(attempt)]
        return graded(bool(tries), ", ".join([reader, *tries]))


def confusion_cost(wanted: SituationName, read: SituationName) -> float:
    """Return what it costs to read one situation as another, 0 to 10."""
    if wanted is read:
        return 0.0
    table = _cost_table()
    row = table.get(wanted.value, {})
    return float(row.get(read.value, row.get("any", table["any"]["any"])))


@cache
def _cost_table() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = parsed(_COSTS.read_text(encoding="utf-8"))
    return table
