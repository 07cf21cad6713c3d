"""Rounds: who writes next when a model fails, answers uselessly, or takes long."""

from collections.abc import Callable, Sequence

from drafter import pipeline
from drafter.domain.case import Brief, Case, Prepared, ReplyToCheck
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.situation import Route, Situation
from drafter.rounds import Rounds
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedWriter

CASE = Case(review=Review(external_id="1", text="The zipper holds.", rating=5, author="Ana"))
DOWN = WriterFailed("openai:a: the server cannot be reached.", model="openai:a", usage=Usage(calls=2, cost_usd=None))
UNREADABLE = WriterFailed("openai:a: cannot be read.", model="openai:a", usage=Usage(calls=1, tokens_out=9), again=True)


def against(word: str) -> ScriptedInspector:
    def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
        block = Finding(
            code="tone",
            check="t",
            severity=Severity.BLOCK,
            part=Part.PUBLIC,
            start=0,
            end=1,
            message="m",
            suggestion="s",
        )
        return (block,) if word in (reply.public_reply or "") else ()

    return ScriptedInspector(find)


async def answered(*writers: ScriptedWriter, seconds: float | None = None) -> Prepared:
    return await pipeline.answer(CASE, QUIET_SITUATION, writers=writers, inspector=against("bad"), seconds=seconds)


async def test_another_model_takes_over_the_round_of_one_that_fails() -> None:
    """The draft is the second model's, and says why it is not the first one's."""
    first, second = ScriptedWriter(DOWN, name="llm"), ScriptedWriter("Thank you.", name="llm")
    prepared = await answered(first, second, ScriptedWriter("Template.", name="template"))
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "Thank you."
    assert prepared.draft.provenance.fallback_reason == "llm: openai:a: the server cannot be reached."
    assert [brief.attempt for brief in second.briefs] == [1]


async def test_a_model_that_failed_is_not_asked_again_for_the_same_draft() -> None:
    first, second = ScriptedWriter(DOWN, name="llm"), ScriptedWriter("bad", "bad", "good", name="llm")
    prepared = await answered(first, second)
    assert prepared.draft is not None
    assert len(first.briefs) == 1
    assert [brief.attempt for brief in second.briefs] == [1, 2, 3]


async def test_an_answer_that_cannot_be_used_spends_a_round_and_the_next_model_has_its_turn() -> None:
    first = ScriptedWriter(UNREADABLE, "Thank you.", name="llm")
    second = ScriptedWriter(UNREADABLE, name="llm")
    prepared = await answered(first, second)
    assert prepared.draft is not None
    assert [brief.attempt for brief in (*first.briefs, *second.briefs)] == [1, 3, 2]
    assert prepared.reason is None


async def test_three_answers_that_cannot_be_used_end_with_the_templates() -> None:
    llm = ScriptedWriter(UNREADABLE, name="llm")
    prepared = await answered(llm, ScriptedWriter("Template.", name="template"))
    assert prepared.draft is not None
    assert prepared.draft.provenance.writer == "template"
    assert prepared.draft.provenance.fallback_reason == "llm: openai:a: cannot be read."
    assert len(llm.briefs) == 3


async def test_all_tries_are_told_with_what_they_took() -> None:
    prepared = await answered(ScriptedWriter("bad", DOWN, name="llm"), ScriptedWriter("Template.", name="template"))
    told = [(attempt.writer, attempt.number, attempt.outcome, attempt.codes) for attempt in prepared.attempts]
    assert told == [
        ("llm", 1, "blocked", ("tone",)),
        ("llm", 2, "failed", ()),
        ("template", 1, "passed", ()),
    ]
    assert prepared.attempts[1].reason == "openai:a: the server cannot be reached."
    assert prepared.usage.calls == 2
    assert prepared.usage.cost_usd is None


async def test_a_case_that_nobody_could_write_for_tells_all_tries() -> None:
    prepared = await answered(ScriptedWriter(DOWN, name="llm"), ScriptedWriter("bad", name="template"))
    assert prepared.route is Route.ESCALATE
    assert len(prepared.attempts) == 4
    assert "the server cannot be reached" in (prepared.reason or "")
    assert "could not be mended (tone)" in (prepared.reason or "")


class SlowWriter:
    """Takes a set time for each draft, on a clock of the test."""

    def __init__(self, name: str, takes: float, clock: Callable[[float], None], text: str = "bad") -> None:
        self.name = name
        self.given: list[float | None] = []
        self._takes = takes
        self._clock = clock
        self._text = text

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        self.given.append(brief.seconds)
        self._clock(self._takes)
        return Draft(public_reply=self._text, language="en", provenance=Provenance(writer=self.name))


async def test_the_time_of_a_draft_is_shared_by_all_its_tries() -> None:
    """Models that stand in for each other share what is left, and a repair gets only what the tries left over.

    The last ten seconds are kept for the checks, the templates and the storing.
    """
    now = 0.0

    def forward(seconds: float) -> None:
        nonlocal now
        now += seconds

    model, stand_in = SlowWriter("llm", 50, forward), SlowWriter("llm", 50, forward)
    rounds = Rounds(CASE, QUIET_SITUATION, against("bad"), Brief(), 120.0, monotonic=lambda: now)
    assert await rounds.by([model, stand_in]) is None
    assert model.given == [55.0, 30.0, 5.0]
    assert stand_in.given == []
    template = SlowWriter("template", 0, forward, "good")
    assert await rounds.by([template]) is not None
    assert template.given == [0.0]


async def test_a_repair_is_told_what_was_wrong_with_which_draft() -> None:
    first, second = ScriptedWriter("bad", UNREADABLE, name="llm"), ScriptedWriter("Thank you.", name="llm")
    await answered(first, second)
    seen = [(brief.attempt, len(brief.findings), brief.last_draft) for brief in (*first.briefs, *second.briefs)]
    assert seen[0] == (1, 0, None)
    assert [(number, findings, draft and draft.public_reply) for number, findings, draft in seen[1:]] == [
        (2, 1, "bad"),
        (3, 1, "bad"),
    ]


async def test_another_kind_of_writer_begins_afresh() -> None:
    first, second = ScriptedWriter("bad", name="llm"), ScriptedWriter("Thank you.", name="template")
    await answered(first, second)
    assert [(brief.attempt, brief.findings, brief.last_draft) for brief in second.briefs] == [(1, (), None)]


class Remembered:
    """Knows models whose repairs are in vain, and what was asked of it."""

    def __init__(self, *models: str) -> None:
        self.models = models
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def in_vain(self, model: str, codes: Sequence[str]) -> str | None:
        self.asked.append((model, tuple(codes)))
        return f"{model} has not mended it in 8 tries" if model in self.models else None


async def mended(repairs: Remembered, *writers: ScriptedWriter) -> Prepared:
    return await pipeline.answer(CASE, QUIET_SITUATION, writers=writers, inspector=against("bad"), repairs=repairs)


async def test_a_model_that_never_mends_a_finding_is_not_asked_to() -> None:
    """The next writer's turn comes at once, and its draft says why."""
    llm = ScriptedWriter("bad", "Good.", name="llm", model="m:a")
    repairs = Remembered("m:a")
    prepared = await mended(repairs, llm, ScriptedWriter("Template.", name="template"))
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "Template."
    assert prepared.draft.provenance.fallback_reason == "llm: m:a has not mended it in 8 tries"
    assert len(llm.briefs) == 1
    assert repairs.asked == [("m:a", ("tone",))]


async def test_a_model_that_stands_in_is_asked_to_mend_in_its_place() -> None:
    first = ScriptedWriter("bad", name="llm", model="m:a")
    second = ScriptedWriter("Good.", name="llm", model="m:b")
    prepared = await mended(Remembered("m:a"), first, second)
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "Good."
    assert [(brief.attempt, [finding.code for finding in brief.findings]) for brief in second.briefs] == [(2, ["tone"])]
    assert len(first.briefs) == 1


async def test_a_model_that_mends_sometimes_is_asked_again() -> None:
    llm = ScriptedWriter("bad", "Good.", name="llm", model="m:a")
    prepared = await mended(Remembered("m:b"), llm)
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "Good."


async def test_nobody_asks_about_the_last_round_or_about_templates() -> None:
    repairs = Remembered()
    await mended(repairs, ScriptedWriter("bad", name="llm", model="m:a"), ScriptedWriter("bad", name="template"))
    assert repairs.asked == [("m:a", ("tone",))] * 2
