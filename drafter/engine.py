"""Engine: jobs that survive a crash, a restart and a lost machine. The only place that knows DBOS.

A job is enqueued in the transaction that stores what it is about, so that neither can exist without the other.
It is named by what it does (`draft-<review>-<version>`): enqueued twice, it is there once. It carries ids, no text.

DBOS leaves some things to its users; this module does them:
- every process has an id of its own (`executor_id`) and shows a heartbeat; the jobs of one that fell silent are taken
  over by another;
- finished jobs are deleted within a minute or so: the results of their steps hold text;
- on SQLite its tables lie in our file, in WAL mode, beside ours; on PostgreSQL in a schema of their own;
- its own event loop runs the jobs: one loop a process for all model calls, apart from the loop that serves pages.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from drafter.domain.errors import Misconfigured
from drafter.heartbeats import SILENT_SECONDS, Heartbeats, Storage
from drafter.logs import fault

log = logging.getLogger(__name__)

APPLICATION = "drafter"
#: Raise it by hand when a workflow's steps change so that one begun by older code cannot be finished by newer.
APPLICATION_VERSION = "1"
SCHEMA = "dbos"  # of DBOS's tables on PostgreSQL

DRAFT, HAND_OVER = "draft", "hand_over"
DRAFTS, HAND_OVERS = "drafts", "hand_overs"  # their queues
POLL_SECONDS = {DRAFTS: 0.1, HAND_OVERS: 0.5}  # 0.1 s costs 4 % of a core and starts a job after about 60 ms
HAND_OVERS_AT_ONCE = 4

MAX_RECOVERIES = 20  # restarts of one process that a job survives; a job that kills its process must end some time

TICK_SECONDS = 1.0
KEEP_SECONDS = 60.0  # that a finished job stays
RETENTION_EVERY = 15.0  # seconds
_AT_ONCE = 500  # rows that one look at DBOS's tables brings

_UNFINISHED = ["ENQUEUED", "PENDING", "DELAYED"]
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


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
        executor_id: str,
        workers: int,
        silent_seconds: float = SILENT_SECONDS,
        on_close: Callable[[], None] = lambda: None,
    ) -> None:
        self.executor_id = executor_id
        self._on_close = on_close
        self._database = database
        self._workers = workers
        self._jobs: Jobs | None = None
        if database.is_sqlite:
            require_sqlite(sys.version_info[:2], sqlite3.sqlite_version_info[:2])
        self._own_engine = _sqlite_engine(database.address) if database.is_sqlite else None
        self._client = _client(database.address, self._own_engine)
        self._heartbeats = Heartbeats(database, executor_id, silent_seconds)
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
        for queue, at_once in ((DRAFTS, self._workers), (HAND_OVERS, HAND_OVERS_AT_ONCE)):
            self._client.register_queue(
                queue, worker_concurrency=at_once, polling_interval_sec=POLL_SECONDS[queue], on_conflict="always_update"
            )

    def launch(self) -> None:
        """Start to take jobs; those that this executor left unfinished come first."""
        if self._jobs is None:
            raise RuntimeError("an engine needs its jobs (`build`) before it is launched")
        if Engine._launched is not None:
            raise RuntimeError("another engine of this process is at work")
        self._heartbeats.beat()
        DBOS(config=self._config())
        Engine._launched = self
        _quiet_logs()
        _register(self._jobs)
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
        """Stop. What is unfinished goes on at the next launch, or is taken over by another process."""
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
        self._on_close()

    def _end(self) -> None:
        Engine._launched = None
        DBOS.destroy(destroy_registry=True)

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        """Have a review version drafted, once the caller's transaction is committed.

        `revision` counts the drafts that people asked for again. The same three values again do nothing.
        """
        suffix = f"-r{revision}" if revision else ""
        self._enqueue(session, DRAFT, DRAFTS, f"draft-{review_id}-{version}{suffix}", review_id, version, revision)

    def enqueue_hand_over(self, session: Session, reply_id: str, attempt: int) -> None:
        """Have a reply handed over, once the caller's transaction is committed. Repeats do nothing."""
        self._enqueue(session, HAND_OVER, HAND_OVERS, f"send-{reply_id}-{attempt}", reply_id)

    def waiting(self) -> int:
        """Return how many drafting jobs have not ended."""
        table = sa.table("workflow_status", sa.column("name"), sa.column("status"), schema=self._schema)
        query = sa.select(sa.func.count()).select_from(table)
        with self._database.reading() as session:
            return session.scalar(query.where(table.c.name == DRAFT, table.c.status.in_(_UNFINISHED))) or 0

    def is_drafting(self, review_id: str, version: str) -> bool:
        """Whether a drafting job of this review version has not ended."""
        prefix = f"draft-{review_id}-{version}"
        return bool(self._client.list_workflows(workflow_id_prefix=prefix, status=_UNFINISHED, limit=1))

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        """Do a part of a job whose result is kept: a job that is begun again takes the result and skips the work.

        The result must be plain JSON. Outside of a job the work is simply done.
        """
        if DBOS.workflow_id is None:
            return await work()

        async def run() -> Any:  # noqa: ANN401  # any JSON value
            return await work()

        return await DBOS.run_step_async({"name": name}, run)

    @property
    def _schema(self) -> str | None:
        return None if self._database.is_sqlite else SCHEMA

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
            "sys_db_pool_size": 8,
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
        while not self._stop.wait(TICK_SECONDS):
            _guarded("engine.heartbeat_failed", self._heartbeats.beat)
            _guarded("engine.takeover_failed", self._take_over)

    def _tick(self) -> None:
        retention_at = 0.0
        while not self._stop.wait(TICK_SECONDS):
            if self._jobs is not None:
                _guarded("engine.tick_failed", self._jobs.tick)
            if time.monotonic() >= retention_at:
                _guarded("engine.retention_failed", self._delete_finished)
                retention_at = time.monotonic() + RETENTION_EVERY

    def _take_over(self) -> None:
        """Put the jobs of processes that fell silent back into their queues."""
        pending = self._client.list_workflows(status="PENDING", limit=_AT_ONCE, load_input=False, load_output=False)
        owners = {job.executor_id for job in pending if job.executor_id}
        for dead in self._heartbeats.claim_silent(owners):
            for job in pending:
                if job.executor_id == dead:
                    self._client.resume_workflow(job.workflow_id, queue_name=job.queue_name)
                    log.warning("engine.job_taken_over", extra={"job": job.workflow_id, "executor": dead})
            self._heartbeats.forget(dead)

    def _delete_finished(self) -> None:
        before = (datetime.now(UTC) - timedelta(seconds=KEEP_SECONDS)).isoformat()
        while True:
            done = self._client.list_workflows(
                completed_before=before, status=_FINISHED, limit=_AT_ONCE, load_input=False, load_output=False
            )
            self._client.delete_workflows([job.workflow_id for job in done])
            if len(done) < _AT_ONCE:
                return


def _guarded(event: str, work: Callable[[], None]) -> None:
    """Do the work; what it raises is logged, and the loop goes on."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever it is, the next turn may go well
        log.error(event, extra=fault(error))  # noqa: TRY400  # its message may hold customer text


def _register(jobs: Jobs) -> None:
    async def draft(review_id: str, version: str, revision: int) -> None:
        await _logged(jobs.draft(review_id, version, revision), review_id=review_id, version=version)

    async def hand_over(reply_id: str) -> None:
        await _logged(jobs.hand_over(reply_id), reply_id=reply_id)

    DBOS.workflow(name=DRAFT, max_recovery_attempts=MAX_RECOVERIES)(draft)
    DBOS.workflow(name=HAND_OVER, max_recovery_attempts=MAX_RECOVERIES)(hand_over)


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
