"""What the model of a scene answers; the same call gets the same answer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from drafter.testing import Answer, ChatRequest
from drafter.testing.chat import Manner, written
from evals.storm.worker import BLANK

THANKS = "Thank you. We are glad that it holds."
BLANKS = 0.6  # share of the reviews whose first draft has to be mended by a second call
THINKING_SECONDS = (0.1, 0.6)


@dataclass
class ToldModel:
    """Does as a test says, which knows reviews by the marks in their texts."""

    blanks: set[str] = field(default_factory=set)  # whose first draft has a blank that must be mended
    hangs: set[tuple[str, int]] = field(default_factory=set)  # whose call of this number gets no answer
    seconds: float = 0.0  # that an answer takes

    def __call__(self, request: ChatRequest) -> Answer:
        """Answer."""
        number = 2 if request.is_repair else 1
        if any(mark in request.text and number == asked for mark, asked in self.hangs):
            return Answer(manner=Manner.NEVER)
        blank = number == 1 and any(mark in request.text for mark in self.blanks)
        return _reply(request, self.seconds, blank=blank)


class RandomModel:
    """Takes its time; some first drafts have a blank."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, request: ChatRequest) -> Answer:
        """Answer."""
        dice = random.Random(f"{self._seed}{request.conversation}")  # noqa: S311  # no secret
        blank = not request.is_repair and dice.random() < BLANKS
        return _reply(request, dice.uniform(*THINKING_SECONDS), blank=blank)


def _reply(request: ChatRequest, seconds: float, *, blank: bool) -> Answer:
    text = f"Dear {BLANK}, {THANKS}" if blank else THANKS
    return replace(written(request, text), seconds=seconds)
