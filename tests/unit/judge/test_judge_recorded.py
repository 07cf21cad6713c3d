"""The judge against recorded exchanges: what is sent stays what was sent when they were recorded.

Record them anew with `.venv/bin/pytest tests/unit/judge/test_judge_recorded.py --record-mode=rewrite`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Part
from drafter.domain.judging import JudgingBrief
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.judge.bench import Bench
from drafter.judge.llm import PROMPT, LlmJudge
from drafter.llm.gate import Times
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.verdicts import judged, passage
from evals.babble import llama_server
from prompts.prompt import Prompt

LLAMA = "SmolLM2-135M-Instruct behind llama.cpp"
REPLY = ReplyToCheck(
    case=Case(
        review=Review(
            external_id="1",
            text="Zipper broke after two days. Call me: +1 212 555 0142",
            rating=2,
            author="Ana Souza",
            product=Product(name="Tote"),
            region="US",
        )
    ),
    channel=Channel.HYBRID,
    public_reply="Thank you, Ana. A zipper that is handled with care holds. Message us in the shop chat.",
    private_message="Hello Ana, we rang +1 212 555 0142 and refunded you.",
)
FOUND = (
    passage("tone", "A zipper that is handled with care holds"),
    passage("unverified_commitment", "we rang [PHONE_1] and refunded you", part="private"),
    passage("liability", "Message us", sure=False),
)
Playing = Callable[..., AbstractContextManager[str]]


def finds(request: ChatRequest) -> Answer:
    return judged(request, *FOUND)


def first_invents(request: ChatRequest) -> Answer:
    return judged(request, *(FOUND if "None of the quotes" in request.text else [passage("tone", "You broke it")]))


@contextmanager
def from_script(answer: Callable[[ChatRequest], Answer] | str) -> Iterator[str]:
    with ModelServer(answer) as server:
        yield server.url


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what a server asks to wait is obeyed by other tests."""


def judge(url: str, mode: ModelMode = "function_calling", name: str = "openai:scripted") -> LlmJudge:
    options = ModelOptions(name=name, mode=mode, base_url=url, call_seconds=120)
    return LlmJudge(ChatModel(options, Times(sleep=at_once)), Prompt(PROMPT))


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
async def test_a_judgement_in_each_mode(playing: Playing, mode: ModelMode) -> None:
    with playing(f"judge_codes_{mode}", partial(from_script, finds)) as url:
        said = await judge(url, mode).ask(REPLY, JudgingBrief())
    assert [(one.code, one.part) for one in said.findings] == [
        ("tone", Part.PUBLIC),
        ("unverified_commitment", Part.PRIVATE),
    ]
    private = said.findings[1]
    assert (REPLY.private_message or "")[private.start : private.end] == "we rang +1 212 555 0142 and refunded you"
    assert [one.code for one in said.doubts] == ["liability"]
    assert said.tried.usage.calls == 1


async def test_invented_quotes_are_asked_for_again(playing: Playing) -> None:
    with playing("judge_codes_again", partial(from_script, first_invents)) as url:
        said = await Bench([judge(url)]).verdict(REPLY, ())
    assert [one.outcome for one in said.attempts] == ["failed", "blocked"]


async def test_a_busy_provider_is_asked_again(playing: Playing) -> None:
    with playing("judge_codes_rate_limit", partial(from_script, "rate_limit")) as url:
        said = await judge(url).ask(REPLY, JudgingBrief(seconds=60))
    assert said.tried.usage.calls == 2


async def test_the_babble_of_a_small_real_model_is_no_judgement(playing: Playing, *, recording: bool) -> None:
    if recording and (why := llama_server.missing()):
        pytest.skip(why)
    with playing("judge_codes_smollm2_text", llama_server.serving, source=LLAMA) as url:
        said = await Bench([judge(url, "text", "openai:smollm2")], seconds=240).verdict(REPLY, ())
    assert (said.findings, said.judgement) == ((), None)
    assert {one.outcome for one in said.attempts} == {"failed"}
