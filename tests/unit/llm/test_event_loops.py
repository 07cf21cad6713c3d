"""One client a model and event loop: closed with its loop, made anew on the next one."""

import asyncio
import gc
import threading
import warnings
from collections.abc import Callable
from typing import Any

from drafter.llm.client import Lines
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.testing import ModelServer
from drafter.testing.chat import said

Serve = Callable[..., ModelServer]


def on_a_loop_of_its_own(work: Callable[[], Any]) -> Any:
    """Run a coroutine as the job engine does: in a thread with a new event loop, which ends with it."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(work())))
    thread.start()
    thread.join()
    return results[0]


def test_a_model_goes_on_when_its_loop_is_another_one(serve: Serve) -> None:
    """An engine that is closed and launched again has a new loop; old connections would say "Event loop is closed"."""
    server = serve(lambda request: said(request, "Thank you."))
    model = ChatModel(ModelOptions(name="openai:scripted", concurrency=1))

    async def ask_thrice() -> list[str]:
        answers = await asyncio.gather(*(model.ask_text("Answer.", "Hello.", seconds=20) for _ in range(3)))
        return [answered.answer for answered in answers]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            assert on_a_loop_of_its_own(ask_thrice) == ["Thank you."] * 3
        gc.collect()  # a connection that was left open would warn now
    assert len(server.requests) == 9


async def test_a_loop_has_one_client(serve: Serve) -> None:
    serve("good")
    lines = Lines(ModelOptions(name="openai:scripted"))
    first, second = await asyncio.gather(lines.line(), lines.line())
    assert first is second is await lines.line()


def test_lines_of_loops_that_ended_are_forgotten(serve: Serve) -> None:
    serve("good")
    lines = Lines(ModelOptions(name="openai:scripted"))
    for _ in range(3):
        on_a_loop_of_its_own(lines.line)
    assert len(lines._by_loop) == 1


async def test_a_model_that_is_dropped_closes_its_connections(serve: Serve) -> None:
    """Its loop goes on, and nothing warns of a connection that was left open."""
    server = serve(lambda request: said(request, "Thank you."))
    model = ChatModel(ModelOptions(name="openai:scripted"))
    await model.ask_text("Answer.", "Hello.", seconds=20)
    assert server.connections == 1
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        del model
        gc.collect()
        async with asyncio.timeout(10):
            while server.connections:  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)
        gc.collect()
    assert not [warning for warning in warned if issubclass(warning.category, ResourceWarning)]
