"""Workers are killed with SIGKILL at the worst moments; others, or the same one started again, end what they began."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta

from drafter.compose import PipelineParts
from drafter.domain.approval import ItemState
from drafter.drafting import Drafting
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader
from evals.storm.model import ToldModel
from evals.storm.scene import Scene, Started, until

PATIENT = 3600.0  # seconds of silence after which nobody waits in a test


def calls(scene: Scene, review: str) -> list[tuple[str, int]]:
    """Return who made which call for a review, in their order."""
    return [(call.start, call.number) for call in scene.calls.of(review)]


def ended(scene: Scene, count: int) -> bool:
    return len(scene.items()) == count and scene.unfinished() == 0


def running(started: Started) -> bool:
    return started.executor is not None


def test_of_a_killed_workers_jobs_nothing_that_is_kept_is_done_again(scene: Scene, model: ToldModel) -> None:
    """One worker dies with a job in each state; of the model's calls exactly those under way are made again."""
    first, second, between, stored, waiting = scene.receive(5)
    model.hangs = {(first, 1), (second, 2)}
    model.blanks = {second, between}
    dead = scene.start("dead", at_once=4, stops_checking=frozenset({between}), stops_stored=frozenset({stored}))
    until(lambda: len(scene.calls.all) == 5 and len(scene.items()) == 1)
    until(lambda: scene.answers_kept(scene.jobs[between]) == 1)
    scene.kill(dead)
    assert calls(scene, waiting) == []
    assert len(scene.jobs) - len(scene.items()) == 4

    model.hangs = set()
    heir = scene.start("heir", at_once=4)
    until(lambda: ended(scene, 5))
    assert calls(scene, first) == [("start-1", 1), ("start-2", 1)]
    assert calls(scene, second) == [("start-1", 1), ("start-1", 2), ("start-2", 2)]
    assert calls(scene, between) == [("start-1", 1), ("start-2", 2)]
    assert calls(scene, stored) == [("start-1", 1)]
    assert calls(scene, waiting) == [("start-2", 1)]
    assert [log.read_text().count("storm.read") for log in (dead.log, heir.log)] == [4, 1]
    assert scene.items() == [ItemState.QUEUED] * 5
    assert scene.drafts() == 5
    until(lambda: scene.executors() == ["heir"])


def test_a_worker_started_again_goes_on_at_once_and_begins_anew_what_other_code_has_kept(
    scene: Scene, model: ToldModel
) -> None:
    """Its name is locked, so it need not wait for silence; the second review was enqueued before the new code came."""
    kept, fresh, waiting = scene.receive(3)
    model.hangs = {(fresh, 1)}
    model.blanks = {kept}
    before = scene.start(None, silent_seconds=PATIENT, stops_checking=frozenset({kept}))
    until(lambda: scene.answers_kept(scene.jobs[kept]) == 1 and len(calls(scene, fresh)) == 1)
    scene.kill(before)

    model.hangs = set()
    after = scene.start(None, silent_seconds=PATIENT, steps="2")
    until(lambda: ended(scene, 3))
    assert str(before.executor).partition(":")[0] == str(after.executor).partition(":")[0]
    assert calls(scene, kept) == [("start-1", 1), ("start-2", 1), ("start-2", 2)]
    assert calls(scene, fresh) == [("start-1", 1), ("start-2", 1)]
    assert calls(scene, waiting) == [("start-2", 1)]
    assert after.log.read_text().count("engine.job_begins_anew") == 2


def test_two_live_workers_of_one_name_leave_each_others_jobs_alone(scene: Scene, model: ToldModel) -> None:
    (hanging,) = scene.receive()
    model.hangs = {(hanging, 1)}
    one = scene.start("twin", at_once=1)
    until(lambda: bool(calls(scene, hanging)))
    other = scene.start("twin", at_once=1)
    until(lambda: running(other))
    (next_one,) = scene.receive()
    until(lambda: len(scene.items()) == 1)
    assert one.executor != other.executor
    assert calls(scene, hanging) == [("start-1", 1)]
    assert calls(scene, next_one) == [("start-2", 1)]
    assert scene.executors() == ["twin", "twin"]


def test_a_worker_that_stood_still_learns_that_its_jobs_are_anothers_and_takes_new_ones(
    scene: Scene, model: ToldModel
) -> None:
    (review,) = scene.receive()
    model.seconds = 1.0
    asleep = scene.start("asleep")
    until(lambda: bool(calls(scene, review)))
    scene.halt(asleep)
    heir = scene.start("heir")
    until(lambda: ended(scene, 1))
    asleep.signal(signal.SIGCONT)
    until(lambda: "engine.was_taken_for_dead" in asleep.log.read_text())
    assert scene.executors() == ["asleep", "heir"]

    scene.kill(heir)
    (later,) = scene.receive()
    until(lambda: ended(scene, 2))
    assert calls(scene, review) == [("start-1", 1), ("start-2", 1)]
    assert calls(scene, later) == [("start-1", 1)]
    assert scene.items() == [ItemState.QUEUED] * 2
    assert scene.drafts() == 2


def test_a_job_that_kills_its_workers_ends_and_its_review_comes_before_a_person(scene: Scene) -> None:
    (deadly,) = scene.receive()
    for number in range(2):
        killed = scene.start(f"worker-{number}", dies_of=frozenset({deadly}), recoveries=1)
        killed.process.join()
        assert scene.jobs_of(killed)
    spared = scene.start("worker-2", dies_of=frozenset({deadly}), recoveries=1)
    until(lambda: scene.unfinished() == 0)
    assert spared.process.is_alive()
    parts = PipelineParts(reader=ScriptedReader(), writers=(), inspector=ScriptedInspector())
    clock = FixedClock(datetime.now(UTC) + timedelta(minutes=3))
    drafting = Drafting(database=scene.database, parts=parts, clock=clock)
    assert drafting.rescue(scene.front) == 1
    assert scene.items() == [ItemState.ESCALATED]
