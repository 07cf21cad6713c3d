"""The scene: a shop with its database, a model's server, a receiver of replies, and workers that can be killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from drafter.approvals import Approvals, DecisionRequest
from drafter.compose import SystemClock
from drafter.domain.approval import Actor, DecisionKind, ItemState
from drafter.domain.errors import NotFound
from drafter.domain.reply import ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.store import items, replies, shops
from drafter.store.database import Database
from drafter.store.tables import DraftRow, HeartbeatRow, ItemRow, ReplyPartRow, ReplyRow
from drafter.store.testing import stored_person
from drafter.testing import Answer, ChatRequest, ModelServer
from evals.storm import poller, worker
from evals.storm.calls import Call, Calls, mark
from evals.storm.receiver import Receiver
from evals.storm.worker import WorkerOptions, inspector

PATIENCE = 60.0  # seconds; far above what is needed, so that only a real fault reaches it
_LOOK_SECONDS = 0.03


def until(condition: Callable[[], bool], what: str = "the condition", seconds: float = PATIENCE) -> None:
    """Wait until a condition holds. Raises TimeoutError."""
    end, gate = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come in {seconds:.0f} s")
        gate.wait(_LOOK_SECONDS)


async def _nothing(*_: object) -> None:
    raise AssertionError("this process takes no jobs")


@dataclass(frozen=True, kw_only=True)
class Started:
    """One start of a worker."""

    start: str  # its name towards the model's server
    options: WorkerOptions
    log: Path
    process: BaseProcess = field(repr=False)

    @property
    def executor(self) -> str | None:
        """Its id towards the others; None while it has none yet."""
        file = self.log.with_suffix(".executor")
        return file.read_text() if file.exists() else None

    def kill(self) -> None:
        """Kill it with SIGKILL, and wait until it is no more."""
        self.process.kill()
        self.process.join()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.process.pid or 0, number)


class Scene:
    """A shop that answers by a model; a context manager that ends whatever it started."""

    def __init__(self, address: str, *, answer: Callable[[ChatRequest], Answer], delivery_seconds: float = 0.0) -> None:
        """Open on a migrated database; `answer` is what the model says."""
        self.database = Database(address)
        self._stack = ExitStack()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="drafter-storm-")))
        self.calls = Calls(self._kept_of)
        self.model = ModelServer(answer, on_request=self.calls.note)
        self.receiver = Receiver(self._is_confirmed, delivery_seconds)
        self.jobs: dict[str, str] = {}  # the name of a review's drafting job, by the review's mark
        self.started: list[Started] = []
        self.front = Engine(database=self.database, name="front", workers=1)
        schema = None if self.database.is_sqlite else "dbos"
        names = ("workflow_uuid", "function_id", "function_name", "output", "status", "executor_id")
        self._steps, self._jobs = (
            sa.table(table, *(sa.column(name) for name in names), schema=schema)
            for table in ("operation_outputs", "workflow_status")
        )

    def __enter__(self) -> Self:
        """Open the shop."""
        for part in (self.model, self.receiver):
            self._stack.enter_context(part)
        self.front.build(Jobs(draft=_nothing, hand_over=_nothing))
        self.open_shop(webhook=True)
        self._intake = Intake(database=self.database, engine=self.front, clock=SystemClock())
        self._approvals = Approvals(
            database=self.database, inspector=inspector(), engine=self.front, clock=SystemClock(), claim_minutes=10
        )
        self._person: Actor = stored_person(self.database, "ana")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every worker and close."""
        for started in self.started:
            started.kill()
        self.front.close()
        self._stack.close()
        self.database.close()

    def open_shop(self, *, webhook: bool) -> None:
        """Let replies go to the receiver, or wait for a tool that polls."""
        with self.database.writing() as session:
            shops.save(session, Shop(undo_seconds=0, webhook_url=self.receiver.url if webhook else None))

    def receive(self, count: int = 1) -> list[str]:
        """Take reviews in; return their marks."""
        marks = [mark(len(self.jobs) + number) for number in range(count)]
        for word in marks:
            self.calls.marks.add(word)
            review = Review(external_id=word, text=f"The {word} zipper holds well.", rating=5)
            received = self._intake.receive("default", review, {})
            self.jobs[word] = f"draft-{received.review_id}-{received.version}"
        return marks

    def start(self, name: str | None = None, **options: Any) -> Started:  # noqa: ANN401  # `WorkerOptions` checks them
        """Start a worker."""
        start = f"start-{len(self.started) + 1}"
        chosen = WorkerOptions(
            address=self.database.address,
            model_url=self.model.url.replace("/v1", f"/{start}/v1"),
            data_dir=self.folder,
            name=name,
            **options,
        )
        log = self.folder / f"{start}.log"
        process = _processes().Process(target=worker.main, args=(chosen, log), daemon=True)
        process.start()
        self.started.append(Started(start=start, options=chosen, log=log, process=process))
        return self.started[-1]

    def start_poller(self) -> tuple[BaseProcess, Path]:
        """Start a process that polls and never answers; return it, and the file that is there once it has polled."""
        polled = self.folder / "polled"
        process = _processes().Process(target=poller.main, args=(self.database.address, polled), daemon=True)
        process.start()
        self._stack.callback(process.kill)
        return process, polled

    def kill(self, started: Started) -> None:
        """Kill a worker."""
        started.kill()
        self.calls.died(started.start)

    def halt(self, started: Started) -> None:
        """Let a worker stand still between its writes: one that holds SQLite's lock would halt all others, too."""
        until(lambda: self._halted(started), "the worker between its writes")

    def _halted(self, started: Started) -> bool:
        started.signal(signal.SIGSTOP)
        address = sa.make_url(self.database.address)
        if not address.drivername.startswith("sqlite") or _can_be_written(str(address.database)):
            return True
        started.signal(signal.SIGCONT)
        return False

    def in_flight(self, started: Started) -> list[Call]:
        """Return the calls that a worker has made and whose answers are not on record."""
        return [call for call in self.calls.by(started.start) if self._kept_of(call.review) < call.number]

    def approve_all(self) -> int:
        """Approve, as a person, whatever waits for it; return how many that were."""
        waiting = [entry for entry in self._approvals.queue(limit=200).entries if entry.state is ItemState.QUEUED]
        for entry in waiting:
            request = DecisionRequest(kind=DecisionKind.APPROVE)
            self._approvals.decide(entry.id, request, actor=self._person, expected_version=entry.version)
        return len(waiting)

    def jobs_of(self, started: Started) -> list[str]:
        """Return the jobs that a worker has taken and not ended."""
        jobs, executor = self._jobs.c, started.executor
        query = sa.select(jobs.workflow_uuid).where(jobs.status == "PENDING", jobs.executor_id == executor)
        return [str(job) for job in self._all(query)]

    def executors(self) -> list[str]:
        """Return the names of the processes that show life, sorted."""
        return sorted(str(executor).rpartition(":")[0] for executor in self._all(sa.select(HeartbeatRow.id)))

    def unfinished(self) -> int:
        """Return how many jobs have not ended."""
        return len(self._all(sa.select(self._jobs.c.status).where(self._jobs.c.status.in_(("ENQUEUED", "PENDING")))))

    def rows_of_jobs(self) -> int:
        """Return how many rows of jobs and their steps there are."""
        return sum(len(self._all(sa.select(table.c.workflow_uuid))) for table in (self._jobs, self._steps))

    def answers_kept(self, job: str) -> int:
        """Return how many answers of the model are on record for a job."""
        steps = self._steps.c
        kept = self._all(
            sa.select(steps.output).where(steps.workflow_uuid == job, steps.function_name.startswith("write"))
        )
        return sum("in_vain" not in str(output) for output in kept)  # what the record of repairs said is no answer

    def items(self) -> list[ItemState]:
        """Return the states of all items."""
        return [ItemState(state) for state in self._all(sa.select(ItemRow.state))]

    def drafts(self) -> int:
        """Return how many drafts were ever stored."""
        return len(self._all(sa.select(DraftRow.id)))

    def replies(self) -> list[tuple[str, str, bool]]:
        """Return each reply's review, its delivery id, and whether it was confirmed."""
        query = sa.select(ReplyRow.review_id, ReplyRow.delivery_id, ReplyRow.acknowledged_at)
        with self.database.reading() as session:
            return [(row[0], row[1], row[2] is not None) for row in session.execute(query)]

    def has_ready_reply(self) -> bool:
        """Whether a reply waits for a tool to take it."""
        return ReplyState.READY in self._all(sa.select(ReplyPartRow.state))

    def _kept_of(self, review: str) -> int:
        _, review_id, version = self.jobs[review].split("-")
        with self.database.reading() as session:
            if items.find(session, review_id, version) is not None:
                return sys.maxsize
        return self.answers_kept(self.jobs[review])

    def _is_confirmed(self, delivery_id: str) -> bool:
        with self.database.reading() as session:
            try:
                return replies.of_delivery(session, delivery_id, shop="default").acknowledged_at is not None
            except NotFound:
                return False

    def _all(self, query: sa.Select[Any]) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(query))


def _can_be_written(file: str) -> bool:
    """Whether nobody holds the lock of an SQLite file."""
    with closing(sqlite3.connect(file, timeout=0.1, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True


@cache
def _processes() -> ForkServerContext:
    """Return what starts workers: forks of a process that has loaded all they need, so that a start is quick."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([worker.__name__, "langchain_openai"])
    return context
