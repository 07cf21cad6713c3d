"""The drafting job as the engine runs it, on both databases: it ends, and tells what it took."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from drafter.approvals import Approvals
from drafter.compose import PipelineParts
from drafter.domain.approval import ItemState
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.domain.review import Review
from drafter.domain.situation import Situation
from drafter.drafting import Drafting, job
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.store import shops
from drafter.store.database import Database
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter

DEADLINE = 30.0  # seconds; far above what is needed


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.02)


async def _no_hand_over(reply_id: str, *_: object) -> None:
    raise AssertionError(reply_id)


@contextmanager
def at_work(database: Database, clock: FixedClock, *writers: Writer, seconds: float = 60.0) -> Iterator[Engine]:
    parts = PipelineParts(
        reader=ScriptedReader(), writers=writers, inspector=ScriptedInspector(), draft_seconds=seconds
    )
    engine = Engine(database=database, name="test-1", workers=1)
    drafting = Drafting(database=database, parts=parts, clock=clock, step=engine.step)
    engine.build(Jobs(draft=drafting.draft, hand_over=_no_hand_over))
    with database.writing() as session:
        shops.ensure_default(session)
    engine.launch()
    yield engine
    engine.close()


def drafted(engine: Engine, database: Database, clock: FixedClock) -> str:
    """Take a review in, wait until its job has ended, and return the item's id."""
    intake = Intake(database=database, engine=engine, clock=clock)
    received = intake.receive("default", Review(external_id="r-1", text="Lovely bag", rating=5), {})
    until(lambda: engine.waiting() == 0)
    item_id = intake.status(received.review_id).item_id
    assert item_id is not None
    return item_id


def approvals(engine: Engine, database: Database, clock: FixedClock) -> Approvals:
    return Approvals(database=database, inspector=ScriptedInspector(), engine=engine, clock=clock, claim_minutes=10)


class Stuck(ScriptedWriter):
    """Never answers, whatever time it was given."""

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Wait for ever."""
        await asyncio.Event().wait()
        raise AssertionError((case, situation, brief))


def test_a_writer_that_never_answers_leaves_the_review_before_a_person(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "GRACE_SECONDS", 0.0)
    with at_work(database, clock, Stuck(), seconds=0.05) as engine:
        view = approvals(engine, database, clock).item(drafted(engine, database, clock))
    assert view.item.state is ItemState.ESCALATED
    assert "TimeoutError" in (view.item.reason or "")


def test_every_try_of_a_job_is_kept_with_what_it_took(database: Database, clock: FixedClock) -> None:
    failure = WriterFailed(
        "openai:x: the quota is used up.", model="openai:x", usage=Usage(calls=3, tokens_in=7, cost_usd=None)
    )
    writers = (ScriptedWriter(failure, name="llm"), ScriptedWriter(name="template"))
    with at_work(database, clock, *writers) as engine:
        view = approvals(engine, database, clock).item(drafted(engine, database, clock))
    assert [(one.model, one.outcome, one.reason) for one in view.attempts] == [
        ("openai:x", "failed", "openai:x: the quota is used up."),
        (None, "passed", None),
    ]
    assert view.usage == Usage(calls=3, tokens_in=7, cost_usd=None)
