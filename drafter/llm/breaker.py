"""Circuit breaker: a model that keeps failing is left alone for a while, so that no draft waits for it in vain.

Of our own, since none of the libraries fits: circuitbreaker and purgatory let every call through once the pause is
over, where one trial is to tell; aiobreaker and pybreaker have no asyncio of today (one warns on Python 3.12, one needs
tornado); the clock of none can be set by a test; and all count exceptions, where here an answer can be at fault and an
exception (a refusal, a review that is too long) speaks against no model.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

FAULTS_IN_A_ROW = 5
PAUSE_SECONDS = 60.0


class Permit(Enum):
    """What a call is to the breaker."""

    CALL = auto()
    TRIAL = auto()  # the one call that may close it


class Change(Enum):
    """What the end of a call did to the breaker."""

    OPENED = auto()
    CLOSED = auto()


class Breaker:
    """Opens after faults in a row; after a pause one trial call closes it or begins the next pause."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._in_a_row = 0
        self._opened_at: float | None = None
        self._paused_at = 0.0
        self._trial = False

    def begin(self) -> Permit | None:
        """Return the permit for a call, to be handed back to `end`; None where no call may be made now."""
        if self._opened_at is None:
            return Permit.CALL
        if self.shut:
            return None
        self._trial = True
        return Permit.TRIAL

    def end(self, permit: Permit, *, well: bool | None) -> Change | None:
        """Take note of how a call ended; `None` where it says nothing about the model (it was called off)."""
        if permit is Permit.TRIAL:
            self._trial = False
        elif self._opened_at is not None:  # begun before it opened
            return None
        if well is None:
            return None
        return self._well() if well else self._badly()

    @property
    def shut(self) -> bool:
        """Whether no call may be made now."""
        return self._opened_at is not None and (self._trial or self.pause_left > 0)

    @property
    def open_for(self) -> float:
        """Seconds since it opened."""
        return 0.0 if self._opened_at is None else self._monotonic() - self._opened_at

    @property
    def pause_left(self) -> float:
        """Seconds until the next trial."""
        return max(self._paused_at + PAUSE_SECONDS - self._monotonic(), 0.0) if self._opened_at is not None else 0.0

    def _well(self) -> Change | None:
        self._in_a_row = 0
        if self._opened_at is None:
            return None
        self._opened_at = None
        return Change.CLOSED

    def _badly(self) -> Change | None:
        self._in_a_row += 1
        if self._opened_at is None and self._in_a_row < FAULTS_IN_A_ROW:
            return None
        self._paused_at = self._monotonic()
        if self._opened_at is not None:
            return None
        self._opened_at = self._paused_at
        return Change.OPENED
