"""The story: what becomes of a case, whatever its parts answer."""

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import OVER_BUDGET, Attempt
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.reading import LLM_READER, TracedSituation
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Flag, Route, Situation, SituationName
from drafter.rounds import MAX_ATTEMPTS
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedReader, ScriptedWriter

CASE = Case(review=Review(external_id="1", text="The zipper holds.", rating=5, author="Ana"))


def finding(code: str = "tone", severity: Severity = Severity.BLOCK) -> Finding:
    return Finding(
        code=code, check="tests", severity=severity, part=Part.PUBLIC, start=0, end=1, message="m", suggestion="s"
    )


def inspector_against(word: str, severity: Severity = Severity.BLOCK) -> ScriptedInspector:
    def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
        return (finding(severity=severity),) if word in (reply.public_reply or "") else ()

    return ScriptedInspector(find)


async def test_a_clean_first_draft_goes_to_a_person() -> None:
    writer = ScriptedWriter("Thank you, Ana.")
    prepared = await pipeline.prepare(CASE, reader=ScriptedReader(), writers=[writer], inspector=ScriptedInspector())
    assert prepared.route is Route.DRAFT
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "Thank you, Ana."
    assert [brief.attempt for brief in writer.briefs] == [1]
    assert prepared.reason is None


async def test_blocking_findings_go_back_to_the_writer_and_the_mended_draft_is_taken() -> None:
    writer = ScriptedWriter("bad", "bad", "good")
    prepared = await pipeline.prepare(
        CASE, reader=ScriptedReader(), writers=[writer], inspector=inspector_against("bad")
    )
    assert prepared.draft is not None
    assert prepared.draft.public_reply == "good"
    assert [len(brief.findings) for brief in writer.briefs] == [0, 1, 1]
    assert [brief.attempt for brief in writer.briefs] == [1, 2, 3]


@pytest.mark.parametrize("refused", [True, False], ids=["the writer", "the reader alone"])
async def test_a_draft_is_over_the_budget_only_where_its_writer_was_refused(*, refused: bool) -> None:
    """A reader that was refused leaves the words of a draft to the same writers."""
    codes = (OVER_BUDGET,)
    tried = Attempt(writer=LLM_READER, model="m:a", number=1, outcome="failed", codes=codes)
    read = TracedSituation(**dict(QUIET_SITUATION), attempts=(tried,))
    first = ScriptedWriter(WriterFailed("no", codes=codes) if refused else "bad", name="first")
    prepared = await pipeline.answer(
        CASE, read, writers=[first, ScriptedWriter("good", name="second")], inspector=inspector_against("bad")
    )
    assert prepared.draft is not None
    assert prepared.draft.provenance.over_budget is refused


async def test_a_writer_gets_two_repairs_then_the_next_writer_writes_and_the_draft_says_why() -> None:
    first, second = ScriptedWriter("bad", name="first"), ScriptedWriter("good", name="second")
    prepared = await pipeline.prepare(
        CASE, reader=ScriptedReader(), writers=[first, second], inspector=inspector_against("bad")
    )
    assert len(first.briefs) == MAX_ATTEMPTS
    assert prepared.draft is not None
    assert prepared.draft.provenance.writer == "second"
    assert prepared.draft.provenance.fallback_reason == "first: could not be mended (tone)"


async def test_a_writer_that_fails_is_passed_over_with_its_reason() -> None:
    first, second = ScriptedWriter(WriterFailed("no answer"), name="first"), ScriptedWriter("good", name="second")
    prepared = await pipeline.prepare(
        CASE, reader=ScriptedReader(), writers=[first, second], inspector=ScriptedInspector()
    )
    assert prepared.draft is not None
    assert prepared.draft.provenance.fallback_reason == "first: no answer"


@pytest.mark.parametrize("answers", [("bad",), (WriterFailed("no answer"),)])
async def test_a_draft_that_nobody_could_mend_is_never_offered(answers: tuple[str | WriterFailed, ...]) -> None:
    prepared = await pipeline.prepare(
        CASE, reader=ScriptedReader(), writers=[ScriptedWriter(*answers)], inspector=inspector_against("bad")
    )
    assert prepared.route is Route.ESCALATE
    assert prepared.draft is None
    assert prepared.reason is not None
    assert "scripted" in prepared.reason


async def test_warnings_do_not_hold_a_draft_back() -> None:
    prepared = await pipeline.prepare(
        CASE,
        reader=ScriptedReader(),
        writers=[ScriptedWriter("bland")],
        inspector=inspector_against("bland", Severity.WARN),
    )
    assert prepared.draft is not None
    assert [found.code for found in prepared.findings] == ["tone"]


@pytest.mark.parametrize(
    ("changes", "route"),
    [
        ({"situation": SituationName.SAFETY, "channel": Channel.PRIVATE}, Route.ESCALATE),
        ({"legal_threat": True}, Route.ESCALATE),
        ({"flags": (Flag.SELF_HARM,)}, Route.ESCALATE),
        ({"flags": (Flag.THIRD_PARTY_DATA,)}, Route.ESCALATE),
        ({"situation": SituationName.SPAM_ABUSE, "channel": Channel.NONE}, Route.NO_REPLY),
        ({"situation": SituationName.SPAM_ABUSE, "legal_threat": True}, Route.ESCALATE),
    ],
)
async def test_harm_and_noise_never_reach_a_writer(changes: dict[str, object], route: Route) -> None:
    writer = ScriptedWriter()
    situation: Situation = QUIET_SITUATION.with_changes(**changes)
    prepared = await pipeline.prepare(
        CASE, reader=ScriptedReader(situation), writers=[writer], inspector=ScriptedInspector()
    )
    assert prepared.route is route
    assert prepared.draft is None
    assert prepared.reason
    assert not writer.briefs


async def test_the_writer_hears_the_wish_and_the_last_replies() -> None:
    writer = ScriptedWriter()
    brief = Brief(instruction="shorter", recent_replies=("Thank you.",))
    await pipeline.prepare(CASE, reader=ScriptedReader(), writers=[writer], inspector=ScriptedInspector(), brief=brief)
    assert writer.briefs == [brief]
