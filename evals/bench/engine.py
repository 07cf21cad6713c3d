"""`engine`: reviews through intake and the job engine, beside the same drafts made and stored without a job."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy.orm import Session

from drafter.compose import PipelineParts, SystemClock
from drafter.domain.errors import DrafterError
from drafter.domain.review import Review
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.store import shops
from drafter.store.database import Database
from drafter.store.migrations import migrate
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.bench.measure import compare, tell

REVIEWS = 60  # a round
PATIENCE = 120.0  # seconds for a round
CLOCK = SystemClock()


@dataclass
class _NoQueue:
    """Takes jobs and lets the caller do them."""

    jobs: list[tuple[str, str, int]] = field(default_factory=list)

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        self.jobs.append((review_id, version, revision))


@dataclass
class _Bench:
    """The two ways, over one SQLite database; scripted parts, so that nothing but storing and queueing counts."""

    database: Database
    engine: Engine
    drafting: Drafting
    numbers: Iterator[int] = field(default_factory=count)

    def by_engine(self) -> None:
        """Take a round of reviews in and wait until each is drafted by a job."""
        intake = Intake(database=self.database, engine=self.engine, clock=CLOCK)
        ids = [intake.receive("default", self._review(), {}).review_id for _ in range(REVIEWS)]
        give_up = time.monotonic() + PATIENCE
        while any(intake.status(review_id).state == "drafting" for review_id in ids):
            if time.monotonic() > give_up:
                raise DrafterError("The engine did not draft a round of reviews in time.")
            time.sleep(0.01)

    def directly(self) -> None:
        """Take a round of reviews in and draft each at once."""
        queue = _NoQueue()
        intake = Intake(database=self.database, engine=queue, clock=CLOCK)
        for _ in range(REVIEWS):
            intake.receive("default", self._review(), {})
        asyncio.run(self._draft_all(queue))

    async def _draft_all(self, queue: _NoQueue) -> None:
        for review_id, version, revision in queue.jobs:
            await self.drafting.draft(review_id, version, revision)

    def _review(self) -> Review:
        return Review(external_id=f"bench-{next(self.numbers)}", text="The zipper holds.", rating=5)


@contextmanager
def _bench(folder: Path) -> Iterator[_Bench]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    migrate(database)
    with database.writing() as session:
        shops.ensure_default(session)
    parts = PipelineParts(reader=ScriptedReader(), writers=(ScriptedWriter(),), inspector=ScriptedInspector())
    engine = Engine(database=database, name="bench", workers=2)
    durable = Drafting(database=database, parts=parts, clock=CLOCK, step=engine.step)

    async def hand_over(_: str) -> None:
        """Nothing is approved here."""

    engine.build(Jobs(draft=durable.draft, hand_over=hand_over))
    engine.launch()
    try:
        yield _Bench(database, engine, Drafting(database=database, parts=parts, clock=CLOCK))
    finally:
        engine.close()
        database.close()


def run() -> None:
    """Measure what a durable job costs a draft, on SQLite."""
    with tempfile.TemporaryDirectory() as folder, _bench(Path(folder)) as bench:
        found = compare(bench.by_engine, bench.directly, rounds=3)
    tell(
        "engine",
        {
            "reviews_a_round": REVIEWS,
            "ms_per_review_by_engine": 1000 * found.part / REVIEWS,
            "ms_per_review_directly": 1000 * found.baseline / REVIEWS,
            "cpu_ms_per_review_by_engine": 1000 * found.part_cpu / REVIEWS,
            "cpu_ms_per_review_directly": 1000 * found.baseline_cpu / REVIEWS,
            "ratio": found.ratio,
        },
    )
