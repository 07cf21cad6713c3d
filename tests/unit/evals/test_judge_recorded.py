"""The judge against recorded exchanges: what is sent stays what was sent when they were recorded.

After a change of the judge's prompts, the rubric or its answer forms, record them anew with

    .venv/bin/pytest tests/unit/evals/test_judge_recorded.py --record-mode=rewrite

They were recorded from the scripted server, with a scripted judge that has the labels: they show what is asked and how
an answer is read, and nothing of how well a model judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from drafter.domain.case import Case
from drafter.domain.review import Product, Review
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import ModelServer
from evals.judging.calibrate import calibration, outcomes_of
from evals.judging.judge import NotJudged
from evals.judging.models import JudgeModel
from evals.judging.pairs import calibration_pairs
from evals.judging.rubric import Quality
from evals.judging.scripted import ScriptedJudge, answered, marks
from evals.judging.shown import Reply

Playing = Callable[..., AbstractContextManager[str]]

PAIRS = [pair for pair in calibration_pairs() if pair.language == "en"]
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
REPLY = Reply(public="Hi Ana, we are sorry about the zipper.", private="Please send us a photo, Ana.")


def judge(url: str, mode: ModelMode = "function_calling") -> JudgeModel:
    return JudgeModel(ModelOptions(name="openai:scripted", mode=mode, base_url=url, concurrency=1))


@contextmanager
def labelled() -> Iterator[str]:
    with ModelServer(ScriptedJudge(PAIRS)) as server:
        yield server.url


@contextmanager
def leaning() -> Iterator[str]:
    with ModelServer(ScriptedJudge(PAIRS, towards_first=1.0)) as server:
        yield server.url


@contextmanager
def inventing() -> Iterator[str]:
    fields = marks("words that nobody wrote", dict.fromkeys(Quality, 5))
    with ModelServer(lambda request: answered(request, fields)) as server:
        yield server.url


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode"])
async def test_a_reply_is_scored_in_each_mode(playing: Playing, mode: ModelMode) -> None:
    with playing(f"judge_reply_{mode}", labelled) as url:
        scores = await judge(url, mode).of_replies().judge(CASE, REPLY)
    assert {mark.score for _, mark in scores.marks()} == {3}
    assert scores.tone.quote == "Hi [NAME], we are sorry about"


async def test_a_void_judgement_is_asked_for_once_more(playing: Playing) -> None:
    with playing("judge_reply_void", inventing) as url, pytest.raises(NotJudged, match="void"):
        await judge(url).of_replies().judge(CASE, REPLY)


async def test_pairs_are_judged_in_both_orders(playing: Playing) -> None:
    with playing("judge_pairs", labelled) as url:
        pairs = judge(url).of_pairs()
        outcomes = await outcomes_of(PAIRS[:2], pairs)
    found = calibration(outcomes, model="openai:scripted", judge_hash=pairs.hash, usage=pairs.usage)
    assert found.agreement.right.share == 1.0
    assert found.usage.calls == 4


async def test_a_leaning_judge_is_seen_in_what_was_recorded(playing: Playing) -> None:
    with playing("judge_pairs_leaning", leaning) as url:
        outcomes = await outcomes_of(PAIRS[:2], judge(url).of_pairs())
    assert [outcome.preference and outcome.preference.follows for outcome in outcomes] == ["first", "first"]
