"""A model that keeps failing is left alone for a while, and one call then tells whether it works again."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from drafter.domain.errors import ModelFailed
from drafter.llm.breaker import FAULTS_IN_A_ROW, PAUSE_SECONDS, Breaker, Change, Permit
from drafter.llm.model import ChatModel
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, ChatRequest, failure, said

Serve = Callable[..., ModelServer]
Make = Callable[..., ChatModel]


class Reply(BaseModel):
    """A reply."""

    text: str


async def failed(model: ChatModel) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        await model.ask("Answer.", "Hello.", Reply, seconds=50)
    return caught.value


async def opened(model: ChatModel) -> None:
    for _ in range(FAULTS_IN_A_ROW):
        await failed(model)


@pytest.mark.parametrize("answer", ["wrong_key", "no_quota", "ignored_tool", "half_json", "empty", "html"])
async def test_five_faults_in_a_row_open_it_and_then_nothing_is_sent(
    serve: Serve, model: Make, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    """Faults of the provider, and answers of the model that cannot be used."""
    server = serve(answer)
    one = model()
    first = str(await failed(one))
    for _ in range(FAULTS_IN_A_ROW - 1):
        await failed(one)
    with caplog.at_level(logging.INFO):
        last = await failed(one)
    assert len(server.requests) == FAULTS_IN_A_ROW
    assert last.usage.calls == 0
    assert not last.again
    assert "not asked since 14:00:00 UTC, after 5 faults in a row" in str(last)
    assert "asked again at 14:01:00 UTC" in str(last)
    assert first.removeprefix("openai:scripted: ").rstrip(".") in str(last)


async def test_each_call_counts_and_the_rest_of_the_tries_is_left_out(serve: Serve, model: Make) -> None:
    server = serve("server_error")
    one = model()
    assert (await failed(one)).usage.calls == 4
    assert (await failed(one)).usage.calls == 1
    assert len(server.requests) == FAULTS_IN_A_ROW


async def test_one_trial_call_lets_it_close(
    serve: Serve, model: Make, watch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Any] = ["wrong_key"] * FAULTS_IN_A_ROW
    server = serve(lambda request: answers.pop() if answers else said(request, "Thank you."))
    one = model(mode="text")
    for _ in range(FAULTS_IN_A_ROW):
        with pytest.raises(ModelFailed):
            await one.ask_text("Answer.", "Hello.", seconds=50)
    watch.seconds += PAUSE_SECONDS
    with caplog.at_level(logging.INFO):
        assert (await one.ask_text("Answer.", "Hello.", seconds=50)).answer == "Thank you."
        assert (await one.ask_text("Answer.", "Hello.", seconds=50)).answer == "Thank you."
    assert len(server.requests) == FAULTS_IN_A_ROW + 2
    [closed] = [record for record in caplog.records if record.getMessage() == "llm.breaker_closed"]
    assert (closed.__dict__["model"], closed.__dict__["seconds"]) == ("openai:scripted", PAUSE_SECONDS)


async def test_a_trial_that_fails_begins_the_next_pause(serve: Serve, model: Make, watch: Any) -> None:
    server = serve("wrong_key")
    one = model()
    await opened(one)
    watch.seconds += PAUSE_SECONDS
    await failed(one)
    assert len(server.requests) == FAULTS_IN_A_ROW + 1
    message = str(await failed(one))
    assert len(server.requests) == FAULTS_IN_A_ROW + 1
    assert "since 14:00:00 UTC" in message
    assert "again at 14:02:00 UTC" in message


async def test_only_one_call_is_the_trial(serve: Serve, model: Make, watch: Any) -> None:
    server = serve("wrong_key")
    one = model()
    await opened(one)
    watch.seconds += PAUSE_SECONDS
    await asyncio.gather(*(failed(one) for _ in range(4)))
    assert len(server.requests) == FAULTS_IN_A_ROW + 1


@pytest.mark.parametrize("answer", ["refusal", "content_filter", "context_overflow"])
async def test_what_is_about_one_review_does_not_count(serve: Serve, model: Make, answer: str) -> None:
    server = serve(answer)
    one = model()
    for _ in range(FAULTS_IN_A_ROW + 2):
        await failed(one)
    assert len(server.requests) == FAULTS_IN_A_ROW + 2


async def test_a_busy_server_counts_once_for_each_question_that_is_given_up(serve: Serve, model: Make) -> None:
    """A burst of calls that are told to wait does not put a model aside that works."""
    server = serve("busy")
    one = model()
    for _ in range(FAULTS_IN_A_ROW):
        assert (await failed(one)).usage.calls == 4
    assert "not asked since" in str(await failed(one))
    assert len(server.requests) == FAULTS_IN_A_ROW * 4


async def test_a_call_that_had_hardly_any_time_says_nothing(serve: Serve, model: Make) -> None:
    serve("timeout")
    one = model(call_seconds=30, mode="text")
    calls = [one.ask_text("Answer.", "Hello.", seconds=0.6) for _ in range(FAULTS_IN_A_ROW + 1)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, ModelFailed) for outcome in outcomes)
    with pytest.raises(ModelFailed, match="no answer within"):
        await one.ask_text("Answer.", "Hello.", seconds=0.6)


async def test_a_fault_and_then_an_answer_begin_the_count_anew(serve: Serve, model: Make) -> None:
    turn = 0

    def every_fifth_well(request: ChatRequest) -> Answer | str:
        nonlocal turn
        turn += 1
        return said(request, "Thank you.") if turn % FAULTS_IN_A_ROW == 0 else failure(401, "invalid_api_key", "No.")

    server = serve(every_fifth_well)
    one = model(mode="text")
    for _ in range(3 * FAULTS_IN_A_ROW):
        try:
            await one.ask_text("Answer.", "Hello.", seconds=50)
        except ModelFailed as failure_:
            assert "key was refused" in str(failure_)
    assert len(server.requests) == 3 * FAULTS_IN_A_ROW


def test_a_trial_that_is_called_off_lets_the_next_one_try() -> None:
    seconds = 0.0
    breaker = Breaker(lambda: seconds)
    for _ in range(FAULTS_IN_A_ROW):
        permit = breaker.begin()
        assert permit is Permit.CALL
        change = breaker.end(permit, well=False)
    assert change is Change.OPENED
    late = Permit.CALL
    assert breaker.end(late, well=True) is None  # begun before: it closes nothing
    assert breaker.begin() is None
    seconds = PAUSE_SECONDS
    assert breaker.begin() is Permit.TRIAL
    assert breaker.begin() is None
    assert breaker.end(Permit.TRIAL, well=None) is None
    assert breaker.begin() is Permit.TRIAL
    assert breaker.end(Permit.TRIAL, well=True) is Change.CLOSED
    assert breaker.begin() is Permit.CALL
