"""What every queue of jobs keeps to: the engine and its twin in memory, each with both databases' transactions."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from drafter import engine as engine_module
from drafter.engine import Engine, Jobs
from drafter.store.database import Database
from drafter.testing import InMemoryQueue, QueueMemory

DEADLINE = 20.0  # seconds; far above what is needed
Queue = Engine | InMemoryQueue


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.02)


@dataclass
class Recorder:
    """Jobs that write down what they were asked for."""

    drafted: list[tuple[str, str, int]] = field(default_factory=list)
    handed_over: list[str] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)

    async def draft(self, review_id: str, version: str, revision: int) -> None:
        self.drafted.append((review_id, version, revision))

    async def hand_over(self, reply_id: str) -> None:
        self.handed_over.append(reply_id)

    def jobs(self, draft: Callable[..., Any] | None = None, tick: Callable[[], None] = lambda: None) -> Jobs:
        return Jobs(draft=draft or self.draft, hand_over=self.hand_over, tick=tick)


@pytest.fixture(params=["engine", "in memory"])
def new_queue(
    request: pytest.FixtureRequest, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Queue]]:
    """Make queues, each the process after the last one's restart; all are closed at the end."""
    monkeypatch.setattr(engine_module, "TICK_SECONDS", 0.05)
    memory = QueueMemory()
    made: list[Queue] = []

    def make() -> Queue:
        if request.param == "engine":
            made.append(Engine(database=database, name="test-1", workers=2))
        else:
            made.append(InMemoryQueue(memory, workers=2))
        return made[-1]

    yield make
    for queue in made:
        queue.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_jobs_run_once_their_transaction_is_committed_and_not_before(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    queue = new_queue()
    queue.build(recorder.jobs())
    queue.launch()
    with database.writing() as session:
        queue.enqueue_draft(session, "rev_1", "v1")
        queue.enqueue_hand_over(session, "reply_1", 1)
        assert recorder.drafted == []
    until(lambda: bool(recorder.drafted and recorder.handed_over) and queue.waiting() == 0)
    assert (recorder.drafted, recorder.handed_over) == ([("rev_1", "v1", 0)], ["reply_1"])


def test_a_job_of_an_undone_transaction_never_runs(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    queue = new_queue()
    queue.build(recorder.jobs())
    with database.writing() as session:
        queue.enqueue_draft(session, "rev_undone", "v1")
        session.rollback()
    with database.writing() as session, suppress(ZeroDivisionError), session.begin_nested():
        queue.enqueue_draft(session, "rev_undone", "v1")
        raise ZeroDivisionError
    assert queue.waiting() == 0
    with database.writing() as session:
        queue.enqueue_draft(session, "rev_later", "v1")
    queue.launch()
    until(lambda: queue.waiting() == 0)
    assert recorder.drafted == [("rev_later", "v1", 0)]


def test_a_job_is_there_once_however_often_it_is_asked_for(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    queue = new_queue()
    queue.build(recorder.jobs())
    for _ in range(2):
        with database.writing() as session:
            queue.enqueue_draft(session, "rev_1", "v1")
            queue.enqueue_draft(session, "rev_1", "v1")
            queue.enqueue_draft(session, "rev_1", "v1", revision=1)
            queue.enqueue_hand_over(session, "reply_1", 1)
    queue.launch()
    until(lambda: queue.waiting() == 0 and bool(recorder.handed_over))
    with database.writing() as session:  # finished, it is not begun anew
        queue.enqueue_draft(session, "rev_1", "v1")
        queue.enqueue_draft(session, "rev_2", "v1")
    until(lambda: len(recorder.drafted) >= 3 and queue.waiting() == 0)
    assert sorted(recorder.drafted) == [("rev_1", "v1", 0), ("rev_1", "v1", 1), ("rev_2", "v1", 0)]
    assert recorder.handed_over == ["reply_1"]


def test_what_waits_is_counted_and_known_by_its_review_version(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    queue = new_queue()
    queue.build(recorder.jobs())
    with database.writing() as session:
        queue.enqueue_draft(session, "rev_1", "v1")
        queue.enqueue_draft(session, "rev_2", "v1", revision=2)
        queue.enqueue_hand_over(session, "reply_1", 1)
    assert queue.waiting() == 2
    assert queue.is_drafting("rev_1", "v1")
    assert queue.is_drafting("rev_2", "v1")
    assert not queue.is_drafting("rev_1", "v2")
    queue.launch()
    until(lambda: queue.waiting() == 0)
    assert not queue.is_drafting("rev_1", "v1")


def test_no_more_jobs_are_at_work_than_there_are_workers_and_all_get_their_turn(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    at_work: list[str] = []
    most = 0

    async def draft(review_id: str, version: str, revision: int) -> None:
        nonlocal most
        at_work.append(review_id)
        most = max(most, len(at_work))
        for _ in range(20):
            await asyncio.sleep(0)
        at_work.remove(review_id)
        await recorder.draft(review_id, version, revision)

    queue = new_queue()
    queue.build(recorder.jobs(draft))
    with database.writing() as session:
        for number in range(8):
            queue.enqueue_draft(session, f"rev_{number}", "v1")
    queue.launch()
    until(lambda: queue.waiting() == 0)
    assert sorted(review_id for review_id, _, _ in recorder.drafted) == [f"rev_{number}" for number in range(8)]
    assert most <= 2


def test_a_job_that_fails_does_not_stop_the_rest(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    async def draft(review_id: str, version: str, revision: int) -> None:
        if review_id == "rev_bad":
            raise ValueError("what the customer wrote")
        await recorder.draft(review_id, version, revision)

    queue = new_queue()
    queue.build(recorder.jobs(draft))
    with database.writing() as session:
        for review_id in ("rev_bad", "rev_good"):
            queue.enqueue_draft(session, review_id, "v1")
    queue.launch()
    until(lambda: queue.waiting() == 0)
    queue.close()
    assert recorder.drafted == [("rev_good", "v1", 0)]
    assert any(record.message.endswith("job_failed") for record in caplog.records)
    assert "what the customer wrote" not in caplog.text


def test_a_job_that_is_begun_again_repeats_no_kept_step_and_the_one_under_way(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    calls: list[str] = []
    stuck = threading.Event()

    async def read() -> dict[str, Any]:
        calls.append("read")
        return {"situation": "quality", "points": [1, None, "é"]}

    async def hangs() -> str:
        calls.append("write")
        stuck.set()
        await asyncio.Event().wait()
        return "never"

    async def writes() -> str:
        calls.append("write again")
        return "a draft"

    def job(queue: Queue, write: Callable[[], Any]) -> Callable[..., Any]:
        async def draft(review_id: str, version: str, revision: int) -> None:
            situation = await queue.step("read", read)
            text = await queue.step("write", write)
            calls.append(f"{situation['situation']} {situation['points']} {text}")
            await recorder.draft(review_id, version, revision)

        return draft

    first = new_queue()
    first.build(recorder.jobs(job(first, hangs)))
    with database.writing() as session:
        first.enqueue_draft(session, "rev_1", "v1")
    first.launch()
    assert stuck.wait(DEADLINE)
    first.close()
    assert recorder.drafted == []

    second = new_queue()
    second.build(recorder.jobs(job(second, writes)))
    assert second.waiting() == 1
    second.launch()
    until(lambda: second.waiting() == 0)
    assert calls == ["read", "write", "write again", "quality [1, None, 'é'] a draft"]
    assert recorder.drafted == [("rev_1", "v1", 0)]


async def test_outside_of_a_job_a_step_is_simply_done(new_queue: Callable[[], Queue], recorder: Recorder) -> None:
    queue = new_queue()
    queue.build(recorder.jobs())

    async def read() -> str:
        return "done"

    assert await queue.step("read", read) == "done"


def test_a_step_keeps_nothing_but_plain_json(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    queue = new_queue()

    async def read() -> object:
        return object()

    async def draft(review_id: str, version: str, revision: int) -> None:
        await queue.step("read", read)
        await recorder.draft(review_id, version, revision)

    queue.build(recorder.jobs(draft))
    with database.writing() as session:
        queue.enqueue_draft(session, "rev_1", "v1")
    queue.launch()
    until(lambda: queue.waiting() == 0)
    assert recorder.drafted == []


def test_closing_stops_the_work_and_twice_does_no_harm(
    new_queue: Callable[[], Queue], database: Database, recorder: Recorder
) -> None:
    begun: list[object] = []

    async def draft(*arguments: object) -> None:
        begun.append(arguments)
        await asyncio.Event().wait()

    queue = new_queue()
    queue.build(recorder.jobs(draft))
    with database.writing() as session:
        for number in range(5):
            queue.enqueue_draft(session, f"rev_{number}", "v1")
    queue.launch()
    until(lambda: len(begun) == 2)
    queue.close()
    queue.close()
    next_one = new_queue()
    next_one.build(recorder.jobs())
    assert next_one.waiting() == 5
    next_one.launch()
    until(lambda: next_one.waiting() == 0)
    assert len(recorder.drafted) == 5


def test_it_ticks_though_a_tick_fails(new_queue: Callable[[], Queue], recorder: Recorder) -> None:
    def tick() -> None:
        recorder.ticks.append(1)
        raise ValueError("a fault in a tick")

    queue = new_queue()
    queue.build(recorder.jobs(tick=tick))
    queue.launch()
    until(lambda: len(recorder.ticks) >= 3)


def test_jobs_are_set_once_and_before_the_launch(new_queue: Callable[[], Queue], recorder: Recorder) -> None:
    queue = new_queue()
    with pytest.raises(RuntimeError, match="build"):
        queue.launch()
    queue.build(recorder.jobs())
    with pytest.raises(RuntimeError, match="once"):
        queue.build(recorder.jobs())
