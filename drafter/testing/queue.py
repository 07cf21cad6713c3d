"""InMemoryQueue: the twin of `drafter.engine.Engine`, without DBOS and without tables.

What the engine keeps in the database is in a `QueueMemory`: a second queue on the same memory is the process after a
restart. `tests/integration/test_queue_contract.py` holds both to the same behaviour.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from drafter.logs import fault

if TYPE_CHECKING:  # the engine brings DBOS, which these tests are to do without
    from drafter.engine import Jobs

log = logging.getLogger(__name__)

HAND_OVERS_AT_ONCE = 4
TICK_SECONDS = 0.05

_Kind = Literal["draft", "hand_over"]


@dataclass
class _Job:
    """One job, by what it does."""

    name: str
    kind: _Kind
    arguments: tuple[Any, ...]
    ended: bool = False
    steps: list[tuple[str, str]] = field(default_factory=list)  # name and result, as JSON


@dataclass
class QueueMemory:
    """What outlives a process: all jobs that were ever taken down, in their order."""

    jobs: dict[str, _Job] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class _Run:
    """A job at work, and how many of its steps it has asked for."""

    job: _Job
    asked: int = 0


_running: ContextVar[_Run | None] = ContextVar("running", default=None)


class InMemoryQueue:
    """Queues and runs jobs in this process, on an event loop of its own, in the order in which they came in."""

    def __init__(self, memory: QueueMemory | None = None, *, workers: int = 2) -> None:
        self.memory = memory or QueueMemory()
        self._slots = {"draft": workers, "hand_over": HAND_OVERS_AT_ONCE}
        self._jobs: Jobs | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, deque[_Job]] = {kind: deque() for kind in self._slots}
        self._tasks: dict[asyncio.Task[None], _Kind] = {}
        self._closed = False

    def build(self, jobs: Jobs) -> None:
        """Set what is run, once a queue."""
        if self._jobs is not None:
            raise RuntimeError("a queue's jobs are set once")
        self._jobs = jobs

    def launch(self) -> None:
        """Start to take jobs; those that were left unfinished come first."""
        if self._jobs is None:
            raise RuntimeError("a queue needs its jobs (`build`) before it is launched")
        if self._thread is not None or self._closed:
            raise RuntimeError("a queue is launched once")
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="in-memory-queue", daemon=True)
        self._thread.start()
        ready.result()

    def close(self) -> None:
        """Stop. What is unfinished goes on in the next queue that is launched on this memory."""
        self._closed = True
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._thread = None

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        """Have a review version drafted, once the caller's transaction is committed. Repeats do nothing."""
        suffix = f"-r{revision}" if revision else ""
        job = _Job(f"draft-{review_id}-{version}{suffix}", "draft", (review_id, version, revision))
        self._enqueue(session, job)

    def enqueue_hand_over(self, session: Session, reply_id: str, attempt: int) -> None:
        """Have a reply handed over, once the caller's transaction is committed. Repeats do nothing."""
        self._enqueue(session, _Job(f"send-{reply_id}-{attempt}", "hand_over", (reply_id,)))

    def waiting(self) -> int:
        """Return how many drafting jobs have not ended."""
        with self.memory.lock:
            return sum(job.kind == "draft" and not job.ended for job in self.memory.jobs.values())

    def is_drafting(self, review_id: str, version: str) -> bool:
        """Whether a drafting job of this review version has not ended."""
        with self.memory.lock:
            return any(
                job.kind == "draft" and job.arguments[:2] == (review_id, version) and not job.ended
                for job in self.memory.jobs.values()
            )

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        """Do a part of a job whose result is kept: a job that is begun again takes the result and skips the work.

        The result must be plain JSON. Outside of a job the work is simply done.
        """
        run = _running.get()
        if run is None:
            return await work()
        place, run.asked = run.asked, run.asked + 1
        if place < len(run.job.steps):
            kept_name, kept = run.job.steps[place]
            if kept_name != name:
                raise RuntimeError(f"step {place} of {run.job.name} was {kept_name} before and is {name} now")
            return json.loads(kept)
        kept = json.dumps(await work())
        run.job.steps.append((name, kept))
        return json.loads(kept)

    def _enqueue(self, session: Session, job: _Job) -> None:
        """Take a job down when the session's whole transaction is committed; forget it where its part is undone."""
        asked = session.info.get(self)
        if asked is None:
            asked = session.info[self] = []
            event.listen(session, "after_commit", self._committed)
            event.listen(session, "after_soft_rollback", self._undone)
        asked.append((session.get_nested_transaction() or session.get_transaction(), job))

    def _committed(self, session: Session) -> None:
        if not session.in_nested_transaction():
            for _, job in session.info[self]:
                self._take(job)
            session.info[self].clear()

    def _undone(self, session: Session, undone: SessionTransaction) -> None:
        session.info[self] = [
            (within, job) for within, job in session.info[self] if undone not in _with_parents(within)
        ]

    def _take(self, job: _Job) -> None:
        with self.memory.lock:
            if job.name in self.memory.jobs:
                return
            self.memory.jobs[job.name] = job
        if self._loop is not None and not self._closed:
            self._loop.call_soon_threadsafe(self._add, job)

    def _run(self, ready: Future[None]) -> None:
        self._loop = loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        with self.memory.lock:
            unfinished = [job for job in self.memory.jobs.values() if not job.ended]
        for job in unfinished:
            self._add(job)
        ticking = loop.create_task(self._tick())
        loop.call_soon(ready.set_result, None)
        loop.run_forever()
        left = [ticking, *self._tasks]
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    def _add(self, job: _Job) -> None:
        queue = self._waiting[job.kind]
        if job not in queue:
            queue.append(job)
        self._start(job.kind)

    def _start(self, kind: _Kind) -> None:
        """Begin waiting jobs as long as there are free slots."""
        while self._waiting[kind] and sum(busy == kind for busy in self._tasks.values()) < self._slots[kind]:
            task = asyncio.get_event_loop().create_task(self._do(self._waiting[kind].popleft()))
            self._tasks[task] = kind
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        kind = self._tasks.pop(task)
        if not self._closed:
            self._start(kind)

    async def _do(self, job: _Job) -> None:
        assert self._jobs is not None  # noqa: S101  # `launch` has looked
        _running.set(_Run(job))
        work = self._jobs.draft if job.kind == "draft" else self._jobs.hand_over
        try:
            await work(*job.arguments)
        except Exception as error:  # noqa: BLE001  # a job that fails ends, and does not hold up the next one
            log.error("queue.job_failed", extra={"job": job.name, **fault(error)})  # noqa: TRY400  # may hold customer text
        job.ended = True

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                await asyncio.to_thread(self._jobs.tick if self._jobs else lambda: None)
            except Exception as error:  # noqa: BLE001  # whatever it is, the next turn may go well
                log.error("queue.tick_failed", extra=fault(error))  # noqa: TRY400  # may hold customer text


def _with_parents(transaction: SessionTransaction | None) -> Iterator[SessionTransaction]:
    while transaction is not None:
        yield transaction
        transaction = transaction.parent
