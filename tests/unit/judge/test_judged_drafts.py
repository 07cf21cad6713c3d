"""The judge's place among the rounds: what it is asked about, what follows from it, and what a job keeps of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from drafter import pipeline
from drafter.domain.case import Case, Prepared, ReplyToCheck
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import JudgeFailed
from drafter.domain.finding import Finding, Layer, Part, Severity
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement
from drafter.domain.review import Review
from drafter.domain.situation import Route
from drafter.drafting.durable import DurableWriter, durable_judge
from drafter.judge.bench import Bench
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedWriter

CASE = Case(review=Review(external_id="1", text="The zipper holds.", rating=5, author="Ana"))


def finding(code: str, layer: Layer) -> Finding:
    return Finding(
        code=code,
        check="t",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=0,
        end=3,
        message="m",
        suggestion="s",
        layer=layer,
    )


def against(word: str, layer: Layer) -> ScriptedInspector:
    found = (finding("tone", layer),)
    return ScriptedInspector(lambda reply: found if word in (reply.public_reply or "") else ())


class Model:
    """A judge that finds `liability` where a reply says `fault`, and clears all else; or that fails."""

    name = "openai:judge"

    def __init__(self, failure: JudgeFailed | None = None) -> None:
        self.asked: list[str] = []
        self._failure = failure

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        self.asked.append(reply.public_reply or "")
        if self._failure is not None:
            raise self._failure
        found = (finding("liability", "judge"),) if "fault" in self.asked[-1] else ()
        tried = {
            "writer": JUDGE,
            "model": self.name,
            "number": brief.attempt,
            "outcome": "blocked" if found else "passed",
            "usage": Usage(calls=1, tokens_in=10, cost_usd=0.5),
        }
        fields = {"model": self.name, "prompt_hash": "sha256:0", "findings": found, "cleared": ("tone",)}
        return TracedJudgement.model_validate({**fields, "tried": tried})


def llm(*answers: str) -> ScriptedWriter:
    return ScriptedWriter(*answers, name="llm", model="openai:a", usage=Usage(calls=1, cost_usd=1.0))


async def answered(
    *writers: ScriptedWriter, judge: Model, inspector: ScriptedInspector | None = None, **options: Any
) -> Prepared:
    inspector = inspector or ScriptedInspector()
    return await pipeline.answer(
        CASE, QUIET_SITUATION, writers=writers, inspector=inspector, judge=Bench([judge]), **options
    )


async def test_a_draft_is_mended_by_what_the_judge_found() -> None:
    writer, judge = llm("our fault", "thanks"), Model()
    prepared = await answered(writer, judge=judge)
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "thanks"
    assert [one.code for one in writer.briefs[1].findings] == ["liability"]
    told = [(one.writer, one.outcome, one.codes) for one in prepared.attempts]
    assert told == [
        ("llm", "blocked", ("liability",)),
        (JUDGE, "blocked", ()),
        ("llm", "passed", ()),
        (JUDGE, "passed", ()),
    ]
    assert prepared.usage.cost_usd == 3.0
    assert prepared.draft.provenance.usage.cost_usd == 1.0, "the writer's own"


async def test_what_it_overrules_is_kept_with_the_draft() -> None:
    prepared = await answered(llm("bad"), judge=Model(), inspector=against("bad", "head"))
    assert prepared.draft is not None
    assert prepared.findings == ()
    assert prepared.draft.judgement is not None
    assert [one.code for one in prepared.draft.judgement.overruled] == ["tone"]
    assert Draft.from_store(prepared.draft.model_dump(mode="json")) == prepared.draft


async def test_what_a_rule_holds_back_and_what_no_model_wrote_is_not_put_before_it() -> None:
    judge = Model()
    template = ScriptedWriter("template", name="template")
    prepared = await answered(llm("bad"), template, judge=judge, inspector=against("bad", "rule"))
    assert prepared.draft is not None
    assert (prepared.draft.public_reply, prepared.draft.judgement, judge.asked) == ("template", None, [])


async def test_what_nobody_may_overrule_is_not_put_before_it_either() -> None:
    judge, crashed = Model(), finding("tone", "head").with_changes(final=True)
    prepared = await answered(llm("bad"), judge=judge, inspector=ScriptedInspector(lambda _: (crashed,)))
    assert (prepared.route, prepared.findings, judge.asked) == (Route.ESCALATE, (crashed,), [])


async def test_a_judge_that_fails_leaves_the_heads_word_and_its_reason() -> None:
    down = JudgeFailed("openai:judge: it is down.", model="openai:judge", usage=Usage(calls=2))
    prepared = await answered(llm("bad"), judge=Model(down), inspector=against("bad", "head"))
    assert (prepared.route, [one.code for one in prepared.findings]) == (Route.ESCALATE, ["tone"])
    assert {one.reason for one in prepared.attempts if one.writer == JUDGE} == {"openai:judge: it is down."}
    well = await answered(llm("good"), judge=Model(down), inspector=against("bad", "head"))
    assert well.route is Route.DRAFT, "nobody found a fault"


async def test_the_judge_gets_what_is_left_of_the_drafts_time() -> None:
    briefs: list[float | None] = []

    class Timed(Model):
        async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
            briefs.append(brief.seconds)
            return await super().ask(reply, brief)

    await answered(llm("good"), judge=Timed(), seconds=5.0)
    assert briefs[0] is not None
    assert 0 < briefs[0] <= 4.0


class Died(Exception):
    """The process was killed."""


class Kept:
    """Steps whose results are kept in their order, as a job's are; it dies at the step that is told."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self._at = 0
        self.dies_at: int | None = None

    def again(self) -> None:
        """Begin the job again."""
        self._at, self.dies_at = 0, None

    async def step(self, _name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        at, self._at = self._at, self._at + 1
        if at == self.dies_at:
            raise Died
        if at == len(self.results):
            self.results.append(await work())
        return self.results[at]


async def drafted(kept: Kept, writer: ScriptedWriter, judge: Model | None, inspector: ScriptedInspector) -> Prepared:
    return await pipeline.answer(
        CASE,
        QUIET_SITUATION,
        writers=[DurableWriter(writer, kept.step)],
        inspector=inspector,
        judge=durable_judge(Bench([judge]) if judge else None, kept.step),
    )


async def test_a_job_begun_again_repeats_no_finished_call_of_writer_or_judge() -> None:
    writer, judge, kept = llm("our fault", "thanks"), Model(), Kept()
    kept.dies_at = 3  # the second judgement
    with pytest.raises(Died):
        await drafted(kept, writer, judge, ScriptedInspector())
    kept.again()
    prepared = await drafted(kept, writer, judge, ScriptedInspector())
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "thanks"
    assert (len(writer.briefs), judge.asked) == (2, ["our fault", "thanks"])


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
async def test_kept_results_of_another_kind_are_passed_over(*, before: bool, after: bool) -> None:
    """The judge was switched on, or off, between two runs of a job: what was kept still fits, and none is asked twice.

    The first run ends, or dies, before its draft is stored.
    """
    writer, judge, kept = llm("our fault", "bad", "thanks"), Model(), Kept()
    kept.dies_at = 3
    with suppress(Died):
        await drafted(kept, writer, judge if before else None, against("bad", "rule"))
    kept.again()
    prepared = await drafted(kept, writer, judge if after else None, against("bad", "rule"))
    assert prepared.draft is not None
    assert prepared.draft.public_reply == ("thanks" if after else "our fault")
    assert (len(writer.briefs), judge.asked) == (3 if after else 2, ["our fault", "thanks"] if after else ["our fault"])
