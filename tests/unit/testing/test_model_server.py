"""The scripted provider: what it answers, as the client of a real provider sees it."""

from __future__ import annotations

import gc
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
import openai
import pytest

from drafter.testing import FAULTS, GOOD, Answer, ChatRequest, ModelServer
from drafter.testing.chat import replies, said

TOOL: dict[str, Any] = {"type": "function", "function": {"name": "WrittenReply", "parameters": {"type": "object"}}}
MESSAGES: list[Any] = [{"role": "user", "content": "Language of the answer: es\nChannel: hybrid\n"}]


@asynccontextmanager
async def client(server: ModelServer, *, seconds: float = 20) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=server.url, api_key="secret", max_retries=0, timeout=seconds) as made:
        yield made


async def asked(server: ModelServer, *, seconds: float = 20, **more: Any) -> Any:
    """Return the choice that the server answers a request with."""
    async with client(server, seconds=seconds) as made:
        request = {"model": "m", "messages": MESSAGES, "tools": [TOOL]} | more
        return (await made.chat.completions.create(**request)).choices[0]


def arguments(choice: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(choice.message.tool_calls[0].function.arguments)
    return found


async def test_the_tool_that_the_request_names_is_called() -> None:
    with ModelServer() as server:
        choice = await asked(server)
    assert choice.message.tool_calls[0].function.name == "WrittenReply"
    assert arguments(choice)["public_reply"] == replies()["es"]["public"]
    assert arguments(choice)["private_message"] == replies()["es"]["private"]


@pytest.mark.parametrize("form", ["json_object", "json_schema"])
async def test_json_is_answered_where_it_is_asked_for(form: str) -> None:
    with ModelServer() as server:
        choice = await asked(server, tools=openai.omit, response_format={"type": form, "json_schema": {"name": "x"}})
    assert json.loads(choice.message.content)["public_reply"] == replies()["es"]["public"]


async def test_words_are_answered_where_no_form_is_asked_for() -> None:
    with ModelServer() as server:
        choice = await asked(server, tools=openai.omit)
    assert choice.message.content.startswith(replies()["es"]["public"])


async def test_an_answer_is_never_taken_for_a_real_models() -> None:
    with ModelServer() as server:
        async with client(server) as made:
            completion = await made.chat.completions.create(model="gpt", messages=MESSAGES)
    assert completion.model == "scripted"
    assert completion.usage is not None
    assert completion.usage.completion_tokens > 0


async def test_requests_are_kept_without_the_key() -> None:
    with ModelServer() as server:
        await asked(server)
        (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.body["messages"] == MESSAGES
    assert "user-agent" in request.headers
    assert "secret" not in repr(request)
    assert (server.answered, server.aborted) == (1, 0)


async def test_the_models_are_listed() -> None:
    with ModelServer() as server:
        async with client(server) as made:
            assert [model.id async for model in made.models.list()] == ["scripted"]
        assert server.requests == []


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("busy", openai.RateLimitError, "rate_limit_exceeded"),
        ("no_quota", openai.RateLimitError, "insufficient_quota"),
        ("server_error", openai.InternalServerError, "internal_error"),
        ("content_filter", openai.BadRequestError, "content_filter"),
        ("wrong_key", openai.AuthenticationError, "invalid_api_key"),
        ("wrong_model", openai.NotFoundError, "model_not_found"),
        ("context_overflow", openai.BadRequestError, "context_length_exceeded"),
    ],
)
async def test_a_provider_refuses_with_its_status_and_code(
    fault: str, error: type[openai.APIStatusError], code: str
) -> None:
    with ModelServer(fault) as server, pytest.raises(error) as raised:
        await asked(server)
    assert raised.value.code == code


@pytest.mark.parametrize("fault", ["reset", "half_body"])
async def test_a_connection_that_breaks_is_one_to_the_client(fault: str) -> None:
    with ModelServer(fault) as server:
        with pytest.raises((openai.APIConnectionError, httpx2.HTTPError)):
            await asked(server)
        assert (server.answered, server.aborted) == (0, 1)


async def test_an_answer_that_never_comes_is_given_up_by_the_client() -> None:
    with ModelServer("timeout") as server, pytest.raises(openai.APITimeoutError):
        await asked(server, seconds=0.2)


@pytest.mark.parametrize("fault", ["timeout", "slow_drip"])
def test_answers_that_hang_end_when_the_server_closes(fault: str) -> None:
    came = Barrier(2)

    def told(barrier: Barrier) -> None:
        barrier.wait(20)

    def ask(server: ModelServer) -> type[Exception] | None:
        try:
            httpx2.post(f"{server.url}/chat/completions", json={"messages": MESSAGES}, timeout=60)
        except httpx2.HTTPError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(1) as pool:
        server = ModelServer(fault, on_request=lambda _: told(came))
        server.start()
        answer = pool.submit(ask, server)
        came.wait(20)
        server.close()
        assert answer.result(timeout=20) is not None


def test_a_caller_that_comes_while_the_server_closes_leaves_nothing_open() -> None:
    """What is left open is told as a warning, and that is an error, when it is collected."""
    for _ in range(20):
        with ModelServer() as server:
            address = ("127.0.0.1", httpx2.URL(server.url).port)
            callers = [socket.create_connection(address) for _ in range(3)]
        for caller in callers:
            caller.close()
    gc.collect()


async def test_a_limit_of_calls_passes_for_a_conversation_that_waited() -> None:
    with ModelServer("rate_limit") as server:
        with pytest.raises(openai.RateLimitError) as raised:
            await asked(server)
        assert raised.value.response.headers["retry-after"] == "1"
        assert arguments(await asked(server))["public_reply"]
        with pytest.raises(openai.RateLimitError):
            await asked(server, messages=[{"role": "user", "content": "another"}])


async def test_structure_may_be_cut_off_missing_or_empty() -> None:
    with ModelServer("half_json") as server, pytest.raises(json.JSONDecodeError):
        arguments(await asked(server))
    with ModelServer("cut_off") as server:
        assert (await asked(server)).finish_reason == "length"
    with ModelServer("ignored_tool") as server:
        assert (await asked(server)).message.tool_calls is None
    with ModelServer("empty") as server:
        assert arguments(await asked(server))["public_reply"] == ""
    with ModelServer("refusal") as server:
        assert (await asked(server)).message.refusal
    with ModelServer("content_filter_answer") as server:
        assert (await asked(server)).finish_reason == "content_filter"


async def test_a_page_of_a_proxy_is_no_json() -> None:
    with ModelServer("html") as server:
        async with httpx2.AsyncClient() as plain:
            answer = await plain.post(f"{server.url}/chat/completions", json={})
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<!doctype html>")


async def test_babble_is_the_same_for_the_same_request() -> None:
    texts = []
    for _ in range(2):
        with ModelServer("babble") as server:
            texts.append(arguments(await asked(server))["public_reply"])
    assert texts[0] == texts[1]


def test_a_share_of_the_calls_meets_the_fault_the_same_share_each_time() -> None:
    def outcomes() -> list[int]:
        with ModelServer("no_quota", share=0.3, seed=7) as server, httpx2.Client() as plain:
            address = f"{server.url}/chat/completions"
            return [plain.post(address, json={"messages": MESSAGES}).status_code for _ in range(40)]

    once = outcomes()
    assert 4 <= once.count(429) <= 20
    assert outcomes() == once


async def test_a_function_chooses_by_the_request() -> None:
    def choose(request: ChatRequest) -> Answer | str:
        return said(request, "spoken") if "hybrid" in request.text else GOOD

    with ModelServer(choose) as server:
        assert (await asked(server)).message.content == "spoken"
        assert arguments(await asked(server, messages=[{"role": "user", "content": "x"}]))["public_reply"]


async def test_an_answer_may_be_given_whole_and_the_models_are_listed_beside_it() -> None:
    with ModelServer(Answer(status=503, body="down")) as server:
        async with client(server) as made:
            assert [model.id async for model in made.models.list()] == ["scripted"]
        with pytest.raises(openai.InternalServerError):
            await asked(server)


async def test_a_wrong_key_gets_no_list_of_models_and_a_wrong_name_is_not_on_it() -> None:
    with ModelServer("wrong_key") as server:
        async with client(server) as made:
            with pytest.raises(openai.AuthenticationError):
                await made.models.list()
    with ModelServer("wrong_model") as server:
        async with client(server) as made:
            assert "scripted" not in [model.id async for model in made.models.list()]


async def test_a_function_that_fails_is_told_when_the_server_closes() -> None:
    def fails(_: ChatRequest) -> str:
        raise LookupError("a fault in the script")

    server = ModelServer(fails)
    server.start()
    with pytest.raises(openai.InternalServerError):
        await asked(server)
    with pytest.raises(LookupError, match="a fault in the script"):
        server.close()


def test_sixteen_calls_at_once_are_stood() -> None:
    together = Barrier(16)

    def ask(server: ModelServer) -> int:
        together.wait(20)
        with httpx2.Client() as plain:
            statuses = [plain.post(f"{server.url}/chat/completions", json={"messages": MESSAGES}) for _ in range(5)]
        return sum(answer.status_code == 200 for answer in statuses)

    with ModelServer() as server, ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, [server] * 16)) == [5] * 16
    assert len(server.requests) == server.answered == 80  # the last answer is counted after it was sent


def test_a_name_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"'rudeness'.*good, rate_limit"):
        ModelServer("rudeness")
    assert set(FAULTS) >= {"rate_limit", "breaks_tone"}


def test_the_command_prints_the_settings_notes_requests_and_ends_when_asked_to(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "drafter.testing.model_server",
        "--answer",
        "busy",
        "--log",
        str(log),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command
        assert server.stdout is not None
        verb, *settings = server.stdout.readline().split()
        told = dict(setting.split("=", 1) for setting in settings)
        body = {"messages": MESSAGES}
        answer = httpx2.post(f"{told['OPENAI_BASE_URL']}/chat/completions", json=body, headers={"Authorization": "x"})
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
    assert verb == "export"
    assert told["DRAFTER_MODEL"] == "openai:scripted"
    assert answer.status_code == 429
    (line,) = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert line["body"] == body
    assert "authorization" not in line["headers"]
