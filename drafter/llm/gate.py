"""The way to a model from one event loop: its calls ask the meter one after the other, and wait where they have to.

Who waits sleeps until the minute frees, or looks again after a while that grows and is never the same twice; the end
of a call on the same loop wakes it at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from drafter.llm.limits import LOOK_SECONDS, Call, Meter, Wait

Result = TypeVar("Result")

FIRST_LOOK, SLOWEST_LOOK = 0.05, 0.5  # seconds until one who waits for another process's call looks again


def _utc() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Times:
    """How time passes: the computer's own clocks, or a test's."""

    monotonic: Callable[[], float] = time.monotonic  # seconds
    now: Callable[[], datetime] = _utc
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


OWN_CLOCKS = Times()  # the computer's


class Turn:
    """Whose turn it is on one event loop to ask for leave, and whether a call of it ended meanwhile."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.freed = asyncio.Event()


class Gate:
    """Lets the calls of one model through, in the order of their coming."""

    def __init__(self, meter: Meter, times: Times) -> None:
        self._meter = meter
        self._times = times

    async def enter(self, turn: Turn, call: Call, *, ends: float) -> Wait | None:
        """Return None once the call may begin; else, when its time is up or cannot do, what it waited for.

        Args:
            turn: of the running loop.
            call: that is to begin; who is let in has to `leave`.
            ends: on the monotonic clock, when it is to have begun.
        """
        waits: list[Wait | None] = [Wait(limit="concurrency")]
        try:
            async with asyncio.timeout(max(ends - self._times.monotonic(), 0)):
                async with turn.lock:
                    await self._wait(turn, call, ends, waits)
        except TimeoutError:
            pass
        return waits[-1]

    async def leave(self, turn: Turn, call: Call, tokens: int | None = None) -> None:
        """Give a call's slot back; `tokens` that it took, None where that is not known."""
        try:
            await _whole(lambda: self._meter.leave(call, tokens))
        finally:
            turn.freed.set()

    async def _wait(self, turn: Turn, call: Call, ends: float, waits: list[Wait | None]) -> None:
        """Look whether the call may begin until it may, or never will; note what each look said."""
        look, entered = FIRST_LOOK, False
        try:
            while True:
                turn.freed.clear()
                wait = await _whole(lambda: self._meter.enter(call))
                waits.append(wait)
                entered = wait is None
                left = ends - self._times.monotonic()
                if wait is None or wait.forever or left <= wait.seconds:
                    return
                await self._woken(turn, min(wait.seconds, LOOK_SECONDS), look * random.uniform(0.5, 1))  # noqa: S311  # it spreads the looks
                look = min(look * 2, SLOWEST_LOOK)
        finally:
            if not entered:
                await _whole(lambda: self._meter.leave(call))

    async def _woken(self, turn: Turn, seconds: float, more: float) -> None:
        """Wait, and a little more, but no longer than until a call of this loop ends."""
        ways: set[asyncio.Future[Any]] = {asyncio.ensure_future(turn.freed.wait())}
        if seconds > 0:
            ways.add(asyncio.ensure_future(self._times.sleep(seconds + more)))
        try:
            await asyncio.wait(ways, timeout=None if seconds > 0 else more, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()


async def _whole(work: Callable[[], Result]) -> Result:
    """Do blocking work in a thread to its end, whoever calls it off meanwhile: half of it would leave a slot taken."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
