"""The engine on both databases: jobs and transactions, restarts, takeover, retention."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import column, func, select, table

from drafter import engine as engine_module
from drafter.engine import Engine, Jobs
from drafter.store.database import Database

DEADLINE = 20.0  # seconds; far above what is needed, so that only a real fault reaches it


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.02)


def schema_of(database: Database) -> str | None:
    """Return where DBOS's tables lie."""
    return None if database.is_sqlite else "dbos"


class Recorder:
    """Jobs that write down what they were asked for."""

    def __init__(self) -> None:
        self.drafted: list[tuple[str, str, int]] = []
        self.handed_over: list[str] = []
        self.ticks = 0

    async def draft(self, review_id: str, version: str, revision: int) -> None:
        self.drafted.append((review_id, version, revision))

    async def hand_over(self, reply_id: str) -> None:
        self.handed_over.append(reply_id)

    def tick(self) -> None:
        self.ticks += 1

    @property
    def jobs(self) -> Jobs:
        return Jobs(draft=self.draft, hand_over=self.hand_over, tick=self.tick)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "TICK_SECONDS", 0.05)


@pytest.fixture
def engine(database: Database, recorder: Recorder) -> Iterator[Engine]:
    engine = Engine(database=database, name="test-1", workers=2)
    engine.build(recorder.jobs)
    yield engine
    engine.close()


def test_a_job_of_a_committed_transaction_runs(engine: Engine, database: Database, recorder: Recorder) -> None:
    engine.launch()
    with database.writing() as session:
        engine.enqueue_draft(session, "rev_1", "v1")
        engine.enqueue_hand_over(session, "reply_1", 1)
    until(lambda: bool(recorder.drafted and recorder.handed_over))
    assert recorder.drafted == [("rev_1", "v1", 0)]
    assert recorder.handed_over == ["reply_1"]


def test_a_job_of_an_undone_transaction_never_runs(engine: Engine, database: Database, recorder: Recorder) -> None:
    with database.writing() as session:
        engine.enqueue_draft(session, "rev_undone", "v1")
        session.rollback()
    assert engine.waiting() == 0
    with database.writing() as session:
        engine.enqueue_draft(session, "rev_later", "v1")
    engine.launch()
    until(lambda: bool(recorder.drafted) and engine.waiting() == 0)
    assert recorder.drafted == [("rev_later", "v1", 0)]


def test_a_repeated_job_is_accepted_and_there_once(engine: Engine, database: Database, recorder: Recorder) -> None:
    for _ in range(2):
        with database.writing() as session:
            engine.enqueue_draft(session, "rev_1", "v1")
            engine.enqueue_draft(session, "rev_1", "v1")
            engine.enqueue_draft(session, "rev_1", "v1", revision=1)
    assert engine.waiting() == 2
    assert engine.is_drafting("rev_1", "v1")
    assert not engine.is_drafting("rev_1", "v2")
    engine.launch()
    until(lambda: engine.waiting() == 0)
    assert sorted(recorder.drafted) == [("rev_1", "v1", 0), ("rev_1", "v1", 1)]


def test_a_restart_finishes_what_was_waiting_and_what_was_begun(database: Database, recorder: Recorder) -> None:
    begun = threading.Event()

    async def stuck(*_: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    first = Engine(database=database, name="test-1", workers=1)
    first.build(Jobs(draft=stuck, hand_over=recorder.hand_over))
    with database.writing() as session:
        for number in range(3):
            first.enqueue_draft(session, f"rev_{number}", "v1")
    first.launch()
    assert begun.wait(DEADLINE)
    first.close()

    second = Engine(database=database, name="test-2", workers=1, silent_seconds=3600)
    second.build(recorder.jobs)
    second.launch()
    until(lambda: second.waiting() == 0)
    second.close()
    assert sorted(recorder.drafted) == [(f"rev_{number}", "v1", 0) for number in range(3)]


def test_a_job_that_is_marked_as_taken_and_does_not_run_is_put_back(database: Database, recorder: Recorder) -> None:
    """The database may be away just as a job was given to this process."""
    own = Engine(database=database, name="test-2", workers=1, silent_seconds=1.0)
    own.build(recorder.jobs)
    with database.writing() as session:
        own.enqueue_draft(session, "rev_1", "v1")
        jobs = table("workflow_status", column("status"), column("executor_id"), schema=schema_of(database))
        session.execute(jobs.update().values(status="PENDING", executor_id=own.executor_id))
    own.launch()
    until(lambda: own.waiting() == 0)
    own.close()
    assert set(recorder.drafted) == {("rev_1", "v1", 0)}


def test_only_a_process_that_takes_jobs_says_how_many_run_at_once(
    database: Database, engine: Engine, recorder: Recorder
) -> None:
    """A command that takes a review in has no say in it."""
    engine.launch()
    command = Engine(database=database, name="command", workers=7)
    command.build(recorder.jobs)
    queues = table("queues", column("name"), column("worker_concurrency"), schema=schema_of(database))
    with database.reading() as session:
        at_once = session.scalar(select(queues.c.worker_concurrency).where(queues.c.name == "drafts"))
    command.close()
    assert at_once == 2


def test_a_kept_step_is_not_done_again_after_a_restart(database: Database) -> None:
    calls: list[str] = []
    begun = threading.Event()

    def engine_with(draft: Callable[[Engine], Callable[[str, str, int], object]]) -> Engine:
        engine = Engine(database=database, name="test-1", workers=1)
        recorder = Recorder()
        engine.build(Jobs(draft=draft(engine), hand_over=recorder.hand_over))  # type: ignore[arg-type]
        return engine

    async def read() -> dict[str, str]:
        calls.append("read")
        return {"situation": "quality"}

    def dies_after_step(engine: Engine) -> Callable[[str, str, int], object]:
        async def draft(*_: object) -> None:
            await engine.step("read", read)
            begun.set()
            await asyncio.Event().wait()

        return draft

    def goes_on(engine: Engine) -> Callable[[str, str, int], object]:
        async def draft(*_: object) -> None:
            calls.append((await engine.step("read", read))["situation"])

        return draft

    first = engine_with(dies_after_step)
    with database.writing() as session:
        first.enqueue_draft(session, "rev_1", "v1")
    first.launch()
    assert begun.wait(DEADLINE)
    first.close()
    second = engine_with(goes_on)
    second.launch()
    until(lambda: second.waiting() == 0)
    second.close()
    assert calls == ["read", "quality"]


def test_a_tick_that_raises_does_not_end_the_loop(database: Database) -> None:
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        raise ValueError("a fault in a tick")

    recorder = Recorder()
    engine = Engine(database=database, name="test-1", workers=1)
    engine.build(Jobs(draft=recorder.draft, hand_over=recorder.hand_over, tick=tick))
    engine.launch()
    until(lambda: len(ticks) >= 3)
    engine.close()


def test_a_job_that_raises_is_logged_without_its_words_and_does_not_hold_up_the_next_one(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()

    async def draft(review_id: str, version: str, revision: int) -> None:
        if review_id == "rev_bad":
            raise ValueError("what the customer wrote")
        await recorder.draft(review_id, version, revision)

    engine = Engine(database=database, name="test-1", workers=1)
    engine.build(Jobs(draft=draft, hand_over=recorder.hand_over))
    with database.writing() as session:
        engine.enqueue_draft(session, "rev_bad", "v1")
        engine.enqueue_draft(session, "rev_good", "v1")
    engine.launch()
    until(lambda: engine.waiting() == 0)
    engine.close()
    assert recorder.drafted == [("rev_good", "v1", 0)]
    assert [record.message for record in caplog.records if record.name == "drafter.engine"] == ["engine.job_failed"]
    assert "what the customer wrote" not in caplog.text


def test_finished_jobs_and_the_results_of_their_steps_are_deleted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "KEEP_SECONDS", -5.0)
    monkeypatch.setattr(engine_module, "RETENTION_EVERY", 0.0)
    engine = Engine(database=database, name="test-1", workers=1)

    async def read() -> str:
        return "what the customer wrote"

    async def draft(*_: object) -> None:
        await engine.step("read", read)

    engine.build(Jobs(draft=draft, hand_over=Recorder().hand_over))
    with database.writing() as session:
        engine.enqueue_draft(session, "rev_1", "v1")
    engine.launch()
    names = ("workflow_status", "operation_outputs", "workflow_input", "workflow_output")
    tables = [select(func.count()).select_from(table(name, schema=schema_of(database))) for name in names]

    def rows() -> int:
        with database.reading() as session:
            return sum(session.scalar(counted) or 0 for counted in tables)

    until(lambda: engine.waiting() == 0)
    until(lambda: rows() == 0)
    engine.close()


async def test_jobs_run_apart_from_the_loop_that_launches_the_engine(database: Database) -> None:
    """So that a job that holds its loop up never holds up the pages."""
    loops: list[asyncio.AbstractEventLoop] = []

    async def draft(*_: object) -> None:
        loops.append(asyncio.get_running_loop())

    own = Engine(database=database, name="test-2", workers=1)
    own.build(Jobs(draft=draft, hand_over=Recorder().hand_over))
    with database.writing() as session:
        own.enqueue_draft(session, "rev_1", "v1")
        own.enqueue_draft(session, "rev_2", "v1")
    own.launch()
    await asyncio.to_thread(until, lambda: own.waiting() == 0)
    own.close()
    assert len(set(loops)) == 1
    assert asyncio.get_running_loop() not in loops


def test_a_second_engine_of_one_process_is_refused_until_the_first_is_closed(
    engine: Engine, database: Database, recorder: Recorder
) -> None:
    second = Engine(database=database, name="test-2", workers=1)
    second.build(recorder.jobs)
    engine.launch()
    with pytest.raises(RuntimeError, match="another engine"):
        second.launch()
    engine.close()
    second.launch()
    second.close()


def test_an_engine_without_jobs_is_not_launched(database: Database) -> None:
    engine = Engine(database=database, name="test-1", workers=1)
    with pytest.raises(RuntimeError, match="jobs"):
        engine.launch()
    engine.close()
