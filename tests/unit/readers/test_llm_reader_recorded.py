"""The LLM reader against recorded exchanges: what is sent stays what was sent when they were recorded.

Record them anew with `.venv/bin/pytest tests/unit/readers/test_llm_reader_recorded.py --record-mode=rewrite`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from drafter.domain.case import Case
from drafter.domain.errors import ReaderFailed
from drafter.domain.reading import ReadingBrief
from drafter.domain.review import Product, Review
from drafter.domain.situation import SituationName
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.readers.llm import PROMPT, LlmReader
from drafter.settings import ModelMode
from drafter.testing import ModelServer, SetLanguage
from evals.babble import llama_server
from prompts.prompt import Prompt

LLAMA = "SmolLM2-135M-Instruct behind llama.cpp"
CASE = Case(
    review=Review(
        external_id="1",
        text="Zipper broke after two days. Call me: +1 212 555 0142",
        rating=2,
        author="Ana Souza",
        product=Product(name="Tote"),
        region="US",
    )
)
Playing = Callable[..., AbstractContextManager[str]]


@contextmanager
def from_script(answer: str = "good") -> Iterator[str]:
    with ModelServer(answer) as server:
        yield server.url


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what a server asks to wait is obeyed by other tests."""


def reader(url: str, mode: ModelMode = "function_calling", name: str = "openai:scripted") -> LlmReader:
    options = ModelOptions(name=name, mode=mode, base_url=url, call_seconds=120)
    return LlmReader(ChatModel(options, Times(sleep=at_once)), Prompt(PROMPT), SetLanguage())


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
async def test_a_reading_in_each_mode(playing: Playing, mode: ModelMode) -> None:
    with playing(f"read_{mode}", from_script) as url:
        read = await reader(url, mode).ask(CASE, ReadingBrief())
    assert (read.situation, read.language, read.sentiment) == (SituationName.QUALITY, "en", -1)
    assert [one.text for one in read.details] == ["Zipper broke after two days"]
    assert read.contains_personal_data
    assert read.attempts[0].usage.calls == 1


async def test_a_busy_provider_is_asked_again(playing: Playing) -> None:
    with playing("read_rate_limit", partial(from_script, "rate_limit")) as url:
        read = await reader(url).ask(CASE, ReadingBrief(seconds=60))
    assert read.attempts[0].usage.calls == 2


async def test_a_small_real_model_that_says_nothing_to_the_point_fails(playing: Playing, *, recording: bool) -> None:
    """Its babble is no reading, and is told as a failure with what it took; the embedded reading then counts."""
    if recording and (why := llama_server.missing()):
        pytest.skip(why)
    with (
        playing("read_smollm2_text", llama_server.serving, source=LLAMA) as url,
        pytest.raises(ReaderFailed) as caught,
    ):
        await reader(url, "text", "openai:smollm2").ask(CASE, ReadingBrief(seconds=120))
    assert caught.value.usage.calls == 1
