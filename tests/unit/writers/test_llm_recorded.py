"""The LLM writer against recorded exchanges: what is sent stays what was sent when they were recorded.

A change of prompt, marks or form changes a request, and its cassette no longer matches. Record all of them anew with

    .venv/bin/pytest tests/unit/writers/test_llm_recorded.py --record-mode=rewrite

Each cassette names in its metadata what it was recorded from: the scripted server of `drafter.testing`, or a real model
behind llama.cpp. tests/house_rules/test_cassettes.py holds it to that word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel, CountsAs, Detail, Situation, SituationName
from drafter.languages import Languages
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import ModelServer
from drafter.writers.llm import PROMPT, LlmWriter
from evals.babble import llama_server
from guardrails.runner import Guardrails
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
    ),
    case_facts={"return_policy": "30 days"},
)
SITUATION = Situation(
    situation=SituationName.QUALITY,
    language="en",
    sentiment=-1,
    details=(Detail(text="Zipper broke after two days", start=0, end=27),),
    channel=Channel.HYBRID,
    counts_as=CountsAs.PRODUCT,
    confidence=0.9,
    reader="recorded",
)

PRAISING = Case(
    review=Review(
        external_id="2", text="Great bag, roomy and light.", rating=5, author="Ana Souza", product=Product(name="Tote")
    )
)
PRAISE = SITUATION.with_changes(
    situation=SituationName.POSITIVE, sentiment=1, channel=Channel.PUBLIC, details=(), counts_as=CountsAs.NONE
)

Playing = Callable[..., AbstractContextManager[str]]


@contextmanager
def from_script(answer: str = "good") -> Iterator[str]:
    with ModelServer(answer, mends=True) as server:
        yield server.url


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what a server asks to wait is obeyed by other tests."""


def writer(url: str, mode: ModelMode = "function_calling", name: str = "openai:scripted") -> LlmWriter:
    options = ModelOptions(name=name, mode=mode, base_url=url, call_seconds=120)
    return LlmWriter(ChatModel(options, Times(sleep=at_once)), Prompt(PROMPT))


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
async def test_a_good_answer_in_each_mode(playing: Playing, mode: ModelMode) -> None:
    with playing(f"good_{mode}", from_script) as url:
        draft = await writer(url, mode).write(CASE, SITUATION, Brief())
    assert draft.public_reply == "Thank you for your review. You can reach us in the shop chat at any time."
    assert (draft.private_message or "").startswith("Thank you for writing to us.")
    assert draft.provenance.usage.calls == 1
    assert draft.provenance.usage.tokens_in > 100


async def test_a_blocked_draft_is_shown_with_its_findings_and_mended(playing: Playing) -> None:
    with playing("repair", partial(from_script, "breaks_tone")) as url:
        prepared = await pipeline.answer(
            CASE, SITUATION, writers=[writer(url)], inspector=Guardrails(languages=Languages())
        )
    assert [(attempt.number, attempt.outcome) for attempt in prepared.attempts] == [(1, "blocked"), (2, "passed")]
    assert prepared.draft is not None


async def test_a_busy_provider_is_asked_again(playing: Playing) -> None:
    with playing("rate_limit", partial(from_script, "rate_limit")) as url:
        draft = await writer(url).write(CASE, SITUATION, Brief(seconds=60))
    assert draft.provenance.usage.calls == 2


async def test_a_small_real_model_says_something(playing: Playing, *, recording: bool) -> None:
    """Whatever it says: that its words arrive as a draft is all that is meant by it."""
    if recording and (why := llama_server.missing()):
        pytest.skip(why)
    with playing("smollm2_text", llama_server.serving, source=LLAMA) as url:
        draft = await writer(url, "text", "openai:smollm2").write(PRAISING, PRAISE, Brief())
    assert draft.public_reply
    assert draft.provenance.usage.tokens_out > 0
