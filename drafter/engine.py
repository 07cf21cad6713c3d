"""Engine: jobs that survive a crash, a restart and a lost machine. The only place that knows DBOS.

A job is enqueued in the transaction that stores what it is about, so that neither can exist without the other.
It is named by what it does (`draft-<review>-<version>`): enqueued twice, it is there once. It carries ids, no text.

DBOS leaves some things to its users; this module does them:
- every start of a process has an id that no other has, and shows a heartbeat; the jobs of one that fell silent go back
  into their queues, and so do those of one that was closed. A process that only stood still finds that its jobs are
  another's: DBOS keeps no more of their steps from it;
- a job that this process was given and does not run (the database was away just then) goes back, too;
- what a job's steps kept under other code (`STEPS`) is dropped, and the job begins anew; else it goes on;
- finished jobs are deleted within a minute or so: the results of their steps hold text;
- on SQLite its tables lie in our file, in WAL mode, beside ours; on PostgreSQL in a schema of their own;
- its own event loop runs the jobs: one loop a process for all model calls, apart from the loop that serves pages.

How many jobs a process runs at once DBOS keeps in a row of the queue: the process that was launched last says it for
all of one database.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from drafter.domain.errors import Misconfigured
from drafter.executors import ProcessName, executor_id
from drafter.heartbeats import SILENT_SECONDS, Storage
from drafter.job_rows import SCHEMA, UNFINISHED, JobRows
from drafter.logs import fault
from drafter.upkeep import Upkeep, guarded

log = logging.getLogger(__name__)

APPLICATION = "drafter"
#: Never changes: DBOS lets a process of one version take no job of another, and so would leave old jobs lying.
APPLICATION_VERSION = "1"
#: Raise it by hand when the steps of a job come in another order, or keep JSON that other code cannot read: what was
#: begun under another number, older or newer, then begins anew instead of failing. The arguments of a job are fixed.
STEPS = "3"

DRAFT, HAND_OVER = "draft", "hand_over"
DRAFTS, HAND_OVERS = "drafts", "hand_overs"  # their queues
POLL_SECONDS = {DRAFTS: 0.1, HAND_OVERS: 0.5}  # 0.1 s costs 4 % of a core and starts a job after about 60 ms
HAND_OVERS_AT_ONCE = 4

MAX_RECOVERIES = 20  # times that a job is begun again; one that kills its process must end some time

TICK_SECONDS = 1.0
KEEP_SECONDS = 60.0  # that a finished job stays
RETENTION_EVERY = 15.0  # seconds
_STEPS_ENDING = "@{}"  # of a step's name
_AT_ONCE = 500  # rows that one look at DBOS's tables brings

_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_NOT_RUNNING = [*_FINISHED, "ENQUEUED", "DELAYED"]


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """What the engine runs."""

    draft: Callable[[str, str, int], Awaitable[None]]  # review id, version, revision
    hand_over: Callable[[str], Awaitable[None]]  # reply id
    tick: Callable[[], None] = lambda: None  # every second or so, in a thread


class Engine:
    """Queues and runs jobs. A process has at most one that is launched: DBOS keeps itself in a global."""

    _launched: ClassVar[Engine | None] = None

    def __init__(
        self,
        *,
        database: Storage,
        name: str | ProcessName,
        workers: int,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._name = ProcessName(name=name) if isinstance(name, str) else name
        self.executor_id = executor_id(self._name.name)
        self._database = database
        self._workers = workers
        self._jobs: Jobs | None = None
        self._rows = JobRows(is_sqlite=database.is_sqlite)
        if database.is_sqlite:
            require_sqlite(sys.version_info[:2], sqlite3.sqlite_version_info[:2])
        self._own_engine = _sqlite_engine(database.address) if database.is_sqlite else None
        self._client = _client(database.address, self._own_engine)
        self._upkeep = Upkeep(database, self.executor_id, self._name, self._rows, silent_seconds)
        self._running: Counter[str] = Counter()  # jobs; one that was lost and came back may be here twice for a while
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def build(self, jobs: Jobs) -> None:
        """Set what is run, once an engine, and get the database ready: from then on jobs can be enqueued."""
        if self._jobs is not None:
            raise RuntimeError("an engine's jobs are set once")
        self._jobs = jobs
        self._prepare()

    def _prepare(self) -> None:
        """Create or upgrade DBOS's tables and its queues."""
        DBOS.migrate(self._database.address, schema=SCHEMA)
        self._register_queues("never_update")

    def _register_queues(self, on_conflict: Literal["always_update", "never_update"]) -> None:
        for queue, at_once in ((DRAFTS, self._workers), (HAND_OVERS, HAND_OVERS_AT_ONCE)):
            self._client.register_queue(
                queue, worker_concurrency=at_once, polling_interval_sec=POLL_SECONDS[queue], on_conflict=on_conflict
            )

    def launch(self) -> None:
        """Start to take jobs, and first put back what an earlier process of this name left, where that is known."""
        if self._jobs is None:
            raise RuntimeError("an engine needs its jobs (`build`) before it is launched")
        if Engine._launched is not None:
            raise RuntimeError("another engine of this process is at work")
        self._register_queues("always_update")
        self._upkeep.show_life()
        self._upkeep.inherit()
        DBOS(config=self._config())
        Engine._launched = self
        _quiet_logs()
        self._register(self._jobs)
        try:
            with ThreadPoolExecutor(1) as apart:  # DBOS would make an event loop that it finds here its own
                apart.submit(DBOS.launch).result()
        except Exception:
            self._end()
            raise
        for work in (self._show_life, self._tick):  # apart: a tick that takes long must not look like a death
            thread = threading.Thread(target=work, name=f"drafter{work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Stop. What is unfinished goes back into its queue, for the next process that asks."""
        if self._stop.is_set():
            return
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if Engine._launched is self:
            self._end()
        self._client.destroy()
        if self._own_engine is not None:
            self._own_engine.dispose()
        self._name.release()

    def _end(self) -> None:
        Engine._launched = None
        DBOS.destroy(destroy_registry=True)
        guarded("engine.upkeep_failed", self._upkeep.retire)

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        """Have a review version drafted, once the caller's transaction is committed.

        `revision` counts the drafts that people asked for again. The same three values again do nothing.
        """
        suffix = f"-r{revision}" if revision else ""
        self._enqueue(session, DRAFT, DRAFTS, f"draft-{review_id}-{version}{suffix}", review_id, version, revision)

    def enqueue_hand_over(self, session: Session, reply_id: str, attempt: int) -> None:
        """Have a reply handed over, once the caller's transaction is committed. Repeats do nothing."""
        self._enqueue(session, HAND_OVER, HAND_OVERS, f"send-{reply_id}-{attempt}", reply_id)

    def forget(self, review_id: str, reply_ids: Sequence[str]) -> None:
        """Delete what the jobs of a review and of its replies have kept, and those that have not begun.

        One that runs now finds the review gone, ends without storing anything, and is deleted as all that have ended.
        """
        for prefix in (f"draft-{review_id}-", *(f"send-{reply_id}-" for reply_id in reply_ids)):
            jobs = self._client.list_workflows(
                workflow_id_prefix=prefix, status=_NOT_RUNNING, load_input=False, load_output=False
            )
            self._client.delete_workflows([job.workflow_id for job in jobs])

    def waiting(self) -> int:
        """Return how many drafting jobs have not ended."""
        with self._database.reading() as session:
            return self._rows.unfinished(session, DRAFT)

    def is_drafting(self, review_id: str, version: str) -> bool:
        """Whether a drafting job of this review version has not ended."""
        prefix = f"draft-{review_id}-{version}"
        return bool(self._client.list_workflows(workflow_id_prefix=prefix, status=list(UNFINISHED), limit=1))

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        """Do a part of a job whose result is kept: a job that is begun again takes the result and skips the work.

        The result must be plain JSON. Outside of a job the work is simply done.
        """
        if DBOS.workflow_id is None:
            return await work()

        async def run() -> Any:  # noqa: ANN401  # any JSON value
            return await work()

        return await DBOS.run_step_async({"name": name + _STEPS_ENDING.format(STEPS)}, run)

    def _enqueue(self, session: Session, workflow: str, queue: str, workflow_id: str, *arguments: str | int) -> None:
        options: EnqueueOptions = {"workflow_name": workflow, "queue_name": queue, "workflow_id": workflow_id}
        self._client.enqueue_in_transaction(session, options, *arguments)

    def _config(self) -> DBOSConfig:
        config: DBOSConfig = {
            "name": APPLICATION,
            "application_version": APPLICATION_VERSION,
            "executor_id": self.executor_id,
            "dbos_system_schema": SCHEMA,
            "serializer": DBOSPortableJSONSerializer(),
            "sys_db_pool_size": self._workers + HAND_OVERS_AT_ONCE + 4,  # a connection for each job, and some to watch
            "log_level": "ERROR",
            "enable_otlp": False,
            "db_engine_kwargs": {"hide_parameters": True},
            "run_migrations": False,  # `build` has done it
        }
        if self._own_engine is not None:
            config["system_database_engine"] = self._own_engine
        else:
            config["system_database_url"] = self._database.address
        return config

    def _show_life(self) -> None:
        upkeep = self._upkeep
        while not self._stop.wait(TICK_SECONDS):
            for work in (upkeep.show_life, upkeep.take_over, lambda: upkeep.put_back_idle(self._running.keys())):
                guarded("engine.upkeep_failed", work)

    def _tick(self) -> None:
        retention_at = 0.0
        while not self._stop.wait(TICK_SECONDS):
            if self._jobs is not None:
                guarded("engine.tick_failed", self._jobs.tick)
            if time.monotonic() >= retention_at:
                guarded("engine.retention_failed", self._delete_finished)
                retention_at = time.monotonic() + RETENTION_EVERY

    def _register(self, jobs: Jobs) -> None:
        async def draft(review_id: str, version: str, revision: int) -> None:
            await self._run(jobs.draft(review_id, version, revision), review_id=review_id, version=version)

        async def hand_over(reply_id: str) -> None:
            await self._run(jobs.hand_over(reply_id), reply_id=reply_id)

        DBOS.workflow(name=DRAFT, max_recovery_attempts=MAX_RECOVERIES)(draft)
        DBOS.workflow(name=HAND_OVER, max_recovery_attempts=MAX_RECOVERIES)(hand_over)

    async def _run(self, work: Awaitable[None], **ids: str) -> None:
        job = DBOS.workflow_id or ""
        self._running[job] += 1
        try:
            await asyncio.to_thread(self._forget_unfit_steps, job)
            await _logged(work, **ids)
        finally:
            self._running[job] -= 1
            if not self._running[job]:
                del self._running[job]

    def _forget_unfit_steps(self, job: str) -> None:
        ending = _STEPS_ENDING.format(STEPS)
        with self._database.reading() as session:
            fit = not self._rows.has_other_steps(session, job, ending)
        if fit:
            return
        log.warning("engine.job_begins_anew", extra={"job": job})
        with self._database.writing() as session:
            self._rows.drop_steps(session, job, self.executor_id)

    def _delete_finished(self) -> None:
        before = (datetime.now(UTC) - timedelta(seconds=KEEP_SECONDS)).isoformat()
        while True:
            done = self._client.list_workflows(
                completed_before=before, status=_FINISHED, limit=_AT_ONCE, load_input=False, load_output=False
            )
            self._client.delete_workflows([job.workflow_id for job in done])
            if len(done) < _AT_ONCE:
                return


async def _logged(work: Awaitable[None], **ids: str) -> None:
    try:
        await work
    except Exception as error:
        log.error("engine.job_failed", extra=ids | fault(error))  # noqa: TRY400  # its message may hold customer text
        raise


def require_sqlite(python: tuple[int, int], sqlite: tuple[int, int]) -> None:
    """Refuse a SQLite that is too old for DBOS, which on Python 3.12 and newer asks it for milliseconds.

    Raises:
        Misconfigured: the message says what would do.
    """
    if python >= (3, 12) and sqlite < (3, 42):
        raise Misconfigured(
            f"This Python's SQLite is {sqlite[0]}.{sqlite[1]}; with Python {python[0]}.{python[1]} it must be 3.42 or "
            "newer. Use Python 3.11 (make PYTHON=python3.11 demo), a Python with a newer SQLite, or PostgreSQL "
            "(DRAFTER_DATABASE_URL)."
        )


def _client(address: str, engine: sa.Engine | None) -> DBOSClient:
    return DBOSClient(
        system_database_url=None if engine is not None else address,
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )


def _sqlite_engine(address: str) -> sa.Engine:
    """Return an engine as DBOS wants one: its driver begins with the write lock before the first change."""
    engine = sa.create_engine(address, hide_parameters=True)

    def prepare(connection: DBAPIConnection, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        cursor = connection.cursor()
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    sa.event.listen(engine, "connect", prepare)
    return engine


def _quiet_logs() -> None:
    """Let DBOS log as everything else does, from `ERROR` upwards (its configuration says so).

    Its own word of a job that raised is left out: it has the error's message, and `engine.job_failed` says the rest.
    """
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.propagate = True
    logger.addFilter(_says_nothing_of_jobs)


def _says_nothing_of_jobs(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("Exception encountered in asynchronous workflow")
