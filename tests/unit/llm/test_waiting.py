"""A model is asked again after the wait that its server asks for, or a growing one, within the time that there is."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from drafter.domain.errors import ModelFailed
from drafter.llm.model import FIRST_BUSY_WAIT, FIRST_WAIT, LEAST_SECONDS, MAX_TRIES, ChatModel
from drafter.testing import ModelServer
from drafter.testing.chat import Answer, ChatRequest, failure, said

Serve = Callable[..., ModelServer]
Make = Callable[..., ChatModel]


def then_well(*faults: Answer) -> Callable[[ChatRequest], Answer]:
    """Answer with the faults in turn, and well from then on."""
    waiting = list(faults)
    return lambda request: waiting.pop(0) if waiting else said(request, "Thank you.")


def too_many(**headers: str) -> Answer:
    return failure(429, "rate_limit_exceeded", "Slow down.", **headers)


async def asked(model: ChatModel, seconds: float = 100) -> str:
    return (await model.ask_text("Answer.", "Hello.", seconds=seconds)).answer


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Sun, 22 Nov 2026 14:00:12 GMT"}, 12.0),
        ({"retry-after": "Sun, 22 Nov 2026 13:00:00 GMT"}, 0.0),
    ],
)
async def test_the_wait_that_a_server_asks_for_is_kept(
    serve: Serve, model: Make, watch: Any, headers: dict[str, str], seconds: float
) -> None:
    """In seconds, as a date, or in milliseconds; a little more, so that not all come back at once."""
    server = serve(then_well(too_many(**headers)))
    assert await asked(model()) == "Thank you."
    assert len(server.requests) == 2
    [slept] = watch.slept
    assert seconds <= slept <= seconds + 1


@pytest.mark.parametrize("odd", ["soon", "-3", "1e9", "", "nan"])
async def test_a_wait_that_cannot_be_read_is_ours(serve: Serve, model: Make, watch: Any, odd: str) -> None:
    serve(then_well(too_many(**{"retry-after": odd})))
    assert await asked(model()) == "Thank you."
    assert watch.slept[0] <= FIRST_BUSY_WAIT


async def test_a_broken_provider_is_asked_again_after_a_wait_that_may_grow(
    serve: Serve, model: Make, watch: Any
) -> None:
    fault = Answer(status=502, body="{}")
    server = serve(then_well(fault, fault, fault))
    assert await asked(model()) == "Thank you."
    assert len(server.requests) == MAX_TRIES
    for number, slept in enumerate(watch.slept):
        assert 0 <= slept <= FIRST_WAIT * 2**number
    assert len(set(watch.slept)) > 1


async def test_a_server_that_asks_for_more_time_than_there_is_gets_none(serve: Serve, model: Make, watch: Any) -> None:
    server = serve(too_many(**{"retry-after": "3600"}))
    with pytest.raises(ModelFailed, match="3600 s"):
        await asked(model(), seconds=60)
    assert len(server.requests) == 1
    assert watch.slept == []


async def test_the_time_is_shared_by_all_tries(serve: Serve, model: Make, watch: Any) -> None:
    server = serve(too_many(**{"retry-after": "20"}))
    began = watch.seconds
    with pytest.raises(ModelFailed, match="quota"):
        await asked(model(), seconds=50)
    assert len(server.requests) == 3
    assert watch.seconds - began < 50


async def test_without_time_nothing_is_sent(serve: Serve, model: Make) -> None:
    server = serve("good")
    with pytest.raises(ModelFailed, match="less than a second was left") as caught:
        await asked(model(), seconds=LEAST_SECONDS / 2)
    assert "DRAFTER_DRAFT_SECONDS" in str(caught.value)
    assert caught.value.usage.calls == len(server.requests) == 0
    assert not caught.value.again


async def test_a_slow_model_is_not_asked_again_with_less_time(serve: Serve, model: Make) -> None:
    """Half of the time of a call that ran out would end no better."""
    serve("timeout")
    with pytest.raises(ModelFailed, match=r"no answer within 0\.6 s") as caught:
        await asked(model(call_seconds=30), seconds=LEAST_SECONDS + 0.1)
    assert caught.value.usage.calls == 1


async def test_no_more_calls_at_once_than_there_may_be(serve: Serve, model: Make) -> None:
    """Twelve drafts ask a model that takes three calls at a time; the server counts."""
    under_way: list[int] = []
    server: ModelServer = serve(
        lambda request: replace(said(request, "Thank you."), seconds=0.02),
        on_request=lambda _: under_way.append(len(server.requests) - server.answered),
    )
    one = model(concurrency=3)
    await asyncio.gather(*(asked(one) for _ in range(12)))
    assert len(under_way) == 12
    assert max(under_way) == 3


async def test_the_wait_for_a_slot_counts_into_the_time(serve: Serve, model: Make) -> None:
    server = serve("timeout")
    one = model(concurrency=1, call_seconds=5)
    first = asyncio.create_task(asked(one))
    while not server.requests:  # noqa: ASYNC110  # the server tells nobody when a request has come
        await asyncio.sleep(0.01)
    with pytest.raises(ModelFailed, match="DRAFTER_MODEL_CONCURRENCY"):
        await asked(one, seconds=LEAST_SECONDS + 0.1)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert len(server.requests) == 1


async def test_calls_that_are_turned_away_together_do_not_come_back_together(
    serve: Serve, model: Make, watch: Any
) -> None:
    serve(then_well(*[too_many(**{"retry-after": "5"})] * 8))
    one = model()
    await asyncio.gather(*(asked(one) for _ in range(8)))
    assert len(set(watch.slept)) == len(watch.slept) == 8
