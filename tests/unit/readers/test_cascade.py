"""The cascade: who is asked, whose word counts, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drafter.domain.case import Case
from drafter.domain.draft import Attempt, Usage
from drafter.domain.errors import ReaderFailed
from drafter.domain.reading import LLM_READER, ReadingBrief, TracedSituation, parted
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Detail, Flag, Situation, SituationName
from drafter.readers.cascade import CascadeReader, Doubtful, DoubtingReader, always, cascade
from drafter.testing import QUIET_SITUATION, ScriptedReader

CASE = Case(review=Review(external_id="1", text="Zipper broke", rating=2))
UNSURE = QUIET_SITUATION.with_changes(confidence=0.4, reader="embedding")
HARM = UNSURE.with_changes(situation=SituationName.SAFETY, channel=Channel.PRIVATE, confidence=0.9, sentiment=-1)
SURE = UNSURE.with_changes(confidence=0.9)
BROKE = Detail(text="Zipper broke", start=0, end=12)
ASKS = Doubtful(threshold=0.5)

Answer = Situation | ReaderFailed


def tried(model: str, outcome: str = "passed", **usage: Any) -> Attempt:
    fields = {"writer": LLM_READER, "model": model, "number": 1, "outcome": outcome, "usage": Usage(calls=1, **usage)}
    return Attempt.model_validate(fields)


class ScriptedModel:
    """A model's reader that gives its answers in turn, the last one again and again; `None` quotes inventions."""

    def __init__(self, name: str, *answers: Answer | None) -> None:
        self.name = name
        self.briefs: list[ReadingBrief] = []
        self._answers = answers

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the next answer, or raise the next failure."""
        answer = self._answers[min(len(self.briefs), len(self._answers) - 1)]
        self.briefs.append(brief)
        if isinstance(answer, ReaderFailed):
            raise answer
        outcome = "passed" if answer else "blocked"
        situation = answer or UNSURE.with_changes(confidence=0.8)
        fields = dict(situation.with_changes(reader="llm"))
        return TracedSituation(**fields, attempts=(tried(self.name, outcome, tokens_in=10),))


def answer(**changes: Any) -> Situation:
    return UNSURE.with_changes(situation=SituationName.QUALITY, sentiment=-1, confidence=0.9, **changes)


def a_cascade(first: Situation, *models: ScriptedModel, doubt: Any = ASKS, name: str = "cascade") -> CascadeReader:
    return cascade(ScriptedReader(first), models, doubt, name=name)


def failure(why: str = "openai:a: it is down.", *, again: bool = False) -> ReaderFailed:
    return ReaderFailed(why, model="openai:a", usage=Usage(calls=2), again=again)


async def test_a_sure_reading_asks_nobody() -> None:
    model = ScriptedModel("openai:a", answer())
    read = await a_cascade(SURE, model).read(CASE)
    assert (read.situation, read.reader, model.briefs) == (SURE.situation, "cascade:embedding", [])
    assert parted(read)[1] == ()


async def test_an_unsure_one_is_the_models_and_says_what_that_took() -> None:
    read = await a_cascade(UNSURE, ScriptedModel("openai:a", answer(details=(BROKE,)))).read(CASE)
    plain, attempts = parted(read)
    assert (plain.situation, plain.reader, plain.details) == (SituationName.QUALITY, "cascade:llm", (BROKE,))
    assert [(one.model, one.usage.tokens_in) for one in attempts] == [("openai:a", 10)]
    assert type(plain) is Situation


@pytest.mark.parametrize(
    ("changes", "text", "asked"),
    [
        ({"confidence": 0.49}, "ok", True),
        ({"confidence": 0.5}, "ok", False),
        ({"situation": SituationName.SAFETY}, "ok", True),
        ({"secondary": (SituationName.SAFETY,)}, "ok", True),
        ({"flags": (Flag.HEALTH,)}, "ok", True),
        ({"flags": (Flag.CHILD,)}, "ok", True),
        ({"flags": (Flag.RATING_CONTRADICTION,)}, "ok", True),
        ({"flags": (Flag.COUNTERFEIT,)}, "ok", False),
        ({"situation": SituationName.SAFETY, "legal_threat": True}, "ok", False),
        ({"confidence": 0.1, "legal_threat": True}, "ok", False),
        ({"confidence": 0.1, "flags": (Flag.SELF_HARM,)}, "ok", False),
        ({"confidence": 0.1}, "😀 ⭐⭐", False),
        ({"confidence": 0.1}, "", False),
    ],
)
def test_a_model_is_asked_where_the_reading_is_unsure_or_a_risk_near_and_nothing_is_settled(
    changes: dict[str, Any], text: str, asked: bool
) -> None:
    case = CASE.with_changes(review=CASE.review.with_changes(text=text))
    assert (ASKS(case, SURE.with_changes(**changes)) is not None) == asked


def test_at_threshold_one_everything_with_words_is_asked_and_at_zero_risks_alone() -> None:
    certain = SURE.with_changes(confidence=1.0)
    assert Doubtful(threshold=1)(CASE, certain)
    assert Doubtful(threshold=0)(CASE, certain.with_changes(confidence=0.0)) is None
    assert always(CASE, certain)


async def test_models_stand_in_for_each_other() -> None:
    second = ScriptedModel("openai:b", answer())
    read = await a_cascade(UNSURE, ScriptedModel("openai:a", failure()), second).read(CASE)
    attempts = parted(read)[1]
    assert read.situation is SituationName.QUALITY
    assert [(one.model, one.outcome, one.number) for one in attempts] == [
        ("openai:a", "failed", 1),
        ("openai:b", "passed", 1),
    ]
    assert second.briefs[0].mend is None


@pytest.mark.parametrize(
    ("name", "doubt", "reader"), [("cascade", ASKS, "cascade:embedding"), ("llm", always, "llm:embedding")]
)
async def test_where_no_model_answers_the_embedded_reading_counts_with_the_reasons(
    name: str, doubt: Any, reader: str
) -> None:
    models = (ScriptedModel("openai:a", failure()), ScriptedModel("openai:b", failure("openai:b: no quota.")))
    read = await a_cascade(UNSURE, *models, doubt=doubt, name=name).read(CASE)
    plain, attempts = parted(read)
    assert plain == UNSURE.with_changes(reader=reader)
    assert [one.reason for one in attempts] == ["openai:a: it is down.", "openai:b: no quota."]
    assert sum((one.usage for one in attempts), Usage()).calls == 4


async def test_an_answer_that_cannot_be_used_is_asked_for_once_more_and_told_so() -> None:
    model = ScriptedModel("openai:a", failure(again=True), answer())
    read = await a_cascade(UNSURE, model).read(CASE)
    assert read.situation is SituationName.QUALITY
    assert [(brief.attempt, brief.mend) for brief in model.briefs] == [(1, None), (2, "answer")]
    stubborn = ScriptedModel("openai:a", failure(again=True))
    assert (await a_cascade(UNSURE, stubborn).read(CASE)).reader == "cascade:embedding"
    assert len(stubborn.briefs) == 2


async def test_invented_quotes_are_asked_for_once_more_and_then_the_embedded_details_serve() -> None:
    model = ScriptedModel("openai:a", None)
    read = await a_cascade(UNSURE.with_changes(details=(BROKE,)), model).read(CASE)
    assert [(brief.attempt, brief.mend) for brief in model.briefs] == [(1, None), (2, "details")]
    assert (read.reader, read.details) == ("cascade:llm", (BROKE,))
    assert [one.outcome for one in parted(read)[1]] == ["blocked", "blocked"]


async def test_a_reading_with_invented_quotes_counts_where_the_second_answer_does_not_come() -> None:
    model = ScriptedModel("openai:a", None, failure())
    read = await a_cascade(UNSURE, model).read(CASE)
    assert (read.reader, [one.outcome for one in parted(read)[1]]) == ("cascade:llm", ["blocked", "failed"])


@pytest.mark.parametrize(
    ("reading", "cleared"),
    [
        (answer(), True),
        (answer().with_changes(confidence=0.7), False),
        (answer(secondary=(SituationName.SAFETY,)), False),
        (answer(flags=(Flag.INSTRUCTION_IN_REVIEW,)), False),
        (answer(flags=(Flag.HOSTILE_CHARACTERS,)), False),
    ],
)
async def test_harm_is_taken_back_by_a_sure_model_of_an_honest_review_only(reading: Situation, cleared: bool) -> None:
    read = await a_cascade(HARM, ScriptedModel("openai:a", reading)).read(CASE)
    assert (read.situation is SituationName.QUALITY) == cleared
    assert read.reader == ("cascade:llm" if cleared else "cascade:embedding")
    assert set(read.flags) == set(reading.flags)


async def test_a_review_that_steers_its_reader_cannot_be_silenced_by_it() -> None:
    silence = answer().with_changes(situation=SituationName.SPAM_ABUSE, channel=Channel.NONE)
    honest = await a_cascade(UNSURE, ScriptedModel("openai:a", silence)).read(CASE)
    steered = silence.with_changes(flags=(Flag.INSTRUCTION_IN_REVIEW,))
    kept = await a_cascade(UNSURE, ScriptedModel("openai:a", steered)).read(CASE)
    assert (honest.situation, kept.situation) == (SituationName.SPAM_ABUSE, UNSURE.situation)


async def test_a_model_may_add_harm() -> None:
    seen = answer().with_changes(situation=SituationName.SAFETY, channel=Channel.PRIVATE, confidence=0.3)
    assert (await a_cascade(UNSURE, ScriptedModel("openai:a", seen)).read(CASE)).situation is SituationName.SAFETY


async def test_the_models_share_the_time_and_their_number_of_turns_hangs_on_no_clock() -> None:
    now = 0.0

    class Slow(ScriptedModel):
        async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
            nonlocal now
            now += 25.0
            return await super().ask(case, brief)

    models = [Slow(f"openai:{name}", failure()) for name in "abc"]
    by_name: Callable[[str], Any] = {model.name: model for model in models}.__getitem__
    first = DoubtingReader(ScriptedReader(UNSURE), ASKS, [model.name for model in models])
    await CascadeReader(first, by_name, seconds=30.0, monotonic=lambda: now).read(CASE)
    assert [model.briefs[0].seconds for model in models] == [10.0, 2.5, 0.0]


async def test_a_kept_doubt_asks_the_models_of_then() -> None:
    """A job that is begun again under other settings meets the same steps; a model that has gone just fails."""
    then = await DoubtingReader(ScriptedReader(UNSURE), ASKS, ["openai:gone"]).read(CASE)
    now = a_cascade(SURE, ScriptedModel("openai:a", answer())).wrapped(
        first=lambda _: ScriptedReader(then), model=lambda model: model
    )
    read = await now.read(CASE)
    assert read.reader == "cascade:embedding"
    assert [one.model for one in parted(read)[1]] == ["openai:gone"]
