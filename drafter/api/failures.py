"""What nobody expected: answered without a word of what went wrong, and logged without what was sent.

An exception's message may hold customer text (a database error repeats the row), so the log gets its class and where
it was raised. The answer and the log share an incident number.
"""

from __future__ import annotations

import logging
import secrets
import traceback

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.api.problems import CATALOGUE, answer

_UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)
RETRY_AFTER = 5  # seconds
_log = logging.getLogger(__name__)


class Failures:
    """Answers an exception that no handler knows with 500, or 503 where the database cannot be reached."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer what is raised, unless an answer has begun."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # the last one to see it; it is logged and answered
            incident = secrets.token_hex(6)
            _report(error, incident)
            if started or scope["type"] != "http":
                raise
            await _answer(scope, error, incident)(scope, receive, send)


def _report(error: Exception, incident: str) -> None:
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("api.failed", extra={"incident": incident, "error": type(error).__qualname__, "where": where})


def _answer(scope: Scope, error: Exception, incident: str) -> ASGIApp:
    if isinstance(error, _UNAVAILABLE):
        detail = "The database cannot be reached at the moment. Send the request again in a few seconds."
        headers = {"Retry-After": str(RETRY_AFTER)}
        return answer(scope, CATALOGUE["unavailable"], detail, headers=headers, incident=incident)
    detail = "The request was not finished. Give the incident's number to whoever runs this installation."
    return answer(scope, CATALOGUE["unexpected"], detail, incident=incident)
