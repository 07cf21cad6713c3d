"""Every call is counted, with its tokens where the provider told them, and its cost where prices are known."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from drafter.domain.draft import Usage
from drafter.domain.errors import ModelFailed
from drafter.llm.model import MAX_TRIES, ChatModel
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, ChatRequest, called, completion, failure, said

Serve = Callable[..., ModelServer]
Make = Callable[..., ChatModel]
PRICES = {"usd_per_million_in": 2.0, "usd_per_million_out": 10.0}


class Reply(BaseModel):
    """A reply."""

    text: str


def counted(answer: Answer, tokens_in: int = 1_000, tokens_out: int = 200) -> Answer:
    """Return the answer with other counts of tokens."""
    body = json.loads(answer.body)
    body["usage"] = {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }
    return Answer(body=json.dumps(body))


def good(request: ChatRequest) -> Answer:
    return counted(called(request, '{"text": "Thank you."}'))


async def usage_of(model: ChatModel, seconds: float = 50) -> Usage:
    try:
        return (await model.ask("Answer.", "Hello.", Reply, seconds=seconds)).usage
    except ModelFailed as failed:
        return failed.usage


async def test_tokens_and_cost_of_an_answer(serve: Serve, model: Make) -> None:
    serve(good)
    assert await usage_of(model(**PRICES)) == Usage(calls=1, tokens_in=1_000, tokens_out=200, cost_usd=0.004)


async def test_without_prices_the_cost_is_not_known(serve: Serve, model: Make) -> None:
    serve(good)
    assert await usage_of(model()) == Usage(calls=1, tokens_in=1_000, tokens_out=200, cost_usd=None)


async def test_tries_that_failed_are_counted_with_the_one_that_did_not(serve: Serve, model: Make) -> None:
    waiting = [failure(500, "internal_error", "No."), failure(429, "rate_limit_exceeded", "No.")]
    serve(lambda request: waiting.pop() if waiting else good(request))
    assert await usage_of(model(**PRICES)) == Usage(calls=3, tokens_in=1_000, tokens_out=200, cost_usd=0.004)


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode"])
@pytest.mark.parametrize(
    "answer",
    [
        lambda request: called(request, '{"te') if request.tool else said(request, '{"te'),
        lambda request: called(request, "{}") if request.tool else said(request, "{}"),
        lambda request: said(request, ""),
        lambda request: said(request, "cut", reason="length"),
        lambda request: said(request, "", reason="content_filter"),
        lambda request: completion(request, {"content": None, "refusal": "No."}, "stop"),
    ],
    ids=["half", "field missing", "empty", "cut off", "filtered", "refused"],
)
async def test_an_answer_that_cannot_be_used_is_paid_for_all_the_same(
    serve: Serve, model: Make, mode: str, answer: Callable[[ChatRequest], Answer]
) -> None:
    serve(lambda request: counted(answer(request)))
    expected = Usage(calls=1, tokens_in=1_000, tokens_out=200, cost_usd=0.004)
    assert await usage_of(model(mode=mode, **PRICES)) == expected


@pytest.mark.parametrize(
    ("answer", "calls", "cost"),
    [
        ("wrong_key", 1, 0.0),  # turned away: nothing is to be paid
        ("no_quota", 1, 0.0),
        ("context_overflow", 1, 0.0),
        ("timeout", MAX_TRIES, None),  # nobody knows what the provider counted
    ],
)
async def test_what_is_not_told_is_nothing_or_not_known(
    serve: Serve, model: Make, answer: str, calls: int, cost: float | None
) -> None:
    serve(answer)
    patience = 0.2 if answer == "timeout" else 30
    assert await usage_of(model(call_seconds=patience, **PRICES)) == Usage(calls=calls, cost_usd=cost)


async def test_a_server_that_counts_no_tokens(serve: Serve, model: Make) -> None:
    def uncounted(request: ChatRequest) -> Answer:
        body = json.loads(good(request).body)
        del body["usage"]
        return Answer(body=json.dumps(body))

    serve(uncounted)
    assert await usage_of(model(**PRICES)) == Usage(calls=1, cost_usd=None)
    assert await usage_of(model(usd_per_million_in=0, usd_per_million_out=0)) == Usage(calls=1, cost_usd=0.0)


async def test_where_no_call_was_sent_nothing_was_spent(model: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert await usage_of(model()) == Usage(calls=0, cost_usd=0.0)


@pytest.mark.parametrize(
    ("mode", "sent"),
    [
        ("function_calling", {"tool_choice", "tools", "parallel_tool_calls"}),
        ("json_schema", {"response_format"}),
        ("json_mode", {"response_format"}),
    ],
)
async def test_each_mode_asks_in_its_way_and_reads_the_same_answer(
    serve: Serve, model: Make, mode: str, sent: set[str]
) -> None:
    def answer(request: ChatRequest) -> Answer:
        text = '{"text": "Thank you."}'
        return called(request, text) if request.tool else said(request, text)

    server = serve(answer)
    one = model(mode=mode, temperature=0.5, max_answer_tokens=321)
    answered = await one.ask("Answer.", "Hello.", Reply, seconds=50)
    assert answered.answer == Reply(text="Thank you.")
    assert (answered.model, one.name, one.mode) == ("openai:scripted", "openai:scripted", mode)
    body: Any = server.requests[0].body
    assert sent <= body.keys()
    assert (body["temperature"], body["max_completion_tokens"]) == (0.5, 321)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


async def test_a_schema_is_sent_strict_and_without_defaults(serve: Serve, model: Make) -> None:
    class Loose(BaseModel):
        """A reply with a field that may be left out."""

        text: str
        note: str | None = None

    server = serve(lambda request: said(request, '{"text": "Thank you.", "note": null}'))
    await model(mode="json_schema").ask("Answer.", "Hello.", Loose, seconds=50)
    form = server.requests[0].body["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["required"] == ["text", "note"]
    assert form["schema"]["additionalProperties"] is False
    assert "default" not in str(form)


async def test_json_in_a_fence_of_markdown_is_read(serve: Serve, model: Make) -> None:
    serve(lambda request: said(request, '```json\n{"text": "Thank you."}\n```'))
    answered = await model(mode="json_mode").ask("Answer.", "Hello.", Reply, seconds=50)
    assert answered.answer.text == "Thank you."


async def test_a_model_in_text_mode_is_not_asked_for_a_form(model: Make) -> None:
    with pytest.raises(ValueError, match="ask_text"):
        await model(mode="text").ask("Answer.", "Hello.", Reply, seconds=50)
