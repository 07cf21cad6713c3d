"""The rate limit: one token bucket a key, in this process.

Headers follow the IETF draft "RateLimit header fields for HTTP": `RateLimit-Policy` says what is allowed,
`RateLimit` what is left. With several processes behind one address each counts for itself.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.api.auth import key_in
from drafter.api.problems import ApiProblem, refuse

WINDOW = 60  # seconds that the limit is stated for


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What one request found in its bucket."""

    granted: bool
    remaining: int  # whole requests left at once
    wait: int  # seconds until the next one is granted, when none is left; else until the bucket is full


class TokenBuckets:
    """A bucket of `per_minute` tokens a name, refilled evenly; safe to use from several threads."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._now = now
        self._levels: dict[str, tuple[float, float]] = {}  # name to tokens left, and when they were counted
        self._lock = threading.Lock()

    def take(self, name: str) -> Allowance:
        """Take one token, if there is one."""
        with self._lock:
            now = self._now()
            level, counted_at = self._levels.get(name, (float(self.per_minute), now))
            level = min(self.per_minute, level + (now - counted_at) * self.per_minute / WINDOW)
            granted = level >= 1
            level -= granted
            self._levels[name] = (level, now)
        return Allowance(granted=granted, remaining=int(level), wait=self._wait(level))

    def _wait(self, level: float) -> int:
        missing = 1 - level if level < 1 else self.per_minute - level
        return math.ceil(missing * WINDOW / self.per_minute)


class RateLimit:
    """Lets a key's requests pass as fast as its bucket allows, and says so on every answer."""

    def __init__(self, app: ASGIApp, buckets: TokenBuckets) -> None:
        self._app = app
        self._buckets = buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a token for the request's key; refuse where there is none."""
        key = key_in(scope) if scope["type"] == "http" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        allowance = self._buckets.take(key.id)
        labelled = self._labelled(allowance, send)
        if allowance.granted:
            await self._app(scope, receive, labelled)
            return
        detail = f"This key may send {self._buckets.per_minute} requests a minute. Wait {allowance.wait} s."
        problem = ApiProblem("too-many-requests", detail, headers={"Retry-After": str(allowance.wait)})
        await refuse(scope, problem)(scope, receive, labelled)

    def _labelled(self, allowance: Allowance, send: Send) -> Send:
        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = f'"default";q={self._buckets.per_minute};w={WINDOW}'
                headers["RateLimit"] = f'"default";r={allowance.remaining};t={allowance.wait}'
            await send(message)

        return labelled
