"""Repair that learns, on both databases: what models mended is read from their tries, and acted upon."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from drafter.compose import PipelineParts
from drafter.domain.case import ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.drafting import Drafting
from drafter.drafting.durable import directly
from drafter.drafting.repairs import LATELY, TRIED_AGAIN, TRIES, KeptRepairs
from drafter.store import attempts, items, repairs, reviews, shops
from drafter.store.database import Database
from drafter.store.repairs import Round
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter


def finds_bad(reply: ReplyToCheck) -> tuple[Finding, ...]:
    if "bad" not in (reply.public_reply or ""):
        return ()
    place = {"part": Part.PUBLIC, "start": 0, "end": 3}
    return (Finding(code="tone", check="t", severity=Severity.BLOCK, message="m", suggestion="s", **place),)


class Bench:
    """A shop in which models try, with drafting by scripted writers."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock, self.number = database, clock, 0
        with database.writing() as session:
            shops.ensure_default(session)

    def receive(self) -> tuple[str, str]:
        self.number += 1
        self.clock.forward(timedelta(seconds=1))
        review = Review(external_id=str(self.number), text="Lovely")
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, self.clock.now())
        assert review_id is not None
        return review_id, review.version

    def tried(self, *tries: Attempt) -> None:
        """Keep the tries at one draft."""
        review = self.receive()
        with self.database.writing() as session:
            attempts.insert(session, *review, tries, shop="default", revision=0, now=self.clock.now())

    def rounds(self, model: str = "m:a") -> list[Round]:
        with self.database.reading() as session:
            return repairs.rounds(session, model, self.clock.now() - LATELY)

    async def drafted(self, *texts: str, step: Callable[..., Any] | None = None) -> tuple[str, str | None, int]:
        """Draft a review; return the reply, why it is a stand-in's, and how often the model was asked."""
        llm = ScriptedWriter(*texts, name="llm", model="m:a")
        parts = PipelineParts(
            reader=ScriptedReader(),
            writers=(llm, ScriptedWriter("Template.", name="template")),
            inspector=ScriptedInspector(finds_bad),
        )
        review_id, version = self.receive()
        drafting = Drafting(database=self.database, parts=parts, clock=self.clock, step=step or directly)
        await drafting.draft(review_id, version)
        with self.database.reading() as session:
            item = items.find(session, review_id, version)
        assert item is not None
        assert item.draft is not None
        return str(item.draft.public_reply), item.draft.provenance.fallback_reason, len(llm.briefs)


def attempt(number: int, *codes: str, model: str = "m:a", writer: str = "llm", failed: bool = False) -> Attempt:
    outcome = "failed" if failed else "blocked" if codes else "passed"
    return Attempt.model_validate(
        {"writer": writer, "model": model, "number": number, "outcome": outcome, "codes": codes}
    )


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return Bench(database, clock)


def test_each_round_is_told_with_what_was_left_newest_first(bench: Bench) -> None:
    bench.tried(attempt(1, "tone", "length"), attempt(1, "tone", writer="judge"), attempt(2, "tone"), attempt(3))
    bench.tried(attempt(1, "incentive"), attempt(1, writer="template", model=""))
    bench.tried(attempt(1))
    found = [(sorted(one.codes), None if one.left is None else sorted(one.left)) for one in bench.rounds()]
    assert found == [(["incentive"], None), (["tone"], []), (["length", "tone"], ["tone"])]


@pytest.mark.parametrize(
    "then",
    [
        (attempt(2, failed=True),),
        (attempt(2, model="m:b"),),
        (),
    ],
    ids=["its next answer could not be used", "another model mended it", "nobody did"],
)
def test_a_round_that_the_model_did_not_have_is_no_try(bench: Bench, then: tuple[Attempt, ...]) -> None:
    bench.tried(attempt(1, "tone"), *then)
    assert [one.left for one in bench.rounds()] == [None]


def test_after_the_last_round_nothing_can_follow(bench: Bench) -> None:
    bench.tried(attempt(1, "tone"), attempt(2, "tone"), attempt(3, "tone"))
    assert [one.left for one in bench.rounds()] == [frozenset({"tone"})] * 2


def test_old_rounds_and_those_of_other_models_and_judges_are_left_out(bench: Bench) -> None:
    bench.tried(attempt(1, "tone"), attempt(2))
    bench.clock.forward(LATELY)
    bench.tried(attempt(1, "tone", model="m:b"), attempt(1, "tone", writer="judge"))
    assert bench.rounds() == []


def test_the_drafts_of_a_preview_teach_nothing(bench: Bench) -> None:
    """They are kept together: the second try of one of them would follow the first of each."""
    tries = (attempt(1, "tone"), attempt(1, "length"), attempt(2))
    with bench.database.writing() as session:
        attempts.insert(session, None, attempts.NO_VERSION, tries, shop="default", revision=0, now=bench.clock.now())
    assert bench.rounds() == []
    with bench.database.reading() as session:
        assert list(repairs.runs(session, bench.clock.now() - LATELY)) == []


async def test_a_model_that_never_mends_a_finding_is_passed_over_and_tried_again_at_every_tenth(bench: Bench) -> None:
    for _ in range(TRIES // 2):  # of two rounds each
        assert await bench.drafted("bad") == ("Template.", "llm: could not be mended (tone)", 3)
    given_up = "llm: m:a was not asked to mend it: in 30 days it has never mended tone in 8 tries"
    for _ in range(TRIED_AGAIN - 1):
        assert await bench.drafted("bad") == ("Template.", given_up, 1)
    assert (await bench.drafted("bad"))[2] == 3
    for _ in range(TRIED_AGAIN - 1):
        assert (await bench.drafted("bad"))[2] == 1
    assert await bench.drafted("bad", "Good.") == ("Good.", None, 2)
    assert await bench.drafted("bad", "Good.") == ("Good.", None, 2)


async def test_a_record_that_cannot_be_read_lets_a_model_mend(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with bench.database.writing() as session:
        session.execute(text("ALTER TABLE attempt RENAME TO lost"))
    assert await KeptRepairs(bench.database, bench.clock).in_vain("m:a", ["tone"]) is None
    assert [record.message for record in caplog.records] == ["repairs.not_read"]


async def test_a_job_that_is_begun_again_keeps_to_what_it_was_told(bench: Bench) -> None:
    """The record says another thing by then; the steps are those of the first time, in their places."""
    kept: list[str] = []

    async def keep(_name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        kept.append(json.dumps(await work()))
        return json.loads(kept[-1])

    assert (await bench.drafted("bad", "Good.", step=keep))[0] == "Good."
    for _ in range(TRIES):
        bench.tried(attempt(1, "tone"), attempt(2, "tone"))
    bench.clock.forward(LATELY - timedelta(hours=1))
    replayed = iter(kept)

    async def replay(_name: str, _work: Callable[[], Awaitable[Any]]) -> Any:
        return json.loads(next(replayed))

    assert await bench.drafted("never asked", step=replay) == ("Good.", None, 0)
    assert list(replayed) == []
