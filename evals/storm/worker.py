"""A worker that may be killed: the real engine, jobs, model writer and webhooks; its reader and checks cost nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from pathlib import Path

from pydantic import SecretStr

from drafter import engine as engine_module
from drafter import logs
from drafter.compose import PipelineParts, SystemClock
from drafter.delivery import Delivery
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.record import Record
from drafter.domain.situation import Situation
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.executors import ProcessName, name_in
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import Settings
from drafter.store import reviews
from drafter.store.database import Database
from drafter.testing import ScriptedInspector, ScriptedReader
from drafter.writers.llm import PROMPT, LlmWriter
from prompts.prompt import Prompt

SECRET = "whsec_c3Rvcm0tc3Rvcm0tc3Rvcm0tc3Rvcm0="  # noqa: S105  # signs what goes to a receiver on loopback
BLANK = "[Name]"  # what the checks find

_log = logging.getLogger(__name__)


class WorkerOptions(Record):
    """What one start of a worker is told."""

    address: str  # of the database
    model_url: str
    data_dir: Path
    name: str | None = None  # None: the lowest number that is free in the data folder
    at_once: int = 2
    silent_seconds: float = 3.0  # the product waits longer, a test need not; a busy machine must not look dead
    keep_seconds: float = 60.0
    steps: str = engine_module.STEPS
    recoveries: int = engine_module.MAX_RECOVERIES
    #: What kills it, or where it stands still for good, by the review's id at its platform.
    dies_of: frozenset[str] = frozenset()
    stops_checking: frozenset[str] = frozenset()  # a draft whose answer is kept
    stops_stored: frozenset[str] = frozenset()  # with the item stored and the job not ended


class LoggedReader(ScriptedReader):
    """Tells the log of each review that it reads."""

    async def read(self, case: Case) -> Situation:
        """Return the scripted situation."""
        _log.info("storm.read", extra={"review": case.review.external_id})
        return await super().read(case)


def inspector(stops: frozenset[str] = frozenset()) -> ScriptedInspector:
    """Return checks that find a blank that was not filled in, and stand still at some reviews."""

    def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
        if reply.case.review.external_id in stops:
            threading.Event().wait()
        start = (reply.public_reply or "").find(BLANK)
        if start < 0:
            return ()
        told = {"message": "A blank was not filled in.", "suggestion": "Write the words that belong there."}
        span = {"part": Part.PUBLIC, "start": start, "end": start + len(BLANK)}
        return (
            Finding.model_validate({"code": "placeholder", "check": "storm", "severity": Severity.BLOCK} | span | told),
        )

    return ScriptedInspector(find)


class Worker:
    """The parts of the process, wired as `compose.application` wires them."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        database, clock = Database(options.address), SystemClock()
        name = ProcessName(name=options.name) if options.name else name_in(options.data_dir)
        self.engine = Engine(
            database=database, name=name, workers=options.at_once, silent_seconds=options.silent_seconds
        )
        model = ChatModel(ModelOptions(name="openai:scripted", base_url=options.model_url))
        parts = PipelineParts(
            reader=LoggedReader(),
            writers=(LlmWriter(model, Prompt(PROMPT)),),
            inspector=inspector(options.stops_checking),
        )
        self._database = database
        self._drafting = Drafting(database=database, parts=parts, clock=clock, step=self.engine.step)
        delivery = Delivery(
            database=database,
            engine=self.engine,
            clock=clock,
            settings=Settings(webhook_secret=SecretStr(SECRET), webhook_allow_private=True),
        )
        self.engine.build(Jobs(draft=self._draft, hand_over=delivery.hand_over, tick=delivery.tick))

    async def _draft(self, review_id: str, version: str, revision: int) -> None:
        with self._database.reading() as session:
            review = reviews.get(session, review_id).review.external_id
        if review in self._options.dies_of:
            os.kill(os.getpid(), signal.SIGKILL)
        await self._drafting.draft(review_id, version, revision)
        if review in self._options.stops_stored:
            await asyncio.Event().wait()


def main(options: WorkerOptions, log: Path) -> None:
    """Take jobs until SIGTERM; a process of its own begins here."""
    descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.environ["OPENAI_API_KEY"] = "scripted"
    logs.configure("INFO")
    engine_module.STEPS, engine_module.MAX_RECOVERIES = options.steps, options.recoveries
    engine_module.TICK_SECONDS, engine_module.RETENTION_EVERY = 0.25, 1.0
    engine_module.KEEP_SECONDS = options.keep_seconds
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = Worker(options)
    worker.engine.launch()
    note = log.with_suffix(".new")
    note.write_text(worker.engine.executor_id)
    note.rename(log.with_suffix(".executor"))
    stop.wait()
    worker.engine.close()
