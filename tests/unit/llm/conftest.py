"""A scripted provider on loopback, and clocks that a test sets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.testing import ModelServer

SECRET = "sk-the-key-that-nobody-may-see"


@dataclass
class Watch:
    """A clock that moves when somebody sleeps, or when a test says so."""

    seconds: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 14, 0, tzinfo=UTC) + timedelta(seconds=self.seconds - 1_000)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    @property
    def times(self) -> Times:
        return Times(monotonic=self.monotonic, now=self.now, sleep=self.sleep)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModelServer]]:
    """Start servers that answer as they are told; OPENAI_BASE_URL points to the last one."""
    with ExitStack() as stack:

        def start(answer: Any, **more: Any) -> ModelServer:
            server = stack.enter_context(ModelServer(answer, **more))
            monkeypatch.setenv("OPENAI_BASE_URL", server.url)
            return server

        monkeypatch.setenv("OPENAI_API_KEY", SECRET)
        yield start


@pytest.fixture
def model(watch: Watch) -> Callable[..., ChatModel]:
    """Make models whose waiting takes no time."""

    def make(name: str = "openai:scripted", **options: Any) -> ChatModel:
        return ChatModel(ModelOptions(name=name, **options), watch.times)

    return make
