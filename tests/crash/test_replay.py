"""A drafting job that is begun again meets other recent replies and another time: what it kept still fits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from drafter.compose import PipelineParts, SystemClock
from drafter.domain.approval import ItemState
from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.situation import Situation
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.store import items, shops
from drafter.store.database import Database
from drafter.store.tables import ItemRow
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.storm.scene import until

BLANK = Finding(
    code="placeholder",
    check="test",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="A blank was not filled in.",
    suggestion="Fill it in.",
)


class HangingWriter(ScriptedWriter):
    """Writes as told, and at its third draft never comes back."""

    def __init__(self, *answers: str) -> None:
        super().__init__(*answers)
        self.hangs = threading.Event()

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        if brief.attempt == 3:
            self.hangs.set()
            await asyncio.Event().wait()
        return await super().write(case, situation, brief)


class Shop:
    """A database with one review that waits for its draft."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as session:
            shops.ensure_default(session)
        engine = self._engine(lambda _: (), ScriptedWriter())
        intake = Intake(database=database, engine=engine, clock=SystemClock())
        intake.receive("default", Review(external_id="r-1", text="Lovely", rating=5), {})
        engine.close()

    def interrupted(self, writer: HangingWriter) -> None:
        """Draft by this writer, with every draft blocked, and stop while it hangs."""
        engine = self._engine(lambda _: (BLANK,), writer)
        engine.launch()
        assert writer.hangs.wait(20)
        engine.close()

    def begun_again(
        self, find: Callable[[ReplyToCheck], tuple[Finding, ...]], writer: ScriptedWriter, seconds: float = 120.0
    ) -> tuple[str, str | None]:
        """Go on to the end; return the item's state and its draft's text."""
        engine = self._engine(find, writer, seconds)
        engine.launch()
        until(lambda: engine.waiting() == 0)
        engine.close()
        with self.database.reading() as session:
            row = session.query(ItemRow).one()
            draft = items.get(session, row.id).draft
        return row.state, draft.public_reply if draft else None

    def _engine(
        self,
        find: Callable[[ReplyToCheck], tuple[Finding, ...]],
        writer: ScriptedWriter,
        seconds: float = 120.0,
    ) -> Engine:
        engine = Engine(database=self.database, name="test", workers=1)
        parts = PipelineParts(
            reader=ScriptedReader(), writers=(writer,), inspector=ScriptedInspector(find), draft_seconds=seconds
        )
        drafting = Drafting(database=self.database, parts=parts, clock=SystemClock(), step=engine.step)

        async def hand_over(_: str) -> None:
            raise AssertionError("nothing is approved in this test")

        engine.build(Jobs(draft=drafting.draft, hand_over=hand_over))
        return engine


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


def test_a_kept_draft_that_passes_by_now_is_offered_and_those_after_it_are_not_missed(shop: Shop) -> None:
    shop.interrupted(HangingWriter("first", "second"))
    never = ScriptedWriter()
    assert shop.begun_again(lambda _: (), never) == (ItemState.QUEUED, "first")
    assert never.briefs == []


def test_with_hardly_any_time_the_kept_drafts_are_still_read_and_only_the_call_under_way_is_made_again(
    shop: Shop,
) -> None:
    shop.interrupted(HangingWriter("first", "second"))
    writer = ScriptedWriter("third")

    def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
        return () if reply.public_reply == "third" else (BLANK,)

    assert shop.begun_again(find, writer, seconds=0.001) == (ItemState.QUEUED, "third")
    assert [brief.attempt for brief in writer.briefs] == [3]
