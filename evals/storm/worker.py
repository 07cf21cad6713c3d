"""A worker that may be killed: the real engine, jobs, model writer and webhooks; its reader and checks cost nothing.

`python -m evals.storm.worker OPTIONS`, where OPTIONS is a `WorkerOptions` as JSON.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from drafter import engine as engine_module
from drafter import logs
from drafter.compose import PipelineParts, SystemClock
from drafter.delivery import Delivery
from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.record import Record
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.executors import ProcessName, name_in
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.testing import ScriptedInspector, ScriptedReader
from drafter.writers.llm import PROMPT, LlmWriter
from prompts.prompt import Prompt

SECRET = "whsec_c3Rvcm0tc3Rvcm0tc3Rvcm0tc3Rvcm0="  # noqa: S105  # signs what goes to a receiver on loopback
BLANK = "[Name]"  # what the checks find


class WorkerOptions(Record):
    """What one start of a worker is told."""

    address: str  # of the database
    model_url: str
    data_dir: Path
    name: str | None = None  # None: the lowest number that is free in the data folder
    at_once: int = 2
    silent_seconds: float = 1.5
    keep_seconds: float = 60.0
    steps: str = engine_module.STEPS
    recoveries: int = engine_module.MAX_RECOVERIES
    #: Where it stands still for good, or ends itself: while a draft is checked, or when its item is stored.
    stops: Literal["never", "checking", "stored", "dies"] = "never"


def inspector(options: WorkerOptions | None = None) -> ScriptedInspector:
    """Return checks that find a blank that was not filled in."""

    def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
        if options is not None and options.stops == "checking":
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
            reader=ScriptedReader(), writers=(LlmWriter(model, Prompt(PROMPT)),), inspector=inspector(options)
        )
        self._drafting = Drafting(database=database, parts=parts, clock=clock, step=self.engine.step)
        delivery = Delivery(
            database=database,
            engine=self.engine,
            clock=clock,
            settings=Settings(webhook_secret=SecretStr(SECRET), webhook_allow_private=True),
        )
        self.engine.build(Jobs(draft=self._draft, hand_over=delivery.hand_over, tick=delivery.tick))

    async def _draft(self, review_id: str, version: str, revision: int) -> None:
        if self._options.stops == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        await self._drafting.draft(review_id, version, revision)
        if self._options.stops == "stored":
            await asyncio.Event().wait()


def main(options: WorkerOptions) -> None:
    """Take jobs until SIGTERM."""
    logs.configure("INFO")
    engine_module.STEPS, engine_module.MAX_RECOVERIES = options.steps, options.recoveries
    engine_module.TICK_SECONDS, engine_module.RETENTION_EVERY = 0.25, 1.0
    engine_module.KEEP_SECONDS = options.keep_seconds
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = Worker(options)
    worker.engine.launch()
    note = options.data_dir / f"{os.getpid()}.executor"
    note.with_suffix(".new").write_text(worker.engine.executor_id)
    note.with_suffix(".new").rename(note)
    stop.wait()
    worker.engine.close()


if __name__ == "__main__":
    main(WorkerOptions.model_validate_json(sys.argv[1]))
