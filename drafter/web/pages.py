"""How every page answers: strict headers, bounded bodies, and a readable page in place of an error."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.domain.errors import (
    BadInput,
    Blocked,
    ClaimedByAnother,
    Conflict,
    DrafterError,
    IllegalStep,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StaleVersion,
    TranslatorFailed,
)
from drafter.domain.finding import Finding
from drafter.logs import fault
from drafter.web.guard import csrf_field
from drafter.web.site import site_of

_log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (NotFound, 404, "There is nothing here"),
    (NotAllowed, 403, "This is not allowed"),
    (Blocked, 422, "The reply cannot be approved yet"),
    (ClaimedByAnother, 409, "Somebody else has this item open"),
    (StaleVersion, 409, "The item has changed meanwhile"),
    (IllegalStep, 409, "This cannot be done now"),
    (Conflict, 409, "This cannot be done twice"),
    (BadInput, 422, "This cannot be used"),
    (TranslatorFailed, 503, "This could not be translated"),
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a person can go from here."""

    href: str
    word: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message on a page, with what to do about it."""

    title: str
    text: str
    level: str = "warn"  # warn, block or calm
    findings: tuple[Finding, ...] = ()
    kept: tuple[str, ...] = ()  # texts that the person wrote and that could not be stored
    links: tuple[Link, ...] = ()


def status_of(error: DrafterError) -> tuple[int, str]:
    """Return the HTTP status of an error, and the title of its message."""
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            return status, title
    return 500, _OURS.title


_TO_QUEUE = (Link(href="/queue", word="To the queue"),)
_OURS = Notice(
    title="Something went wrong on our side",
    text="Try again. If it stays like this, the server's log says why.",
    level="block",
    links=_TO_QUEUE,
)
_UNKNOWN = Notice(title="There is nothing here", text="This address leads nowhere.", links=_TO_QUEUE)
_UNUSABLE = Notice(
    title="This cannot be used", text="The address or the form holds something that we cannot use.", links=_TO_QUEUE
)


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    if not isinstance(error, DrafterError):
        return await _page(request, 500, _OURS)
    status, title = status_of(error)
    return await _page(request, status, Notice(title=title, text=str(error), links=_TO_QUEUE))


async def _unusable(request: Request, _: Exception) -> Response:
    return await _page(request, 422, _UNUSABLE)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return await _page(request, status, _UNKNOWN if status in (404, 405) else _UNUSABLE)


#: What becomes a page, by the kind of error.
HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    DrafterError: _refused,
    RequestValidationError: _unusable,
    HTTPException: _http,
}


async def _page(request: Request, status: int, notice: Notice) -> Response:
    render = site_of(request).render
    return await run_in_threadpool(render, "problem.html", status, notice=notice, csrf_field=csrf_field(""))


def _to_sign_in(request: Request) -> Response:
    """Send the browser to the sign-in page, and back afterwards where that is safe."""
    back = request.url.path if request.method == "GET" else "/queue"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in?next=/queue"})
    return RedirectResponse(f"/sign-in?next={quote(back)}", status_code=303)


class Headers:
    """Adds the strict headers to everything that is served."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, with the headers on its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


class Failures:
    """Answers an exception that no handler knows with a page.

    The framework would hand it on to the server, which logs its message; that may hold customer text (a database error
    repeats the row). So the log gets its class and where it was raised.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; answer what is raised, unless an answer has begun."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # the last one to see it; it is logged and answered
            incident = secrets.token_hex(6)
            _log.error("web.failed", extra={"incident": incident, **fault(error)})  # not its message
            if started or scope["type"] != "http":
                raise
            text = f"{_OURS.text} It is incident {incident} there."
            response = await _page(Request(scope, receive), 500, replace(_OURS, text=text))
            await response(scope, receive, send)


class BodyLimit:
    """Refuses a body that is longer than any form of ours."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; reading past the limit raises."""
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise HTTPException(413, "The form is too large.")
            return message

        await self._app(scope, counted, send)
