"""What an exception of a model's call means, by its HTTP status, the provider's words and what led to it."""

from __future__ import annotations

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from openai import ContentFilterFinishReasonError, LengthFinishReasonError

from drafter.llm.faults import Fault, Kind, fault
from drafter.llm.options import ModelOptions

#: By status and words of the error, in this order; they are those of OpenAI, Azure, Anthropic, Google, Mistral, Groq,
#: Bedrock, OpenRouter, Ollama, vLLM and llama.cpp, as their servers wrote them in 2025 and 2026.
_BY_WORDS = tuple(
    (statuses, re.compile(words), kind)
    for statuses, words, kind in (
        (
            (400, 413, 422, 500),
            r"context_length_exceeded|maximum context length|exceed_context_size|available context size|context window"
            r"|maximum model length|prompt is too long|input is too long|input token count|too large for model",
            Kind.TOO_LONG,
        ),
        (
            (400, 403, 422, 451),
            r"content[_ ]filter|content[_ ]policy|content management policy|moderation|data_inspection_failed",
            Kind.REFUSED,
        ),
        (
            (400, 401, 403),
            r"api[_ ]key (not valid|expired)|api_key_invalid|invalid[_ ]api[_ ]key|incorrect api key"
            r"|security token.{0,40}(invalid|expired)",
            Kind.WRONG_KEY,
        ),
        (
            (400, 402, 403, 429),
            r"insufficient[_ ](quota|balance|credit|funds)|credit balance|out of call volume|per ?day|tokens_per_day",
            Kind.NO_QUOTA,
        ),
        (
            (400, 410, 422),
            r"model_not_found|not a valid model|(unknown|invalid|no such) model|model.{0,80}(does not exist|not found)"
            r"|model identifier is invalid|modeldeprecated",
            Kind.NO_SUCH_MODEL,
        ),
        ((404,), r"model|deployment", Kind.NO_SUCH_MODEL),
    )
)
_BY_STATUS = {
    401: Kind.WRONG_KEY,
    402: Kind.NO_QUOTA,
    403: Kind.NO_PERMISSION,
    404: Kind.WRONG_ADDRESS,
    405: Kind.WRONG_ADDRESS,
    408: Kind.TROUBLE,
    409: Kind.TROUBLE,
    413: Kind.TOO_LONG,
    425: Kind.TROUBLE,
    429: Kind.BUSY,
}
#: For providers that tell no status: LangChain's own classes.
_BY_CLASS: tuple[tuple[type[BaseException], Kind], ...] = (
    (ContextOverflowError, Kind.TOO_LONG),
    (ModelAuthenticationError, Kind.WRONG_KEY),
    (ModelPermissionDeniedError, Kind.NO_PERMISSION),
    (ModelNotFoundError, Kind.NO_SUCH_MODEL),
    (ModelRateLimitError, Kind.BUSY),
    (ModelAPIError, Kind.TROUBLE),
    (ModelError, Kind.REJECTED),
)
_NOT_SENDABLE = frozenset({"LocalProtocolError", "UnicodeEncodeError"})
#: Causes by the names of their classes, so that each provider's HTTP client will do (httpx, httpx2, aiohttp).
_BY_CAUSE = (
    (_NOT_SENDABLE, Kind.BAD_KEY, ""),
    (frozenset({"CallSetAside"}), Kind.IN_BATCH, ""),
    (frozenset({"UnsupportedProtocol", "InvalidURL"}), Kind.WRONG_ADDRESS, "no http:// or https://"),
    (
        frozenset({"RemoteProtocolError", "ReadError", "WriteError", "IncompleteRead", "ClientPayloadError"}),
        Kind.GARBLED,
        "the connection was closed",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What is known of an exception."""

    status: int | None
    body: Mapping[str, Any]
    words: str  # in lower case; only ever compared, never passed on

    @property
    def detail(self) -> str:
        """The status and the provider's identifiers, if they are nothing else than that."""
        named = [self.body.get("code"), self.body.get("param"), _lower(self.body.get("status"))]
        identifiers = [name for name in named if isinstance(name, str) and re.fullmatch(r"[a-z][a-z_.]{2,40}", name)]
        return " ".join([f"HTTP {self.status}", *identifiers])


def fault_of(error: BaseException, options: ModelOptions, *, seconds: float, now: datetime) -> Fault:
    """Return what an exception of a call means.

    Args:
        error: what the call raised.
        options: of the model.
        seconds: that the call was given.
        now: the time, for a Retry-After that is a date.
    """
    seen = _seen(error)
    ended = _of_ending(error, options)
    if ended is not None:
        return ended
    if seen.status is not None:
        return _by_status(seen, options, _wait(error, now))
    if isinstance(error, TimeoutError | ModelTimeoutError | ModelConnectionError):
        return _of_connection(error, options, seconds)
    for known, kind in _BY_CLASS:
        if isinstance(error, known):
            return fault(kind, options, type(error).__name__, wait=_wait(error, now))
    return _of_answer(error, seen, options)


def _seen(error: BaseException) -> _Seen:
    """Return what an exception tells, or the one that led to it: Google's package hides the status behind its own."""
    told = next((link for link in _chain(error) if _status(link) is not None), error)
    status, body = _status(told), _body(told)
    words = json.dumps(body, default=str) if body else ""
    if not body and status is not None and status != 404:  # what is no JSON says nothing about a model
        words = str(told)
    return _Seen(status=status, body=body, words=words.lower())


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an exception tells: OpenAI's and most others', Google's (`code`), or Bedrock's."""
    response = getattr(error, "response", None)
    aws = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
    found = (getattr(error, "status_code", None), getattr(response, "status_code", None), getattr(error, "code", None))
    return next((status for status in (*found, aws) if isinstance(status, int) and status >= 400), None)


def _body(error: BaseException) -> dict[str, Any]:
    """Return the error that a server told, without what it is wrapped in."""
    response = getattr(error, "response", None)
    said: object = getattr(error, "body", None) or getattr(error, "details", None)
    if isinstance(response, dict):
        said = response.get("Error")  # Bedrock
    elif isinstance(one_line := getattr(error, "error", None), str) and "<" not in one_line:
        said = {"message": one_line}  # Ollama
    if said is None and error.args:
        said = error.args[0]  # LangChain's ValueError with the error that came in an answer of status 200
    if not isinstance(said, dict):
        return {}
    inner = said.get("error")
    return inner if isinstance(inner, dict) else said


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _by_status(seen: _Seen, options: ModelOptions, wait: float | None) -> Fault:
    status = seen.status or 0
    kind = _BY_STATUS.get(status, Kind.TROUBLE if status >= 500 else Kind.REJECTED)
    for statuses, words, found in _BY_WORDS:
        if status in statuses and words.search(seen.words):
            kind = found
            break
    detail = f"HTTP {status}" if kind is Kind.WRONG_ADDRESS else seen.detail
    if kind is Kind.BUSY and wait is not None:
        detail = f"it asks to wait {wait:.0f} s"
    return fault(kind, options, detail, status=status, wait=wait)


def _of_ending(error: BaseException, options: ModelOptions) -> Fault | None:
    """Return the fault of an error by which openai tells of a `finish_reason`."""
    if isinstance(error, LengthFinishReasonError):
        return fault(Kind.CUT_OFF, options, options.max_answer_tokens)
    return fault(Kind.REFUSED, options, "content_filter") if isinstance(error, ContentFilterFinishReasonError) else None


def _of_connection(error: BaseException, options: ModelOptions, seconds: float) -> Fault:
    chain = list(_chain(error))
    names = {type(link).__name__ for link in chain}
    if "ConnectTimeout" in names:
        return fault(Kind.UNREACHABLE, options, "no answer to the connection")
    if isinstance(error, TimeoutError | ModelTimeoutError):
        return fault(Kind.TIMEOUT, options, f"{seconds:.0f}" if seconds >= 1 else f"{seconds:.1f}")
    secure = next((link for link in chain if isinstance(link, ssl.SSLError)), None)
    if secure is not None:
        return fault(Kind.UNTRUSTED, options, (secure.reason or "no TLS").replace("_", " ").lower())
    for causes, kind, detail in _BY_CAUSE:
        if names & causes:
            return fault(kind, options, detail)
    return fault(Kind.UNREACHABLE, options, _of_socket(chain))


def _of_socket(chain: list[BaseException]) -> str:
    for link in chain:
        if isinstance(link, socket.gaierror):
            return "unknown host name"
        if isinstance(link, ConnectionRefusedError):
            return "connection refused"
        if isinstance(link, OSError) and link.errno is not None:
            return errno.errorcode.get(link.errno, "no connection")
    return "no connection"


def _of_answer(error: BaseException, seen: _Seen, options: ModelOptions) -> Fault:
    """Return what is wrong where the provider's package could not make anything of the answer, or of the request."""
    if any(type(link).__name__ in _NOT_SENDABLE for link in _chain(error)):
        return fault(Kind.BAD_KEY, options)
    if isinstance(error, json.JSONDecodeError):
        return fault(Kind.GARBLED, options, "half a JSON, or none")
    if seen.body:
        return fault(Kind.TROUBLE, options, "an error in place of an answer")
    if isinstance(error, ValueError | TypeError | KeyError | IndexError | AttributeError):
        return fault(Kind.WRONG_ADDRESS, options, "a page, or something else than an answer")
    return fault(Kind.UNKNOWN, options, type(error).__name__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what led to it, those of a group included."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:  # a cause mostly is the context too
            continue
        seen.add(id(link))
        yield link
        waiting += [cause for cause in (link.__cause__, link.__context__) if cause is not None]
        waiting += link.exceptions if isinstance(link, BaseExceptionGroup) else ()


def _wait(error: BaseException, now: datetime) -> float | None:
    """Return the seconds that the server asks to wait: `retry-after-ms`, or Retry-After in seconds or as a date.

    Sources: RFC 9110, section 10.2.3; the milliseconds are OpenAI's and Azure's; google.rpc.RetryInfo.
    """
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or getattr(link, "headers", None)
        asked = _asked_in(headers, now) if headers is not None else None
        if asked is None:
            asked = _asked_by_google(link)
        if asked is not None:
            return asked
    return None


def _asked_in(headers: Mapping[str, str], now: datetime) -> float | None:
    exact, asked = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", exact):
        return float(exact) / 1000
    if re.fullmatch(r"\d{1,9}(\.\d+)?", asked):
        return float(asked)
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return max(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds(), 0.0)


def _asked_by_google(error: BaseException) -> float | None:
    details = _body(error).get("details")
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str) and re.fullmatch(r"\d{1,9}(\.\d+)?s", delay):
            return float(delay[:-1])
    return None
