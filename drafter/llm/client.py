"""The provider's client: one for a model and an event loop, made when it is first asked, closed with its loop.

A client's connections belong to the loop that opened them: used on another one they fail with "Event loop is closed".
A process has one loop for its models at a time (the engine's, or a command's), but may begin another, and then has to
begin with a new client. LangChain keeps the connections of all its OpenAI clients in one cache, whatever their loop, so
they are given their own here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import weakref
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from openai import DefaultAsyncHttpxClient, DefaultHttpxClient, Timeout
from pydantic import SecretStr

from drafter.llm import provider
from drafter.llm.faults import Fault, Kind, fault
from drafter.llm.gate import Turn
from drafter.llm.options import ModelOptions
from drafter.logs import fault as where

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0  # a server that is there takes a connection at once, however long its answer takes
_OPENAI_CLIENTS = frozenset({"openai", "azure_openai"})  # whose packages take the HTTP client that they are given


@dataclass(frozen=True, kw_only=True)
class Line:
    """A model's client on one event loop, and the turn of its calls."""

    client: BaseChatModel
    life: AsyncGenerator[None, None]  # closes the connections when its loop ends
    turn: Turn = field(default_factory=Turn)  # of its calls to begin


class Lines:
    """A model's lines, one an event loop."""

    def __init__(self, options: ModelOptions, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._options = options
        self._transport = transport
        self._by_loop: dict[asyncio.AbstractEventLoop, Line] = {}

    async def line(self) -> Line | Fault:
        """Return the running loop's line; a fault where the client cannot be made, and nothing was sent."""
        loop = asyncio.get_running_loop()
        if (line := self._by_loop.get(loop)) is not None:
            return line
        made = make(self._options, self._transport)
        if isinstance(made, Fault):
            return made
        others = {other: line for other, line in self._by_loop.items() if not other.is_closed()}
        self._by_loop = others | {loop: made}
        await anext(made.life)
        weakref.finalize(self, _close, loop, made.life).atexit = False
        return made


def _close(loop: asyncio.AbstractEventLoop, life: AsyncGenerator[None, None]) -> None:
    """Close the connections of a model that was dropped while its loop goes on."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(loop.create_task, life.aclose())


def make(options: ModelOptions, transport: httpx2.AsyncBaseTransport | None = None) -> Line | Fault:
    """Return a line that nothing was sent over yet; a fault where there cannot be one.

    `transport` takes OpenAI's requests in place of the network.
    """
    if provider.needs_key(options) and not provider.has_key(options):
        return fault(Kind.NO_KEY, options)
    if lack := provider.lacking(options):
        return fault(Kind.NOT_SET, options, lack)
    try:
        own = options.provider in _OPENAI_CLIENTS
        http = DefaultAsyncHttpxClient(verify=_authorities(), transport=transport) if own else None
        client = init_chat_model(options.own_name, model_provider=options.provider, **_arguments(options, http))
    except OSError:
        return fault(Kind.UNTRUSTED, options, "SSL_CERT_FILE or SSL_CERT_DIR cannot be read")
    except ImportError:
        return fault(Kind.NO_PACKAGE, options, provider.package(options))
    except Exception as error:  # noqa: BLE001  # each provider's package raises its own
        log.warning("llm.not_ready", extra={"model": options.name, **where(error)})
        kind = Kind.NO_PROVIDER if "upported provider" in str(error) else Kind.NOT_READY
        return fault(kind, options, type(error).__name__)
    return Line(client=client, life=_life(http))


def _arguments(options: ModelOptions, http: DefaultAsyncHttpxClient | None) -> dict[str, Any]:
    """Return what the client is made with; `max_retries`: retrying is done in one place, which is not there."""
    arguments: dict[str, Any] = {
        "max_retries": 0,
        "timeout": options.call_seconds,
        "max_tokens": options.max_answer_tokens,
        "azure_endpoint" if options.provider == provider.AZURE else "base_url": options.base_url,
        "api_version": options.api_version,
        "temperature": options.temperature,
        "api_key": SecretStr(os.environ[options.api_key_env]) if options.api_key_env else None,
    }
    if http is not None:
        patience = Timeout(options.call_seconds, connect=min(CONNECT_SECONDS, options.call_seconds))
        unused = DefaultHttpxClient(verify=_authorities())  # LangChain would make one, and read the authorities again
        arguments |= {"http_client": unused, "http_async_client": http, "http_socket_options": (), "timeout": patience}
    return {name: value for name, value in arguments.items() if value is not None}


@cache
def _authorities() -> ssl.SSLContext:
    """Return the authorities whose certificates are trusted; reading them takes longer than all the rest."""
    return httpx2.create_ssl_context()


async def _life(http: DefaultAsyncHttpxClient | None) -> AsyncGenerator[None, None]:
    """Close the client when the loop ends: a loop closes its asynchronous generators before itself."""
    try:
        yield
    finally:
        if http is not None:
            await http.aclose()
