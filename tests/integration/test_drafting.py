"""The drafting job on both databases: one item a version, whatever happens meanwhile and whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from drafter.compose import PipelineParts
from drafter.domain.approval import Actor, ActorKind, ApprovalItem, DecisionKind, ItemState, Role
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import ReaderFailed, WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.shop import Promise, Shop
from drafter.domain.situation import Route, Situation, SituationName
from drafter.drafting import Drafting, job
from drafter.store import attempts, drafts, items, reviews, shops
from drafter.store.attempts import KeptAttempt
from drafter.store.database import Database
from drafter.store.tables import DraftRow, ItemRow
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter

PERSON = Actor(kind=ActorKind.PERSON, id="per_1", name="Ana", role=Role.APPROVER)
BLOCKED = Finding(
    code="tone",
    check="guardrails.checks.tone",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="Blame.",
    suggestion="Leave it out.",
)


class Bench:
    """A shop with one review, and drafting with scripted parts."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        with database.writing() as session:
            shops.save(session, Shop(promise=Promise(hours=48)))
        self.review_id, self.version = self.receive("r-1")

    def receive(self, external_id: str, text: str = "Lovely bag") -> tuple[str, str]:
        review = Review(external_id=external_id, text=text, rating=5)
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, self.clock.now())
        assert review_id is not None
        return review_id, review.version

    def drafting(
        self,
        *writers: ScriptedWriter,
        reader: ScriptedReader | None = None,
        inspector: ScriptedInspector | None = None,
        seconds: float = 120.0,
        **options: Any,
    ) -> Drafting:
        parts = PipelineParts(
            reader=reader or ScriptedReader(),
            writers=writers or (ScriptedWriter(),),
            inspector=inspector or ScriptedInspector(),
            draft_seconds=seconds,
        )
        return Drafting(database=self.database, parts=parts, clock=self.clock, **options)

    def item(self) -> ApprovalItem:
        with self.database.reading() as session:
            found = items.find(session, self.review_id, self.version)
        assert found is not None
        return found

    def attempts(self) -> tuple[KeptAttempt, ...]:
        with self.database.reading() as session:
            return attempts.of_version(session, self.review_id, self.version)

    def count(self, table: type[ItemRow] | type[DraftRow]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def ask_again(self, instruction: str | None, revision: int | None = 2) -> None:
        """Ask for another draft, as a person does; None: as it was once kept, without the revision."""
        given: dict[str, object] = {"instruction": instruction, "revision": revision}
        details = {name: value for name, value in given.items() if value is not None}
        with self.database.writing() as session:
            before = items.find(session, self.review_id, self.version)
            assert before is not None
            items.change(session, before, state=ItemState.CLAIMED, regenerating=True)
            items.record_decision(
                session,
                before,
                DecisionKind.REGENERATE,
                actor=PERSON,
                state_after=ItemState.CLAIMED,
                reason=None,
                details=details,
                at=self.clock.now(),
            )


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return Bench(database, clock)


async def test_a_review_becomes_an_item_with_its_draft(bench: Bench) -> None:
    await bench.drafting(ScriptedWriter("Thank you, Ana.")).draft(bench.review_id, bench.version)
    item = bench.item()
    assert item.state is ItemState.QUEUED
    assert item.draft is not None
    assert item.draft.public_reply == "Thank you, Ana."
    assert item.due_at == bench.clock.now() + timedelta(hours=48)


async def test_drafting_twice_gives_one_item_and_one_draft(bench: Bench) -> None:
    for _ in range(2):
        await bench.drafting().draft(bench.review_id, bench.version)
    assert bench.count(ItemRow) == bench.count(DraftRow) == 1


async def test_a_safety_case_is_escalated_without_a_draft(bench: Bench) -> None:
    burn = QUIET_SITUATION.with_changes(situation=SituationName.SAFETY)
    await bench.drafting(reader=ScriptedReader(burn)).draft(bench.review_id, bench.version)
    item = bench.item()
    assert (item.state, item.route, item.escalated, item.draft) == (ItemState.ESCALATED, Route.ESCALATE, True, None)


async def test_noise_waits_for_a_person_without_a_draft(bench: Bench) -> None:
    advert = QUIET_SITUATION.with_changes(situation=SituationName.SPAM_ABUSE)
    await bench.drafting(reader=ScriptedReader(advert)).draft(bench.review_id, bench.version)
    item = bench.item()
    assert (item.state, item.route, item.draft) == (ItemState.QUEUED, Route.NO_REPLY, None)


@pytest.mark.parametrize("when", ["before", "while it is drafted"])
async def test_a_review_that_changes_meanwhile_gets_no_item_for_its_old_words(bench: Bench, when: str) -> None:
    def change() -> None:
        with bench.database.writing() as session:
            stored = reviews.get(session, bench.review_id)
            reviews.add_version(session, stored, stored.review.with_changes(text="Changed"), bench.clock.now())

    await bench.drafting(reader=_after(when, change)).draft(bench.review_id, bench.version)
    assert bench.count(ItemRow) == bench.count(DraftRow) == 0


@pytest.mark.parametrize("when", ["before", "while it is drafted"])
async def test_a_review_that_is_deleted_meanwhile_gets_no_item(bench: Bench, when: str) -> None:
    def delete() -> None:
        with bench.database.writing() as session:
            reviews.mark_deleted(session, bench.review_id, bench.clock.now())

    await bench.drafting(reader=_after(when, delete)).draft(bench.review_id, bench.version)
    assert bench.count(ItemRow) == bench.count(DraftRow) == 0


def _after(when: str, happening: Callable[[], None]) -> ScriptedReader:
    """Let something happen before the job, or while its review is read."""
    if when == "before":
        happening()
        return ScriptedReader()

    def read(_: Case) -> Situation:
        happening()
        return QUIET_SITUATION

    return ScriptedReader(read)


async def test_a_review_that_is_not_there_any_more_is_passed_over(bench: Bench) -> None:
    await bench.drafting().draft("rev_purged", "v1")
    assert bench.count(ItemRow) == 0


@pytest.mark.parametrize("error", [ReaderFailed("no reader"), ZeroDivisionError("a bug")])
async def test_a_reader_that_fails_leaves_the_review_before_a_person(
    bench: Bench, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Case) -> Situation:
        raise error

    await bench.drafting(reader=ScriptedReader(fail)).draft(bench.review_id, bench.version)
    item = bench.item()
    assert (item.state, item.route) == (ItemState.ESCALATED, Route.ESCALATE)
    assert type(error).__name__ in (item.reason or "")
    assert str(error) not in caplog.text


async def test_writers_that_fail_leave_the_review_before_a_person(bench: Bench) -> None:
    await bench.drafting(ScriptedWriter(WriterFailed("out of budget"), name="llm")).draft(
        bench.review_id, bench.version
    )
    item = bench.item()
    assert item.route is Route.ESCALATE
    assert "llm: out of budget" in (item.reason or "")


async def test_guardrails_that_crash_leave_the_review_before_a_person(bench: Bench) -> None:
    def crash(_: object) -> tuple[Finding, ...]:
        raise IndexError("a bug in a check")

    await bench.drafting(inspector=ScriptedInspector(crash)).draft(bench.review_id, bench.version)
    assert bench.item().route is Route.ESCALATE


async def test_a_database_that_comes_back_costs_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = [OperationalError("INSERT", {}, Exception("database is locked"))]
    real = items.insert

    def insert(*arguments: Any, **options: Any) -> None:
        if failures:
            raise failures.pop()
        real(*arguments, **options)

    monkeypatch.setattr(items, "insert", insert)
    await bench.drafting().draft(bench.review_id, bench.version)
    assert bench.item().draft is not None
    assert bench.count(DraftRow) == 1


async def test_the_writer_knows_what_the_shop_said_lately_in_that_language(bench: Bench) -> None:
    writer = ScriptedWriter("First words.", "Second words.")
    drafting = bench.drafting(writer)
    await drafting.draft(bench.review_id, bench.version)
    await drafting.draft(*bench.receive("r-2"))
    spanish = ScriptedReader(QUIET_SITUATION.with_changes(language="es"))
    await bench.drafting(writer, reader=spanish).draft(*bench.receive("r-3"))
    assert [brief.recent_replies for brief in writer.briefs] == [(), ("First words.",), ()]


async def test_replies_to_reviews_in_a_language_that_we_do_not_write_count_in_the_shops_own(bench: Bench) -> None:
    dutch = ScriptedReader(QUIET_SITUATION.with_changes(language="nl"))
    await bench.drafting(ScriptedWriter("First words.")).draft(bench.review_id, bench.version)
    writer = ScriptedWriter()
    await bench.drafting(writer, reader=dutch).draft(*bench.receive("r-2"))
    assert [brief.recent_replies for brief in writer.briefs] == [("First words.",)]


async def test_another_draft_follows_the_persons_instruction_and_takes_the_old_ones_place(bench: Bench) -> None:
    writer = ScriptedWriter("Long words.", "Short.")
    drafting = bench.drafting(writer)
    await drafting.draft(bench.review_id, bench.version)
    bench.ask_again("shorter")
    await drafting.draft(bench.review_id, bench.version, 2)
    item = bench.item()
    assert item.draft is not None
    assert item.draft.public_reply == "Short."
    assert not item.regenerating
    assert item.state is ItemState.CLAIMED
    assert writer.briefs[-1].instruction == "shorter"
    assert bench.count(DraftRow) == 2


async def test_another_draft_that_does_not_come_leaves_the_old_one_with_the_reason(bench: Bench) -> None:
    writer = ScriptedWriter("Good words.", WriterFailed("provider down"))
    drafting = bench.drafting(writer)
    await drafting.draft(bench.review_id, bench.version)
    bench.ask_again(None)
    await drafting.draft(bench.review_id, bench.version, 2)
    item = bench.item()
    assert item.draft is not None
    assert item.draft.public_reply == "Good words."
    assert not item.regenerating
    assert "provider down" in (item.reason or "")


async def test_another_draft_that_nobody_waits_for_any_more_is_not_made(bench: Bench) -> None:
    writer = ScriptedWriter()
    drafting = bench.drafting(writer)
    await drafting.draft(bench.review_id, bench.version)
    await drafting.draft(bench.review_id, bench.version, 2)
    assert len(writer.briefs) == 1


@pytest.mark.parametrize("when", ["before", "during"])
async def test_the_draft_of_an_earlier_wish_does_not_take_the_place_of_a_later_one(bench: Bench, when: str) -> None:
    """The person asked, wrote something themselves meanwhile, and asked again."""
    writer = ScriptedWriter("First.", "Last.") if when == "before" else ScriptedWriter("First.", "Shorter.", "Last.")
    await bench.drafting(writer).draft(bench.review_id, bench.version)
    bench.ask_again("shorter", 2)
    again = _after(when, lambda: bench.ask_again("warmer", 4))
    await bench.drafting(writer, reader=again).draft(bench.review_id, bench.version, 2)
    waiting = bench.item()
    assert waiting.regenerating
    assert waiting.draft is not None
    assert waiting.draft.public_reply == "First."
    await bench.drafting(writer).draft(bench.review_id, bench.version, 4)
    item = bench.item()
    assert not item.regenerating
    assert item.draft is not None
    assert item.draft.public_reply == "Last."
    assert writer.briefs[-1].instruction == "warmer"


async def test_a_blocked_draft_is_never_stored_as_one(bench: Bench) -> None:
    await bench.drafting(inspector=ScriptedInspector(lambda _: (BLOCKED,))).draft(bench.review_id, bench.version)
    item = bench.item()
    assert (item.route, item.draft) == (Route.ESCALATE, None)
    assert "tone" in (item.reason or "")


async def test_a_job_that_is_begun_again_repeats_no_kept_step(bench: Bench) -> None:
    """The kept results survive; the job crashes once after its last call, before anything is stored."""
    kept: dict[str, Any] = {}
    calls: list[str] = []

    async def step(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        if name not in kept:
            calls.append(name)
            kept[name] = await work()
        return kept[name]

    class Killed(BaseException):
        """The process dies."""

    def killed(_: object) -> tuple[Finding, ...]:
        raise Killed

    with pytest.raises(Killed):
        await bench.drafting(inspector=ScriptedInspector(killed), step=step).draft(bench.review_id, bench.version)
    await bench.drafting(step=step).draft(bench.review_id, bench.version)
    assert bench.item().draft is not None
    assert calls == ["read", "write"]


NO_SERVER = WriterFailed(
    "openai:x: the server cannot be reached: look at OPENAI_BASE_URL.", model="openai:x", usage=Usage(calls=2)
)


async def test_every_try_is_kept_with_the_item_and_what_it_took(bench: Bench) -> None:
    model, templates = ScriptedWriter(NO_SERVER, name="llm"), ScriptedWriter("Thank you.", name="template")
    await bench.drafting(model, templates).draft(bench.review_id, bench.version)
    tried = bench.attempts()
    assert [(one.writer, one.model, one.outcome, one.usage.calls) for one in tried] == [
        ("llm", "openai:x", "failed", 2),
        ("template", None, "passed", 0),
    ]
    assert tried[0].reason == str(NO_SERVER)
    draft = bench.item().draft
    assert draft is not None
    assert "OPENAI_BASE_URL" in (draft.provenance.fallback_reason or "")


async def test_every_try_is_kept_where_no_draft_came(bench: Bench) -> None:
    inspector = ScriptedInspector(lambda _: (BLOCKED,))
    await bench.drafting(
        ScriptedWriter(NO_SERVER, name="llm"), ScriptedWriter(name="template"), inspector=inspector
    ).draft(bench.review_id, bench.version)
    assert [one.outcome for one in bench.attempts()] == ["failed", "blocked", "blocked", "blocked"]
    assert bench.attempts()[-1].codes == ("tone",)
    assert "openai:x: the server cannot be reached: look at OPENAI_BASE_URL" in (bench.item().reason or "")


async def test_the_tries_at_another_draft_are_kept_beside_the_first_ones(bench: Bench) -> None:
    drafting = bench.drafting(ScriptedWriter("Long words.", NO_SERVER))
    await drafting.draft(bench.review_id, bench.version)
    bench.ask_again("shorter")
    await drafting.draft(bench.review_id, bench.version, 2)
    assert [(one.revision, one.outcome) for one in bench.attempts()] == [(0, "passed"), (2, "failed")]


async def test_what_a_draft_took_that_came_too_late_is_kept_all_the_same(bench: Bench) -> None:
    def change() -> None:
        with bench.database.writing() as session:
            stored = reviews.get(session, bench.review_id)
            reviews.add_version(session, stored, stored.review.with_changes(text="Changed"), bench.clock.now())

    await bench.drafting(reader=_after("while it is drafted", change)).draft(bench.review_id, bench.version)
    assert bench.count(ItemRow) == 0
    assert [one.outcome for one in bench.attempts()] == ["passed"]


async def test_a_writer_that_never_answers_leaves_the_review_before_a_person(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck(ScriptedWriter):
        async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
            await asyncio.Event().wait()
            raise AssertionError((case, situation, brief))

    monkeypatch.setattr(job, "GRACE_SECONDS", 0.0)
    await bench.drafting(Stuck(), seconds=0.01).draft(bench.review_id, bench.version)
    assert bench.item().state is ItemState.ESCALATED
    assert "TimeoutError" in (bench.item().reason or "")


async def test_an_outcome_that_cannot_be_stored_leaves_the_review_before_a_person(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise ValueError("no such value in a database")

    monkeypatch.setattr(drafts, "insert", refuse)
    await bench.drafting().draft(bench.review_id, bench.version)
    assert bench.item().state is ItemState.ESCALATED
    assert "ValueError" in (bench.item().reason or "")


async def test_a_reply_with_characters_that_no_database_takes_is_stored_and_found_again(bench: Bench) -> None:
    hostile = "Thank you\0 \ud800 Ana."
    failure = WriterFailed("bad \0 answer")
    await bench.drafting(ScriptedWriter(failure, name="llm"), ScriptedWriter(hostile)).draft(
        bench.review_id, bench.version
    )
    writer = ScriptedWriter()
    await bench.drafting(writer).draft(*bench.receive("r-2"))
    assert writer.briefs[0].recent_replies == ("Thank you\ufffd \ufffd Ana.",)
    assert bench.attempts()[0].reason == "bad \ufffd answer"


class _Jobs:
    def __init__(self, *, drafting: bool) -> None:
        self._drafting = drafting

    def is_drafting(self, review_id: str, version: str) -> bool:
        return self._drafting


def test_a_review_without_item_and_job_is_put_before_a_person(bench: Bench) -> None:
    drafting = bench.drafting()
    assert drafting.rescue(_Jobs(drafting=False)) == 0, "it may only just have come in"
    bench.clock.forward(timedelta(hours=1))
    assert drafting.rescue(_Jobs(drafting=True)) == 0
    assert drafting.rescue(_Jobs(drafting=False)) == 1
    assert drafting.rescue(_Jobs(drafting=False)) == 0
    assert bench.item().state is ItemState.ESCALATED


@pytest.mark.parametrize("revision", [3, None])
async def test_an_item_that_waits_for_a_lost_draft_is_given_back(bench: Bench, revision: int | None) -> None:
    drafting = bench.drafting(ScriptedWriter("Good words."))
    await drafting.draft(bench.review_id, bench.version)
    bench.ask_again("shorter", revision)
    assert drafting.rescue(_Jobs(drafting=False)) == 1
    item = bench.item()
    assert not item.regenerating
    assert item.draft is not None
    with bench.database.reading() as session:
        assert drafts.awaited_again(session) == []
