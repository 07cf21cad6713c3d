"""A worker process for the crash test: `crash_worker.py ADDRESS EXECUTOR LOG hang|finish`.

It drafts with a reader and a writer that append what they do to LOG; with `hang` the writer never comes back.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

from drafter.compose import PipelineParts, SystemClock
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.situation import Situation
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.store.database import Database
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter


class LoggedReader(ScriptedReader):
    def __init__(self, note: Note) -> None:
        super().__init__()
        self._note = note

    async def read(self, case: Case) -> Situation:
        self._note("read")
        return await super().read(case)


class LoggedWriter(ScriptedWriter):
    def __init__(self, note: Note, *, hangs: bool) -> None:
        super().__init__()
        self._note = note
        self._hangs = hangs

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        self._note("write")
        if self._hangs:
            await asyncio.Event().wait()
        return await super().write(case, situation, brief)


class Note:
    """Appends a line at once, so that it is there after a kill."""

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._name = name

    def __call__(self, what: str) -> None:
        with self._file.open("a") as log:
            log.write(f"{self._name} {what}\n")


async def _no_hand_over(_: str) -> None:
    raise AssertionError("nothing is approved in this test")


def main(address: str, name: str, log: str, behaviour: str) -> None:
    database, note = Database(address), Note(Path(log), name)
    engine = Engine(database=database, name=name, workers=2, silent_seconds=1.5)
    parts = PipelineParts(
        reader=LoggedReader(note),
        writers=(LoggedWriter(note, hangs=behaviour == "hang"),),
        inspector=ScriptedInspector(),
    )
    drafting = Drafting(database=database, parts=parts, clock=SystemClock(), step=engine.step)
    engine.build(Jobs(draft=drafting.draft, hand_over=_no_hand_over))
    engine.launch()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
