"""Idempotency-Key: a POST that is sent again gets the first one's answer, and is done once.

Kept are answers that say that something was done (2xx); a refused request changed nothing, so its key is free again.
The same key with another request is an error of the sender. Of two at once, one is done; the other is told to retry.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.api.auth import key_in
from drafter.api.bodies import BODY
from drafter.api.problems import ApiProblem, refuse
from drafter.domain.ports import Clock
from drafter.store import idempotency as kept
from drafter.store.database import Database

ABANDONED_AFTER = timedelta(minutes=2)  # a request that is still unanswered then died with its process

_VISIBLE = frozenset(string.ascii_letters + string.digits + string.punctuation)
_MAX_LENGTH = 200  # of the column
_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})


class Idempotency:
    """Does a keyed request once, and answers its repetitions from what was kept."""

    def __init__(self, app: ASGIApp, database: Database, clock: Clock) -> None:
        self._app = app
        self._database = database
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass other requests on; guard a POST with an Idempotency-Key."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("idempotency-key")
        key = key_in(scope)
        if wanted is None or key is None:
            await self._app(scope, receive, send)
            return
        try:
            check(wanted)
            stored = await run_in_threadpool(self._claim, key.id, wanted, fingerprint(scope))
        except ApiProblem as problem:
            await refuse(scope, problem)(scope, receive, send)
            return
        if stored is not None:
            await _replay(stored)(scope, receive, send)
            return
        await self._do_once(key.id, wanted, scope, receive, send)

    def _claim(self, key_id: str, wanted: str, request_hash: str) -> kept.KeptAnswer | None:
        """Return the kept answer, or None where this request is to be done.

        Raises:
            ApiProblem: the key belongs to another request, or the first one is still being worked on.
        """
        now = self._clock.now()
        if kept.start(self._database, key_id, wanted, request_hash, now):
            return None
        before = kept.find(self._database, key_id, wanted)
        if before is not None and before.created_at <= now - kept.KEPT_FOR:
            self._anew(before, key_id, wanted, request_hash, now)
            return None
        if before is not None and before.request_hash != request_hash:
            detail = "This Idempotency-Key was sent with another request before. Use a new key for a new request."
            raise ApiProblem("idempotency-key-reused", detail)
        if before is not None and before.status != kept.IN_PROGRESS:
            return before
        if before is not None and before.created_at > now - ABANDONED_AFTER:
            _still_working()
        self._anew(before, key_id, wanted, request_hash, now)
        return None

    def _anew(self, before: kept.KeptAnswer | None, key_id: str, wanted: str, request_hash: str, now: datetime) -> None:
        """Begin again what was refused meanwhile, has died or is too old: whoever makes the row anew does the work."""
        if before is not None:
            kept.drop(self._database, key_id, wanted, before.created_at)
        if not kept.start(self._database, key_id, wanted, request_hash, now):
            _still_working()

    async def _do_once(self, key_id: str, wanted: str, scope: Scope, receive: Receive, send: Send) -> None:
        recorder = _Recorder(send)
        try:
            await self._app(scope, receive, recorder.send)
        finally:
            if recorder.succeeded:
                await run_in_threadpool(
                    kept.finish, self._database, key_id, wanted, recorder.status, recorder.as_body()
                )
            else:
                await run_in_threadpool(kept.drop, self._database, key_id, wanted)
        await recorder.pass_on()


class _Recorder:
    """Holds an answer back until it is kept, so that nobody has an answer that a repetition would not get."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self._messages.append(message)

    async def pass_on(self) -> None:
        for message in self._messages:
            await self._send(message)

    @property
    def status(self) -> int:
        return next((int(message["status"]) for message in self._messages if "status" in message), 0)

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    def as_body(self) -> dict[str, Any]:
        start, *rest = self._messages
        headers = {name: value for name, value in Headers(raw=start["headers"]).items() if name in _KEPT_HEADERS}
        return {"headers": headers, "text": b"".join(message.get("body", b"") for message in rest).decode()}


def check(idempotency_key: str) -> None:
    """Refuse a key that is empty, too long, or holds more than visible ASCII characters.

    Raises:
        ApiProblem: says which of these.
    """
    if not 0 < len(idempotency_key) <= _MAX_LENGTH or not _VISIBLE.issuperset(idempotency_key):
        detail = f"An Idempotency-Key is 1 to {_MAX_LENGTH} visible ASCII characters, for example a UUID."
        raise ApiProblem("bad-request", detail)


def fingerprint(scope: Scope) -> str:
    """Return a hash of all that makes two requests the same: where they go, on which version, and what they say."""
    hasher = hashlib.sha256()
    parts: tuple[bytes, ...] = (
        scope["path"].encode("utf-8", "replace"),
        scope.get("query_string", b""),
        Headers(scope=scope).get("if-match", "").encode(),
        scope.get(BODY, b""),
    )
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big") + part)
    return hasher.hexdigest()


def _replay(stored: kept.KeptAnswer) -> Response:
    headers: Mapping[str, str] = {**stored.body["headers"], "Idempotent-Replayed": "true"}
    return Response(stored.body["text"], stored.status, headers)


def _still_working() -> None:
    detail = "A request with this Idempotency-Key is being worked on. Send it again in a second to get its answer."
    raise ApiProblem("request-in-progress", detail, headers={"Retry-After": "1"})
