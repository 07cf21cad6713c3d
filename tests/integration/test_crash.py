"""A worker is killed in the middle of a job; another process takes the job over and ends it once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from drafter.domain.review import Review
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.store import shops
from drafter.store.database import Database
from drafter.store.tables import DraftRow, HeartbeatRow, ItemRow
from drafter.testing import FixedClock

WORKER = Path(__file__).with_name("crash_worker.py")
DEADLINE = 40.0  # seconds; takeover needs about two


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.05)


async def _nothing(*_: object) -> None:
    raise AssertionError("this process takes no jobs")


def _receive(database: Database, clock: FixedClock, count: int) -> None:
    engine = Engine(database=database, name="front", workers=2)
    engine.build(Jobs(draft=_nothing, hand_over=_nothing))
    with database.writing() as session:
        shops.ensure_default(session)
    intake = Intake(database=database, engine=engine, clock=clock)
    for number in range(count):
        intake.receive("default", Review(external_id=f"r-{number}", text="Lovely", rating=5), {})
    engine.close()


def _count(database: Database, table: type[ItemRow] | type[DraftRow]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _start(database: Database, executor_id: str, log: Path, behaviour: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, WORKER, database.address, executor_id, log, behaviour])  # noqa: S603


def test_another_process_ends_the_jobs_of_a_killed_one_once(
    database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    """What the dead process had read is not read again; only the call under way is repeated."""
    log = tmp_path / "calls.log"
    log.touch()
    _receive(database, clock, 2)
    dead = _start(database, "dead", log, "hang")
    try:
        until(lambda: log.read_text().count("dead write") == 2)
    finally:
        dead.kill()
        dead.wait()
    assert _count(database, ItemRow) == 0

    heir = _start(database, "heir", log, "finish")
    try:
        until(lambda: _count(database, ItemRow) == 2)
        until(lambda: _executors(database) == ["heir"])
    finally:
        heir.kill()
        heir.wait()
    assert _count(database, DraftRow) == 2
    assert Counter(log.read_text().splitlines()) == {"dead read": 2, "dead write": 2, "heir write": 2}


def _executors(database: Database) -> list[str]:
    with database.reading() as session:
        return [executor.partition(":")[0] for executor in session.scalars(select(HeartbeatRow.id))]
