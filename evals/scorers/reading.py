"""Was the review read right?"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.situation import Channel, Route
from evals.cases import Expected, Inputs
from evals.scorers.base import Scorer, graded


@dataclass
class RightSituation(Scorer):
    """1 where the situation is a right one, 0.5 where the right one was read as secondary."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason:
        """Compare the situation."""
        read = output.situation
        if read.situation in (expected.situation, *expected.also):
            return graded(1)
        reason = f"{read.situation.value} for {expected.situation.value}"
        return graded(0.5 if expected.situation in read.secondary else 0, reason)


@dataclass
class RightLanguage(Scorer):
    """1 where the review's language was told."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason:
        """Compare the language."""
        language = output.situation.language
        return graded(language == expected.language, f"{language} for {expected.language}")


@dataclass
class RightChannel(Scorer):
    """1 where the channel is one that the customer's need allows."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason:
        """Compare the channel; no reply at all is the channel `none`."""
        channel = Channel.NONE if output.route is Route.NO_REPLY else output.situation.channel
        return graded(channel in expected.channels, channel.value)


@dataclass
class RightRoute(Scorer):
    """1 where the case goes to the writer, to a person or nowhere, as it should."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason:
        """Compare the route."""
        return graded(output.route is expected.route, f"{output.route.value} for {expected.route.value}")
