"""Each fault of a model is told with what to change, and is tried again only where that can help."""

import asyncio
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelConnectionError,
    ModelError,
    ModelRateLimitError,
    ModelTimeoutError,
)
from pydantic import BaseModel

from drafter.domain.errors import ModelFailed
from drafter.llm import client
from drafter.llm.classify import fault_of
from drafter.llm.faults import TRAITS, Kind
from drafter.llm.model import MAX_TRIES, ChatModel
from drafter.llm.options import ModelOptions
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, called, completion, failure, said
from drafter.testing.server import DRIP_SECONDS

Serve = Callable[..., ModelServer]
Make = Callable[..., ChatModel]


class Reply(BaseModel):
    """A reply."""

    text: str


def error(status: int, message: str, **more: Any) -> Answer:
    """Return an error in OpenAI's form."""
    return Answer(status=status, body=json.dumps({"error": {"message": message, **more}}))


async def failed(model: ChatModel) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await model.ask("Answer.", "Hello.", Reply, seconds=100)
    assert caught.value.model == model.name
    assert str(caught.value).startswith(f"{model.name}: ")
    return caught.value


#: What a server answers, and words of the message that it must lead to.
ONCE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "wrong key": ("wrong_key", ("key was refused", "OPENAI_API_KEY")),
    "wrong key in Google's words": (error(400, "API key not valid. Please pass one."), ("OPENAI_API_KEY",)),
    "no permission": (failure(403, "forbidden", "You may not."), ("may not use this model", "DRAFTER_MODEL")),
    "wrong model": ("wrong_model", ("no model of that name", "DRAFTER_MODEL", "OPENAI_BASE_URL")),
    "wrong model in Ollama's words": (
        error(404, 'model "x" not found, try pulling it first'),
        ("no model of that name",),
    ),
    "wrong model in OpenRouter's words": (
        error(400, "x is not a valid model ID", code=400),
        ("no model of that name",),
    ),
    "wrong model on Azure": (
        error(404, "The API deployment for this resource does not exist.", code="DeploymentNotFound"),
        ("no model of that name",),
    ),
    "wrong path, as vLLM says": (Answer(status=404, body='{"detail": "Not Found"}'), ("OPENAI_BASE_URL", "/v1")),
    "wrong path, as llama.cpp says": (error(404, "File Not Found", type="not_found_error"), ("OPENAI_BASE_URL", "/v1")),
    "wrong path, a page": (Answer(status=404, body="<html>no such model page</html>"), ("OPENAI_BASE_URL", "/v1")),
    "a page in place of an answer": ("html", ("OPENAI_BASE_URL", "/v1")),
    "no choices": (Answer(body='{"ok": true}'), ("OPENAI_BASE_URL",)),
    "a list": (Answer(body="[]"), ("OPENAI_BASE_URL",)),
    "no quota": ("no_quota", ("quota", "plan", "OPENAI_API_KEY")),
    "no credit": (error(402, "Insufficient Balance"), ("quota or the credit",)),
    "content filter": ("content_filter", ("content filter", "DRAFTER_FALLBACK_MODELS")),
    "content filter, Azure": (
        error(400, "The response was filtered due to Azure OpenAI's content management policy.", code="content_filter"),
        ("content filter",),
    ),
    "content filter on the answer": ("content_filter_answer", ("content filter",)),
    "refusal": ("refusal", ("refused this review",)),
    "context overflow": ("context_overflow", ("too long", "larger context")),
    "context overflow in llama.cpp's words": (
        error(
            400,
            "the request exceeds the available context size, try increasing it",
            type="exceed_context_size_error",
            code=400,
        ),
        ("too long",),
    ),
    "context overflow in vLLM's words": (
        error(400, "The decoder prompt (length 5000) is longer than the maximum model length of 4096."),
        ("too long",),
    ),
    "context overflow, 413": (Answer(status=413, body="Payload Too Large"), ("too long",)),
    "an option that the model does not take": (
        error(400, "Unsupported parameter: 'temperature'", code="unsupported_parameter", param="temperature"),
        ("HTTP 400 unsupported_parameter temperature", "DRAFTER_MODELS_FILE"),
    ),
    "a request that is not understood": (
        Answer(status=422, body='{"detail": [{"loc": ["x"]}]}'),
        ("DRAFTER_MODEL_MODE",),
    ),
}


@pytest.mark.parametrize("mode", ["function_calling", "json_schema"])
@pytest.mark.parametrize("what", ONCE)
async def test_a_fault_that_stays_is_told_and_not_repeated(serve: Serve, model: Make, what: str, mode: str) -> None:
    answer, words = ONCE[what]
    server = serve(answer)
    failure = await failed(model(mode=mode))
    for word in words:
        assert word in str(failure)
    assert not failure.again
    assert failure.usage.calls == len(server.requests) == 1


#: Answers that are the model's fault, by mode: another one may do.
ANSWERS: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "a tool ignored": ("function_calling", "ignored_tool", ("DRAFTER_MODEL_MODE", "json_schema", "text")),
    "another tool": (
        "function_calling",
        lambda request: completion(
            request,
            {
                "content": None,
                "tool_calls": [{"id": "1", "type": "function", "function": {"name": "x", "arguments": "{}"}}],
            },
            "tool_calls",
        ),
        ("a tool that there is not",),
    ),
    "half a JSON": ("function_calling", "half_json", ("cannot be read", "DRAFTER_MODEL_MODE")),
    "half a JSON as content": ("json_mode", lambda request: said(request, '{"text": "Sor'), ("half a JSON",)),
    "half a JSON under a schema": ("json_schema", lambda request: said(request, '{"text": "Sor'), ("half a JSON",)),
    "prose": ("json_mode", lambda request: said(request, "I would rather chat."), ("no JSON",)),
    "a field missing": ("function_calling", lambda request: called(request, '{"words": "x"}'), ("text: missing",)),
    "a field of another type": ("json_schema", lambda request: said(request, '{"text": 5}'), ("text: string type",)),
    "nothing": ("function_calling", lambda request: said(request, ""), ("empty",)),
    "nothing as JSON": ("json_schema", lambda request: said(request, ""), ("empty",)),
    "cut off": ("function_calling", "cut_off", ("max_answer_tokens", "900")),
    "cut off under a schema": ("json_schema", "cut_off", ("max_answer_tokens",)),
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_an_answer_that_cannot_be_used_may_be_asked_for_again(serve: Serve, model: Make, what: str) -> None:
    """It is not repeated here: that is the next round's turn. What it took is counted."""
    mode, answer, words = ANSWERS[what]
    server = serve(answer)
    failure = await failed(model(mode=mode))
    for word in words:
        assert word in str(failure)
    assert failure.again
    assert len(server.requests) == 1
    assert failure.usage.calls == 1
    assert failure.usage.tokens_in > 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("busy", ("quota", "wait 2 s", "DRAFTER_MODEL_CONCURRENCY")),
        ("server_error", ("trouble of its own", "HTTP 500", "DRAFTER_FALLBACK_MODELS")),
        (Answer(status=503, body="<html>Bad gateway</html>"), ("HTTP 503",)),
        (Answer(body='{"id": "x", "choices": [{"mess'), ("half a JSON", "OPENAI_BASE_URL")),
        ("half_body", ("connection was closed", "OPENAI_BASE_URL")),
        ("reset", ("127.0.0.1", "OPENAI_BASE_URL")),
        (error(429, "Slow down."), ("quota",)),
        (Answer(body='{"error": {"message": "Upstream failed"}}'), ("trouble of its own",)),
    ],
)
async def test_a_fault_that_may_pass_is_tried_a_few_times(
    serve: Serve, model: Make, answer: Any, words: tuple[str, ...]
) -> None:
    server = serve(answer)
    failure = await failed(model())
    for word in words:
        assert word in str(failure)
    assert not failure.again
    assert len(server.requests) == failure.usage.calls == MAX_TRIES


async def test_a_server_that_is_not_there_is_told(model: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    message = str(await failed(model()))
    assert f"127.0.0.1:{port} cannot be reached (connection refused)" in message
    assert "OPENAI_BASE_URL" in message


async def test_a_host_that_nobody_knows_is_told(model: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = str(await failed(model(base_url="http://models.invalid/v1", api_key_env="PATH")))
    assert "models.invalid cannot be reached (unknown host name)" in message
    assert "base_url of openai:scripted in DRAFTER_MODELS_FILE" in message


async def test_a_server_without_tls_is_told(model: Make) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        message = str(await failed(model(base_url=f"https://127.0.0.1:{port}/v1", api_key_env="PATH")))
    assert "no secure connection" in message
    assert "http:// for a server without TLS" in message


async def test_authorities_that_cannot_be_read_are_told(
    serve: Serve, model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("good")

    def unreadable() -> None:
        raise FileNotFoundError("/nowhere.pem")

    monkeypatch.setattr(httpx2, "create_ssl_context", unreadable)
    client._authorities.cache_clear()
    message = str(await failed(model()))
    assert "SSL_CERT_FILE" in message


async def test_an_address_without_a_scheme_is_told(model: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("OPENAI_BASE_URL", "127.0.0.1:8080/v1")
    assert "http:// or https://" in str(await failed(model()))


async def test_no_answer_is_called_off_and_asked_for_again(serve: Serve, model: Make) -> None:
    serve("timeout")
    failure = await failed(model(call_seconds=0.2))
    assert "no answer within 0.2 s" in str(failure)
    assert "call_seconds" in str(failure)
    assert failure.usage.calls == MAX_TRIES


async def test_an_answer_that_drips_in_is_called_off(serve: Serve) -> None:
    """A byte now and then keeps every time-out of a read away: only the wall clock ends it."""
    serve("slow_drip")
    slow = ChatModel(ModelOptions(name="openai:scripted", call_seconds=DRIP_SECONDS * 1.6))
    async with asyncio.timeout(20):
        with pytest.raises(ModelFailed, match=r"no answer within 0\.8 s") as caught:
            await slow.ask_text("Answer.", "Hello.", seconds=DRIP_SECONDS * 2)
    assert caught.value.usage.calls == 1


async def test_no_key_is_told_before_anything_is_sent(
    serve: Serve, model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve("good")
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    failure = await failed(model())
    assert "set OPENAI_API_KEY" in str(failure)
    assert failure.usage.calls == len(server.requests) == 0
    assert failure.usage.cost_usd == 0.0


async def test_the_variable_and_the_address_of_the_options_are_the_ones_named(serve: Serve, model: Make) -> None:
    server = serve("wrong_key")
    assert "set MY_SERVER_KEY" in str(await failed(model(api_key_env="MY_SERVER_KEY")))
    message = str(await failed(model(api_key_env="PATH", base_url=server.url)))
    assert "PATH" in message
    assert "OPENAI" not in message


async def test_a_key_with_a_line_break_is_told_without_it(
    serve: Serve, model: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve("good")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one\nsk-two")
    message = str(await failed(model()))
    assert "OPENAI_API_KEY" in message
    assert "line break" in message
    assert "sk-" not in message


async def test_a_provider_that_there_is_not_is_told(model: Make) -> None:
    message = str(await failed(model("nobody:x")))
    assert "no provider called 'nobody'" in message
    assert "openai:NAME" in message


async def test_plain_text_is_never_empty(serve: Serve, model: Make) -> None:
    answers = iter(["  ", " Thank you. "])
    serve(lambda request: said(request, next(answers)))
    asked = model(mode="text")
    with pytest.raises(ModelFailed, match="empty") as caught:
        await asked.ask_text("Answer.", "Hello.", seconds=100)
    assert caught.value.again
    assert (await asked.ask_text("Answer.", "Hello.", seconds=100)).answer == "Thank you."


class Overloaded(ModelRateLimitError):
    """An error as the package of another provider raises it, without a status."""


class TooLong(ContextOverflowError):
    pass


class NotThere(ModelConnectionError):
    pass


class Slow(ModelTimeoutError):
    pass


class Odd(ModelError):
    pass


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (Overloaded("no"), Kind.BUSY),
        (TooLong("no"), Kind.TOO_LONG),
        (NotThere("no"), Kind.UNREACHABLE),
        (Slow("no"), Kind.TIMEOUT),
        (Odd("no"), Kind.REJECTED),
        (TimeoutError(), Kind.TIMEOUT),
        (RuntimeError("no"), Kind.UNKNOWN),
        (ExceptionGroup("two", [ConnectionRefusedError(111, "no"), OSError("no")]), Kind.UNKNOWN),
    ],
)
def test_errors_of_other_providers_are_known_by_langchains_classes(raised: Exception, kind: Kind) -> None:
    told = fault_of(raised, ModelOptions(name="other:x"), seconds=3, now=datetime.now(UTC))
    assert told.kind is kind
    assert told.message.startswith("other:x: ")


def test_every_kind_has_words_of_its_own() -> None:
    assert set(TRAITS) == set(Kind)
    assert len({traits.advice for traits in TRAITS.values()}) == len(Kind)
