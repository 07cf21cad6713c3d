"""Limits of a model that all who ask it share: calls at the same time, and requests and tokens a minute.

A `Meter` keeps count: `InProcessMeter` of one process, `store.limits.SharedMeter` of all that use one database. Both
are held to the same tests, and judge by the same `held_back`. Callers are served in the order of their coming: who
comes later begins only where all who wait before could begin too. The minute is the last sixty seconds, not that of
the clock, on whose turn two full minutes could meet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from drafter.llm.options import ModelOptions

MINUTE = timedelta(seconds=60)
LEASE_MARGIN = 5.0  # seconds that a slot outlives the time of its call, for a process that stands still a while
LOOK_SECONDS = 5.0  # at most between two looks of one who waits
ABSENT = timedelta(seconds=3 * LOOK_SECONDS)  # without a look; then who waits has gone


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of a model that asks for leave to begin."""

    options: ModelOptions
    tokens: int  # that it may take: sent by estimate, and the most that are received
    seconds: float  # that it may last
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def model(self) -> str:
        """The model, under whose name the calls are counted."""
        return self.options.name

    @property
    def lease(self) -> timedelta:
        """How long it holds its slot, if nobody gives it back."""
        return timedelta(seconds=self.seconds + LEASE_MARGIN)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands before a call at a moment."""

    running: int  # calls under way
    requests: int  # begun within the last minute
    tokens: int  # of those
    oldest: datetime | None  # when the first of those began
    ahead: int  # calls that wait since before it
    tokens_ahead: int  # of those


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Why a call may not begin yet."""

    limit: str  # the option that holds it back
    seconds: float = 0.0  # before which this surely stays so; 0: nobody knows, a call may end any moment
    forever: bool = False  # the call is larger than the limit


class Meter(Protocol):
    """Keeps count of calls. Its methods block for a moment, and may be called from any thread."""

    def enter(self, call: Call) -> Wait | None:
        """Let a call begin, or return why it may not yet; it then keeps its place in the line for `ABSENT`."""
        ...

    def leave(self, call: Call, tokens: int | None = None) -> None:
        """Give back a call's slot or its place in the line; `tokens` that it took, None where that is not known."""
        ...


def held_back(call: Call, standing: Standing, now: datetime) -> Wait | None:
    """Return what keeps a call from beginning; None where it may."""
    options = call.options
    requests, tokens = options.requests_per_minute, options.tokens_per_minute
    if tokens is not None and call.tokens > tokens:
        return Wait(limit="tokens_per_minute", forever=True)
    frees = (standing.oldest + MINUTE - now).total_seconds() if standing.oldest is not None else 0.0
    if requests is not None and standing.requests + standing.ahead >= requests:
        return Wait(limit="requests_per_minute", seconds=frees if standing.requests >= requests else 0.0)
    if tokens is not None and standing.tokens + standing.tokens_ahead + call.tokens > tokens:
        return Wait(limit="tokens_per_minute", seconds=frees if standing.tokens + call.tokens > tokens else 0.0)
    return Wait(limit="concurrency") if standing.running + standing.ahead >= options.concurrency else None


def by_minute(options: ModelOptions) -> bool:
    """Whether a model has limits for which a call counts after its end."""
    return options.requests_per_minute is not None or options.tokens_per_minute is not None


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A call as it is kept."""

    call: Call
    place: int  # in the line
    tokens: int
    expires_at: datetime
    began_at: datetime | None = None
    ended: bool = False


class InProcessMeter:
    """Keeps count of one process's calls."""

    def __init__(self, now: Callable[[], datetime] = _utc) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._places = 0
        self._calls: dict[str, _Kept] = {}

    def enter(self, call: Call) -> Wait | None:
        """Let a call begin, or return why it may not yet."""
        with self._lock:
            now = self._now()
            self._calls = {key: kept for key, kept in self._calls.items() if not _is_over(kept, now)}
            if call.id not in self._calls:
                self._places += 1
                self._calls[call.id] = _Kept(call=call, place=self._places, tokens=call.tokens, expires_at=now + ABSENT)
            mine = self._calls[call.id]
            wait = held_back(call, _standing(mine, self._calls.values(), now), now)
            began = {"began_at": now, "expires_at": now + call.lease} if wait is None else {"expires_at": now + ABSENT}
            self._calls[call.id] = replace(mine, **began)  # type: ignore[arg-type]  # fields by their names
            return wait

    def leave(self, call: Call, tokens: int | None = None) -> None:
        """Give back a call's slot or its place in the line."""
        with self._lock:
            kept = self._calls.pop(call.id, None)
            if kept is not None and kept.began_at is not None and by_minute(call.options):
                took = kept.tokens if tokens is None else tokens
                self._calls[call.id] = replace(kept, ended=True, tokens=took)


def _is_over(kept: _Kept, now: datetime) -> bool:
    if kept.began_at is None:
        return kept.expires_at <= now
    out_of_window = kept.began_at <= now - MINUTE
    return out_of_window and (kept.ended or kept.expires_at <= now)


def _standing(mine: _Kept, all_calls: Iterable[_Kept], now: datetime) -> Standing:
    others = [kept for kept in all_calls if kept.call.model == mine.call.model and kept.call.id != mine.call.id]
    begun = [(kept, kept.began_at) for kept in others if kept.began_at is not None]
    recent = [(kept.tokens, at) for kept, at in begun if at > now - MINUTE]
    ahead = [kept.tokens for kept in others if kept.began_at is None and kept.place < mine.place]
    return Standing(
        running=sum(not kept.ended and kept.expires_at > now for kept, _ in begun),
        requests=len(recent),
        tokens=sum(tokens for tokens, _ in recent),
        oldest=min((at for _, at in recent), default=None),
        ahead=len(ahead),
        tokens_ahead=sum(ahead),
    )
