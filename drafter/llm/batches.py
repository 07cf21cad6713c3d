"""OpenAI's Batch API: many calls of a model in a file, answered within a day, at half the price.

A call that goes into a batch is made by the same model, client and code as one that is answered at once: only the last
step, the sending, is another one (`KeptReplies`). It is either answered from what a batch brought, or set aside.

Sources: OpenAI's Batch API FAQ (help.openai.com/en/articles/9197833: half the price, 24 hours, what an expired batch
leaves) and the reference of `POST /batches` (at most 50,000 requests and 200 MB a file).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx2
from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI
from openai.types import Batch

from drafter.domain.errors import BadInput, ModelFailed
from drafter.llm import provider
from drafter.llm.classify import fault_of
from drafter.llm.client import Line, make
from drafter.llm.faults import Fault
from drafter.llm.options import ModelOptions

PRICE_FACTOR = 0.5  # of what the same call costs when it is answered at once
MOST_CALLS = 50_000  # of a file
MOST_BYTES = 200_000_000  # of a file
SEND_SECONDS = 600.0  # for a file to be sent or fetched
CHAT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
RESPONSES: Literal["/v1/responses"] = "/v1/responses"
NAME_KEY = "drafter_batch"  # of the metadata by which a batch is found again

_ENDS = frozenset({"completed", "failed", "expired", "cancelled"})
_NOT_CARRIED_OUT = frozenset({"batch_expired", "batch_cancelled"})  # codes of requests that a batch never came to
_NO_SUCH_PLACE = frozenset({404, 405, 501})

Endpoint = Literal["/v1/chat/completions", "/v1/responses"]
Result = TypeVar("Result")


class CallSetAside(Exception):
    """The call's answer is not there yet; `classify` knows it by its name among the causes of what a client raises."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that waits for a batch."""

    id: str  # at most 64 characters
    body: Mapping[str, Any]  # of the request
    endpoint: Endpoint = CHAT  # LangChain asks some of OpenAI's models at RESPONSES

    @property
    def line(self) -> bytes:
        """The call in a batch's file."""
        fields = {"custom_id": self.id, "method": "POST", "url": self.endpoint, "body": self.body}
        return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a batch brought for a call: an answer, or the error that it would have met at once, too."""

    id: str
    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class BatchState:
    """How a batch stands."""

    id: str
    status: str  # in the provider's words
    done: int = 0  # requests, those that failed included
    total: int = 0
    files: tuple[str, ...] = ()  # of answers and of errors, as far as there are any
    faults: tuple[str, ...] = ()  # why it failed, as codes

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in _ENDS


class KeptReplies(httpx2.AsyncBaseTransport):
    """Answers requests from replies that are there; of others it raises CallSetAside."""

    def __init__(self, reply: Callable[[Endpoint, Mapping[str, Any]], Reply | None]) -> None:
        self._reply = reply

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the reply to a request with this body."""
        endpoint: Endpoint = RESPONSES if request.url.path.endswith("/responses") else CHAT
        reply = self._reply(endpoint, json.loads(await request.aread()))
        if reply is None:
            raise CallSetAside
        return httpx2.Response(reply.status, json=dict(reply.body), request=request)


class BatchApi:
    """The Batch API of a model's provider; an asynchronous context manager.

    Its methods raise ModelFailed, with what to change.
    """

    def __init__(self, options: ModelOptions) -> None:
        """Take the model. Raises BadInput where its provider has no Batch API in OpenAI's form."""
        if options.provider != "openai":
            raise BadInput(f"{options.name} cannot be asked in batches: its provider is not openai:NAME.")
        self._options = options
        self._line: Line | None = None

    async def __aenter__(self) -> Self:
        """Make the client."""
        line = make(self._options)
        if isinstance(line, Fault):
            raise ModelFailed(line.message, model=self._options.name)
        await anext(line.life)
        self._line = line
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        if self._line is not None:
            await self._line.life.aclose()

    async def send(self, name: str, calls: Sequence[Call]) -> str:
        """Upload the calls, which all have one endpoint, make a batch of them, and return its id."""
        return (await self._done(self._sent(name, calls), "has no Batch API")).id

    async def find(self, name: str) -> str | None:
        """Return the id of a batch of that name among the provider's last hundred, if it was made before."""
        page = await self._done(self._client.batches.list(limit=100), "does not list its batches")
        return next((batch.id for batch in page.data if (batch.metadata or {}).get(NAME_KEY) == name), None)

    async def look(self, number: str) -> BatchState | str:
        """Return how a batch stands, or in words why that cannot be told just now."""
        outcome = await self._outcome(self._client.batches.retrieve(number), f"does not know the batch {number}")
        if isinstance(outcome, Fault) and outcome.traits.passing:
            return outcome.message
        return _state(self._got(outcome))

    async def replies(self, state: BatchState) -> list[Reply]:
        """Return what a batch brought; requests that it never came to are not among it."""
        found: list[Reply] = []
        for file in state.files:
            content = await self._done(self._client.files.content(file), f"does not know the file {file}")
            found += filter(None, map(_reply, content.text.split("\n")))
        return found

    async def _sent(self, name: str, calls: Sequence[Call]) -> Batch:
        content = b"".join(call.line for call in calls)
        file = await self._client.files.create(file=(f"{name}.jsonl", content), purpose="batch")
        return await self._client.batches.create(
            input_file_id=file.id,
            endpoint=calls[0].endpoint,
            completion_window="24h",
            metadata={NAME_KEY: name},
        )

    @property
    def _client(self) -> AsyncOpenAI:
        if self._line is None or not isinstance(self._line.client, ChatOpenAI):
            raise RuntimeError("the Batch API is asked within `async with` only")
        client: AsyncOpenAI = self._line.client.root_async_client
        return client.with_options(timeout=SEND_SECONDS)

    async def _done(self, work: Awaitable[Result], if_missing: str) -> Result:
        return self._got(await self._outcome(work, if_missing))

    def _got(self, outcome: Result | Fault) -> Result:
        if isinstance(outcome, Fault):
            raise ModelFailed(outcome.message, model=self._options.name)
        return outcome

    async def _outcome(self, work: Awaitable[Result], if_missing: str) -> Result | Fault:
        """Return a result or a fault: the provider's exception holds the request, and must not hang on ours."""
        try:
            return await work
        except Exception as error:  # noqa: BLE001  # as with the calls themselves
            found = fault_of(error, self._options, seconds=SEND_SECONDS, now=datetime.now(UTC))
        if found.status not in _NO_SUCH_PLACE:
            return found
        message = f"{self._options.name}: the server at {provider.host(self._options)} {if_missing}."
        return Fault(kind=found.kind, message=message, status=found.status)


def at_batch_price(options: ModelOptions) -> ModelOptions:
    """Return a model's options with the prices of its batches."""
    prices = {"usd_per_million_in": options.usd_per_million_in, "usd_per_million_out": options.usd_per_million_out}
    halved = {name: None if price is None else price * PRICE_FACTOR for name, price in prices.items()}
    return options.with_changes(**halved)


def files_of(
    calls: Iterable[Call], *, most_calls: int = MOST_CALLS, most_bytes: int = MOST_BYTES
) -> Iterator[list[Call]]:
    """Yield calls in as many parts as files are needed for them."""
    part: list[Call] = []
    size = 0
    for call in calls:
        length = len(call.line)
        if part and (len(part) >= most_calls or size + length > most_bytes):
            yield part
            part, size = [], 0
        part.append(call)
        size += length
    if part:
        yield part


def _state(batch: Batch) -> BatchState:
    counts = batch.request_counts
    faults = (batch.errors.data or []) if batch.errors else []
    return BatchState(
        id=batch.id,
        status=batch.status,
        done=counts.completed + counts.failed if counts else 0,
        total=counts.total if counts else 0,
        files=tuple(filter(None, (batch.output_file_id, batch.error_file_id))),
        faults=tuple(
            " ".join(filter(None, (fault.code, fault.param, f"in line {fault.line}" if fault.line else "")))
            for fault in faults
        ),
    )


def _reply(line: str) -> Reply | None:
    """Return what a line of a batch's file says; None where it says that there was no answer, or says nothing."""
    try:
        told = json.loads(line)
        number = str(told["custom_id"])
        response, error = told.get("response"), told.get("error")
        if isinstance(response, dict) and isinstance(response["body"], dict):
            return Reply(id=number, status=int(response["status_code"]), body=response["body"])
        if not isinstance(error, dict) or error.get("code") in _NOT_CARRIED_OUT:
            return None
        return Reply(id=number, status=500, body={"error": {"code": error.get("code"), "message": ""}})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
