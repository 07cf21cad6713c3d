"""Turns: models that stand in for each other at one question are asked in their order, within a time.

An answer that was at fault is asked for again, once over all models; a model that fails otherwise is out of the line.
How many turns there are depends on the answers alone, never on the clock, so that a job that is begun again asks the
same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from drafter.domain.draft import Attempt
from drafter.domain.errors import JudgeFailed, ReaderFailed
from drafter.domain.judging import JudgingBrief
from drafter.domain.reading import ReadingBrief

Brief = TypeVar("Brief", ReadingBrief, JudgingBrief)
Answer = TypeVar("Answer")


class Turns(Generic[Brief]):
    """The models' turns at one question."""

    def __init__(
        self, models: Iterable[str], first: Brief, *, writer: str, seconds: float, monotonic: Callable[[], float]
    ) -> None:
        """Begin.

        Args:
            models: their names.
            first: what the first try is asked for.
            writer: under whose name tries that failed are kept.
            seconds: for all turns together.
            monotonic: the clock that they are measured by.
        """
        self._able = deque(models)
        self._first: Brief = first
        self._brief: Brief = first
        self._writer = writer
        self._monotonic = monotonic
        self._ends_at = monotonic() + seconds
        self._mended = False
        self.attempts: list[Attempt] = []  # those that failed; whoever asks adds those that were answered

    @property
    def left(self) -> bool:
        """Whether there is a model to ask."""
        return bool(self._able)

    async def next(self, ask: Callable[[str, Brief], Awaitable[Answer]]) -> Answer | None:
        """Return the answer of the model whose turn it is; None where it failed: then it is the next one's turn.

        Args:
            ask: asks a model by its name. It may raise ReaderFailed or JudgeFailed.
        """
        model, began = self._able[0], self._monotonic()
        seconds = max(self._ends_at - began, 0.0) / len(self._able)
        try:
            return await ask(model, self._brief.with_changes(seconds=seconds))
        except (ReaderFailed, JudgeFailed) as failure:
            self._note(model, failure, self._monotonic() - began)
            if not (failure.again and self.mend("answer")):
                self.pass_on()
            return None

    def mend(self, what: str) -> bool:
        """Give the same model another turn, told what was wrong; False where an answer was mended before."""
        if self._mended:
            return False
        self._mended = True
        self._brief = self._first.with_changes(attempt=self._brief.attempt + 1, mend=what)
        return True

    def pass_on(self) -> None:
        """Take the model whose turn it was out of the line."""
        self._able.popleft()
        self._brief = self._first.with_changes(attempt=self._brief.attempt + 1)

    def _note(self, model: str, failure: ReaderFailed | JudgeFailed, seconds: float) -> None:
        self.attempts.append(
            Attempt(
                writer=self._writer,
                model=failure.model or model,
                number=self._brief.attempt,
                outcome="failed",
                codes=failure.codes,
                reason=str(failure),
                usage=failure.usage,
                latency_ms=round(seconds * 1000, 1),
            )
        )
