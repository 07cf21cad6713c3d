"""The body of a request: read up to a limit, and refused before anything else looks at it unless it is JSON in UTF-8.

The framework would read a body of any size, take UTF-16, and answer a broken one in two different ways.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from email.message import Message as Headers
from typing import NoReturn

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.api.problems import ApiProblem, refuse

BODY = "drafter.body"  # where later middleware finds the bytes in the scope
DRAINED_BYTES = 8_000_000  # read of a body that is refused, and thrown away
DRAINED_SECONDS = 5.0


class BodyGuard:
    """Lets a request pass with its body read and checked, or refuses it."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read and check the body, then hand it on as one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_address(scope)
            body = await read_body(scope, receive, self._max_bytes)
            check_body(Request(scope), body)
        except ApiProblem as problem:
            await refuse(scope, problem)(scope, receive, send)
            return
        scope[BODY] = body
        await self._app(scope, _replayed(body, receive), send)


class Drained:
    """Takes the rest of a body in before it is answered, whoever refused it.

    A server that closes a connection with unread bytes resets it, and the sender loses the answer that says why.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and read what nobody has read when its answer begins."""
        if scope["type"] != "http" or "expect" in Request(scope).headers:  # such a sender waits to be asked for it
            await self._app(scope, receive, send)
            return
        whole = False

        async def watched() -> Message:
            nonlocal whole
            message = await receive()
            whole = not message.get("more_body", False)
            return message

        async def drained(message: Message) -> None:
            if message["type"] == "http.response.start" and not whole:
                await _drain(watched)
            await send(message)

        await self._app(scope, watched, drained)


async def _drain(receive: Receive) -> None:
    """Read on until the body ends, it is larger than anybody would send by mistake, or it takes too long."""
    left = DRAINED_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAINED_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def check_address(scope: Scope) -> None:
    """Refuse a path or query with a NUL character, which no database column can be compared with."""
    if "\0" in scope["path"] or b"%00" in scope.get("query_string", b""):
        raise ApiProblem("bad-request", "The address contains a NUL character (%00). Take it out.")


async def read_body(scope: Scope, receive: Receive, max_bytes: int) -> bytes:
    """Return the body; stop at the limit, whether its length was announced or it comes in chunks.

    Raises:
        ApiProblem: it is larger than `max_bytes`, or the announced length is no number.
    """
    announced = Request(scope).headers.get("content-length", "0")
    if not announced.isdecimal():
        raise ApiProblem("bad-request", "Content-Length is not a number.")
    pieces, size = [], int(announced) if len(announced) < 20 else max_bytes + 1
    while size <= max_bytes:
        message = await receive()
        pieces.append(message.get("body", b""))
        size = sum(map(len, pieces))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    if size > max_bytes:
        _too_large(max_bytes)
    return b"".join(pieces)


def check_body(request: Request, body: bytes) -> None:
    """Refuse a body that is not JSON in UTF-8, or not sent as such.

    Raises:
        ApiProblem: says which of these it is, and where.
    """
    if not body:
        return
    _check_content_type(request.headers.get("content-type", ""))
    try:
        json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        detail = f"The body is not valid UTF-8: byte {error.start} cannot be read. Send JSON in UTF-8."
        raise ApiProblem("invalid-json", detail) from None
    except json.JSONDecodeError as error:
        detail = f"The body is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise ApiProblem("invalid-json", detail) from None
    except RecursionError:
        raise ApiProblem("invalid-json", "The body is nested too deeply.") from None
    except ValueError as error:  # a number of thousands of digits
        raise ApiProblem("invalid-json", f"The body contains a number that cannot be read: {error}.") from None


def _check_content_type(content_type: str) -> None:
    headers = Headers()
    headers["content-type"] = content_type or "none"
    main, sub = headers.get_content_maintype(), headers.get_content_subtype()
    charset = headers.get_param("charset", "utf-8")
    is_json = bool(content_type) and main == "application" and (sub == "json" or sub.endswith("+json"))
    if not is_json or str(charset).lower() not in {"utf-8", "utf8"}:
        raise ApiProblem("unsupported-media-type", "Send the body as JSON, with Content-Type: application/json.")


def _refuse_constant(name: str) -> NoReturn:
    raise ApiProblem("invalid-json", f"The body contains {name}, which is not a JSON value.")


def _too_large(max_bytes: int) -> NoReturn:
    detail = f"The body is larger than {max_bytes} bytes. Send one review at a time, without pictures."
    # the rest of the body was not read, so this connection cannot take another request
    raise ApiProblem("too-large", detail, headers={"Connection": "close"})


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the body once, then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
