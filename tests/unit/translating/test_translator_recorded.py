"""The translator against recorded exchanges: what is sent stays what was sent when they were recorded.

Record them anew with `.venv/bin/pytest tests/unit/translating/test_translator_recorded.py --record-mode=rewrite`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from drafter.domain.case import Case
from drafter.domain.errors import TranslatorFailed
from drafter.domain.review import Product, Review
from drafter.domain.translation import Texts
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.chat import called, said
from drafter.translating.llm import PROMPT, LlmTranslator
from prompts.prompt import Prompt

CASE = Case(
    review=Review(
        external_id="1",
        text="La correa se rompió. Llámenme: +1 212 555 0142",
        rating=2,
        author="Mara Quill",
        product=Product(name="Bolso"),
        region="US",
    )
)
TEXTS: Texts = {"review": CASE.review.text, "public_reply": "Hola, Mara: lamentamos lo de la correa."}
MEANS = {"review": "The strap broke. Call me: [PHONE_1]", "public_reply": "Hello [NAME], we are sorry about the strap."}
Playing = Callable[..., AbstractContextManager[str]]


def in_form(request: ChatRequest, texts: dict[str, str]) -> Answer:
    """Return texts in the form that the request asks for."""
    fields = json.dumps({"review": "", "public_reply": "", "private_message": ""} | texts)
    if request.tool is not None:
        return called(request, fields)
    if request.wants_json:
        return said(request, fields)
    return said(request, "\n\n".join(f"{name}:\n{text}" for name, text in texts.items()))


def translates(request: ChatRequest) -> Answer:
    return in_form(request, MEANS)


def forgets(request: ChatRequest) -> Answer:
    return in_form(request, {"review": MEANS["review"]})


@contextmanager
def from_script(answer: Callable[[ChatRequest], Answer] | str) -> Iterator[str]:
    with ModelServer(answer) as server:
        yield server.url


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what a server asks to wait is obeyed by other tests."""


def translator(url: str, mode: ModelMode = "function_calling") -> LlmTranslator:
    options = ModelOptions(name="openai:scripted", mode=mode, base_url=url)
    return LlmTranslator(ChatModel(options, Times(sleep=at_once)), Prompt(PROMPT))


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
async def test_a_translation_in_each_mode_has_the_personal_data_back(playing: Playing, mode: ModelMode) -> None:
    with playing(f"translate_{mode}", partial(from_script, translates)) as url:
        translated = await translator(url, mode).translate(CASE, TEXTS, "en", seconds=60)
    assert translated.texts == {
        "review": "The strap broke. Call me: +1 212 555 0142",
        "public_reply": "Hello Mara, we are sorry about the strap.",
    }
    assert (translated.tried.writer, translated.tried.outcome, translated.tried.usage.calls) == (
        "translator",
        "passed",
        1,
    )


async def test_a_text_that_is_left_out_is_a_failure_that_says_so(playing: Playing) -> None:
    with (
        playing("translate_half", partial(from_script, forgets)) as url,
        pytest.raises(TranslatorFailed, match="left out: public_reply") as failure,
    ):
        await translator(url).translate(CASE, TEXTS, "en", seconds=60)
    assert failure.value.usage.calls == 1


async def test_plain_words_that_name_no_text_are_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    with (
        from_script(lambda request: said(request, "Of course!")) as url,
        pytest.raises(TranslatorFailed, match="its words name none of the texts") as failure,
    ):
        await translator(url, "text").translate(CASE, TEXTS, "en", seconds=60)
    assert (failure.value.usage.calls, failure.value.again) == (1, True)


async def test_a_fault_of_ours_is_a_failure_to_translate(caplog: pytest.LogCaptureFixture) -> None:
    """Another model may take over, and what the log says of it holds no text."""
    with pytest.raises(TranslatorFailed, match="a fault in Drafter"):
        await translator("http://127.0.0.1:9").translate(CASE, {"review": None}, "en", seconds=60)  # type: ignore[dict-item]  # the fault
    assert [record.message for record in caplog.records] == ["translator.broke"]


async def test_a_busy_provider_is_asked_again(playing: Playing) -> None:
    with (
        playing("translate_rate_limit", partial(from_script, "rate_limit")) as url,
        pytest.raises(TranslatorFailed) as failure,
    ):
        await translator(url).translate(CASE, TEXTS, "en", seconds=60)
    assert failure.value.usage.calls == 2
