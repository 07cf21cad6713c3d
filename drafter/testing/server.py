"""ModelServer: a provider on loopback that answers as it is told.

It speaks HTTP/1.1 by itself, with connections that stay open: half of what it is for (a body that never ends, a
connection that is closed without a word) is what a proper HTTP server would not let it do.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from drafter.testing.batches import BATCHES, FILES, Batches, BatchScript, form_of
from drafter.testing.chat import MODEL, Answer, ChatRequest, Manner, failure, models
from drafter.testing.faults import EVERYWHERE, GOOD, Script, script

DRIP_SECONDS = 0.5  # between two bytes of a slow drip
_START_SECONDS = 10.0
_SECRET = frozenset({"authorization", "api-key", "x-api-key", "cookie"})

#: The name of an answer, or what makes one (or its name) of a request.
Wanted = str | Answer | Callable[[ChatRequest], Answer | str]


class ModelServer:
    """A scripted OpenAI-compatible server; a context manager.

    It knows `/v1/chat/completions`, `/v1/models`, `/v1/files` and `/v1/batches`. Every answer gives `scripted` as its
    model.
    """

    def __init__(
        self,
        answer: Wanted = GOOD,
        *,
        share: float = 1.0,
        mends: bool = False,
        seed: int = 0,
        port: int = 0,
        batches: BatchScript | None = None,
        on_request: Callable[[ChatRequest], None] = lambda _: None,
    ) -> None:
        """Answer calls with `answer`.

        Args:
            answer: the name of a fault, `good`, an answer, or a function that returns one of these for a request.
            share: the part of the calls, from 0 to 1, that meet it; the others are answered well.
            mends: whether a request that lists what was wrong is answered well.
            seed: of the dice behind `share`.
            port: to listen on; 0 takes a free one.
            batches: what becomes of batches; their requests are answered as others are.
            on_request: is told of every request, in the server's thread.
        """
        if isinstance(answer, str):
            script(answer)  # so that a wrong name is told at once
        self._answer, self._share, self._mends = answer, share, mends
        self._dice = random.Random(seed)  # noqa: S311  # no secret
        self._port = port
        self._on_request = on_request
        self._lock = threading.Lock()
        self._requests: list[ChatRequest] = []
        self._batched: list[ChatRequest] = []
        self._batches = Batches(batches or BatchScript(), self._answer_in_batch)
        self._turns: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: dict[asyncio.Future[None], asyncio.WriteTransport] = {}
        self._thread: threading.Thread | None = None
        self._broken: Exception | None = None  # what the function that makes answers raised first
        self.answered = 0  # requests that got a whole answer
        self.aborted = 0  # requests that did not: by the script, or because the caller went away

    @property
    def url(self) -> str:
        """The address for OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def requests(self) -> list[ChatRequest]:
        """All calls of the chat so far, in the order in which they came."""
        with self._lock:
            return [request for request in self._requests if request.method == "POST" and not _of_batches(request)]

    @property
    def batched(self) -> list[ChatRequest]:
        """All calls of the chat that were answered in batches so far."""
        with self._lock:
            return list(self._batched)

    @property
    def received(self) -> list[ChatRequest]:
        """All requests so far."""
        with self._lock:
            return list(self._requests)

    @property
    def connections(self) -> int:
        """How many callers are connected now."""
        return len(self._open)

    def __enter__(self) -> Self:
        """Listen."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def start(self) -> None:
        """Listen, in a thread of its own."""
        listener = socket.create_server(("127.0.0.1", self._port), backlog=256)
        self._port = listener.getsockname()[1]
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        arguments = (self._loop, listener, ready)
        self._thread = threading.Thread(target=self._run, args=arguments, name="model-server", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise RuntimeError("the scripted model server did not start")

    def close(self) -> None:
        """Stop at once; answers that hang end with their connections. Raises what a function of answers raised."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._thread = None
        if self._broken is not None:
            raise self._broken

    def _run(self, loop: asyncio.AbstractEventLoop, listener: socket.socket, ready: threading.Event) -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._connected, sock=listener))
        loop.call_soon(ready.set)
        loop.run_forever()
        loop.run_until_complete(self._hang_up(server))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._converse(reader, writer))
        self._open[task] = writer.transport
        task.add_done_callback(self._gone)

    def _gone(self, task: asyncio.Future[None]) -> None:
        self._open.pop(task).abort()  # here, for a task that is cancelled before its first step runs no line of its own

    async def _hang_up(self, server: asyncio.Server) -> None:
        """End every connection, also one that was accepted in this moment and has not come to `_connected` yet."""
        server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in self._open:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # a transport closes its socket in the turn after it was told

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._served(reader, writer):
                pass

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        request = await _read(reader)
        if request is None:
            return False
        try:
            answer = self._answer_to(request)
        except Exception as error:  # noqa: BLE001  # told when the server closes
            self._broken = self._broken or error
            answer = failure(500, "script_failed", "The function that makes answers failed.")
        try:
            await asyncio.sleep(answer.seconds)
            whole = await _send(answer, reader, writer)
        except BaseException:
            self.aborted += 1
            raise
        self.answered += whole
        self.aborted += not whole
        return whole

    def _answer_to(self, request: ChatRequest) -> Answer:
        with self._lock:
            self._turns[request.conversation] += request.method == "POST"
            request = _with_turn(request, self._turns[request.conversation])
            self._requests.append(request)
            meets_it = self._dice.random() < self._share
        self._on_request(request)
        about_batches = self._batches.answer(request)
        if about_batches is not None:
            return about_batches
        if request.path.endswith("/models") and request.method == "GET":
            everywhere = isinstance(self._answer, str) and self._answer in EVERYWHERE
            return self._script()(request) if everywhere and meets_it else models(MODEL)
        if not request.path.endswith("/chat/completions") or request.method != "POST":
            return failure(404, "not_found", "There is nothing at this address.")
        return self._said(request, meets_it=meets_it)

    def _answer_in_batch(self, request: ChatRequest) -> Answer:
        with self._lock:
            self._turns[request.conversation] += 1
            request = _with_turn(request, self._turns[request.conversation])
            self._batched.append(request)
            meets_it = self._dice.random() < self._share
        return self._said(request, meets_it=meets_it)

    def _said(self, request: ChatRequest, *, meets_it: bool) -> Answer:
        if not meets_it or (self._mends and request.is_repair):
            return script(GOOD)(request)
        return self._script()(request)

    def _script(self) -> Script:
        if isinstance(self._answer, str):
            return script(self._answer)
        if isinstance(self._answer, Answer):
            fixed = self._answer
            return lambda _: fixed
        make = self._answer

        def made(request: ChatRequest) -> Answer:
            answer = make(request)
            return script(answer)(request) if isinstance(answer, str) else answer

        return made


async def _read(reader: asyncio.StreamReader) -> ChatRequest | None:
    """Return the next request of a connection; None where there is none any more."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    kept = {name: value for name, value in headers.items() if name not in _SECRET}
    kind = headers.get("content-type", "")
    body = form_of(raw, kind) if kind.startswith("multipart/form-data") else _body(raw)
    return ChatRequest(method=method, path=path, headers=kept, body=body)


def _body(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _of_batches(request: ChatRequest) -> bool:
    return request.path.startswith((FILES, BATCHES))


def _with_turn(request: ChatRequest, turn: int) -> ChatRequest:
    return ChatRequest(
        method=request.method, path=request.path, headers=request.headers, body=request.body, turn=max(turn, 1)
    )


async def _send(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Send an answer in its manner; return whether all of it left."""
    if answer.manner is Manner.NEVER:
        await reader.read()  # until the caller has enough of waiting
        return False
    if answer.manner is Manner.RESET:
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing it is a reset
        return False
    raw = answer.body.encode()
    head = _head(answer, len(raw))
    if answer.manner is Manner.DRIPS:
        writer.write(head)
        return await _drip(raw, reader, writer)
    if answer.manner is Manner.CUT_OFF:
        raw = raw[: len(raw) // 2]
    writer.write(head + raw)  # at once: two packets would wait for each other (Nagle, delayed ACK)
    await writer.drain()
    return answer.manner is Manner.WHOLE


async def _drip(raw: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Send a byte now and then until the caller goes away; the last one never comes."""
    gone = asyncio.ensure_future(reader.read())
    try:
        for byte in raw[:-1]:
            writer.write(bytes([byte]))
            await writer.drain()
            if (await asyncio.wait({gone}, timeout=DRIP_SECONDS))[0]:
                return False
        await gone
    finally:
        gone.cancel()
    return False


def _head(answer: Answer, length: int) -> bytes:
    headers = {"content-type": "application/json", **answer.headers, "content-length": str(length)}
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
