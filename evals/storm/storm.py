"""One storm: reviews come in, workers are killed and started again, a person approves, and all of it is judged."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from drafter.domain.approval import ItemState
from drafter.domain.record import Record
from drafter.heartbeats import SILENT_SECONDS
from evals.storm.model import RandomModel
from evals.storm.scene import Scene, Started, until

DELIVERY_SECONDS = 0.3
BETWEEN_KILLS = (0.1, 1.2)  # seconds
#: What the kills wait for, in turn: any job in progress, a call in flight, one for a draft that has an answer kept.
AIMS = ("job", "call", "kept")
AIM_SECONDS = 20.0  # that a kill waits for its aim
EACH_KILL = 2  # reviews that every kill gets at least
BACKLOG = 8  # jobs that wait or are in progress while a kill waits for its moment
SAME_NAME = 0.6  # share of the killed whose name is used again
PATIENCE = 300.0  # seconds for the end


class Size(Record):
    """How large a storm is."""

    reviews: int
    workers: int = 3
    kills: int
    seed: int = 1
    silent_seconds: float = SILENT_SECONDS  # after which a worker counts as dead


class Outcome(Record):
    """What became of a storm."""

    database: str
    reviews: int
    ended_once: int  # reviews with one item, approved, and one draft
    kills: int  # each of a worker with a job in progress
    jobs_hit: int  # jobs in progress at the kills
    answers_kept: int  # of the model, on record for those jobs
    replies: int
    most_replies_a_review: int
    deliveries: int  # webhooks that came
    deliveries_again: int  # of them under an id that had come before
    deliveries_needless: int  # of them on record as confirmed when they came
    calls: int  # of the model
    calls_in_flight: int  # at the kills: asked, and the answer not kept
    calls_again: int
    calls_of_kept_answers: int  # of all calls, those whose answer was on record
    calls_taken_from_living: int  # of those again, the ones whose first asker was alive: it was taken for dead
    most_calls_again_a_kill: int  # the same call, by one worker
    jobs_left: int
    rows_left: int  # of jobs and steps, after the clean-up
    seconds: float

    def faults(self) -> list[str]:
        """Return what is not as it has to be."""
        wrong = {
            "not every review ended once": self.ended_once != self.reviews,
            "not every review has its one reply": self.replies != self.reviews or self.most_replies_a_review != 1,
            "a reply went out under two ids, or not at all": self.deliveries - self.deliveries_again != self.replies,
            "a reply went out after it was confirmed": self.deliveries_needless > 0,
            "a kept answer was asked for again": self.calls_of_kept_answers > 0,
            "a call of a living worker was made again": self.calls_taken_from_living > 0,
            "a call in flight was repeated more than once for a kill": self.calls_again - self.calls_taken_from_living
            > self.calls_in_flight
            or self.most_calls_again_a_kill > 1,
            "jobs or their rows were left behind": self.jobs_left + self.rows_left > 0,
        }
        return [fault for fault, is_so in wrong.items() if is_so]


def run_storm(address: str, size: Size) -> Outcome:
    """Let a storm go over an installation on an empty, migrated database."""
    dice, began = random.Random(size.seed), time.monotonic()  # noqa: S311  # no secret
    with Scene(address, answer=RandomModel(size.seed), delivery_seconds=DELIVERY_SECONDS) as scene, _desk(scene):
        names = [None, *(f"worker-{number}" for number in range(2, size.workers + 1))]
        lived = [scene.start(name, keep_seconds=2, silent_seconds=size.silent_seconds) for name in names]
        damage = _Damage()
        for kill in range(size.kills):
            scene.receive(EACH_KILL)
            reserved = EACH_KILL * (size.kills - kill - 1)
            aim = _Aim(AIMS[kill % len(AIMS)], size.reviews - reserved, time.monotonic() + AIM_SECONDS)
            _strike(scene, lived, dice, aim, damage)
        scene.receive(size.reviews - len(scene.jobs))
        until(lambda: _is_over(scene), "the end of the storm", PATIENCE)
        jobs_left = scene.unfinished()
        until(lambda: scene.rows_of_jobs() == 0, "the clean-up", PATIENCE)
        return _outcome(scene, size, damage, jobs_left, time.monotonic() - began)


@dataclass
class _Damage:
    """What the kills hit."""

    jobs: int = 0
    kept: int = 0  # answers on record for those jobs
    in_flight: int = 0  # calls


@dataclass
class _Aim:
    """What a kill waits for; reviews are taken in meanwhile, so that it comes."""

    at: str  # one of AIMS
    reviews: int  # that may be taken in for it, with those before
    until: float  # by the monotonic clock; then any job will do

    def is_met(self, scene: Scene, started: Started) -> bool:
        """Whether a worker would be hit where the aim is; any job will do once the reviews are used up."""
        left = self.reviews - len(scene.jobs)
        scene.receive(max(min(left, BACKLOG - scene.unfinished()), 0))
        if self.at == "job" or left <= 0 or time.monotonic() > self.until:
            return bool(scene.jobs_of(started))
        calls = scene.in_flight(started)
        return any(self.at == "call" or scene.answers_kept(scene.jobs[call.review]) for call in calls)


@contextmanager
def _desk(scene: Scene) -> Iterator[None]:
    """Approve what comes, in a thread of its own; what goes wrong there is raised at the end."""
    stop, wrong = threading.Event(), list[Exception]()

    def approve() -> None:
        try:
            while not stop.wait(0.1):
                scene.approve_all()
        except Exception as error:  # noqa: BLE001  # raised again below
            wrong.append(error)

    thread = threading.Thread(target=approve)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if wrong:
        raise wrong[0]


def _strike(scene: Scene, lived: list[Started], dice: random.Random, aim: _Aim, damage: _Damage) -> None:
    """Kill a worker that has a job in progress, and start one in its place."""
    time.sleep(dice.uniform(*BETWEEN_KILLS))
    victims: list[Started] = []

    def found() -> bool:
        victims[:] = [started for started in lived if aim.is_met(scene, started)]
        return bool(victims)

    until(found, "a worker at work", PATIENCE)
    victim = dice.choice(victims)
    scene.kill(victim)
    lived.remove(victim)
    jobs = scene.jobs_of(victim)
    damage.jobs += len(jobs)
    damage.kept += sum(scene.answers_kept(job) for job in jobs)
    damage.in_flight += len(scene.in_flight(victim))
    name = victim.options.name if dice.random() < SAME_NAME else f"worker-{len(scene.started) + 1}"
    kept = {field: getattr(victim.options, field) for field in ("keep_seconds", "silent_seconds")}
    lived.append(scene.start(name, **kept))


def _is_over(scene: Scene) -> bool:
    replies = scene.replies()
    return len(replies) == len(scene.jobs) and all(confirmed for _, _, confirmed in replies) and not scene.unfinished()


def _outcome(scene: Scene, size: Size, damage: _Damage, jobs_left: int, seconds: float) -> Outcome:
    items, replies = scene.items(), scene.replies()
    received, calls = Counter(scene.receiver.received), scene.calls
    once = len(items) == scene.drafts() == len(scene.jobs)
    return Outcome(
        database="SQLite" if scene.database.is_sqlite else "PostgreSQL",
        reviews=size.reviews,
        ended_once=items.count(ItemState.APPROVED) if once else 0,
        kills=size.kills,
        jobs_hit=damage.jobs,
        answers_kept=damage.kept,
        replies=len(replies),
        most_replies_a_review=max(Counter(review for review, _, _ in replies).values(), default=0),
        deliveries=received.total(),
        deliveries_again=received.total() - len(received),
        deliveries_needless=len(scene.receiver.needless),
        calls=len(calls.all),
        calls_in_flight=damage.in_flight + sum(call.late and not call.kept for call in calls.all),
        calls_again=len(calls.repeats),
        calls_of_kept_answers=sum(call.kept for call in calls.all),
        calls_taken_from_living=sum(call.sender_lived for call in calls.all),
        most_calls_again_a_kill=calls.most_by_one_start,
        jobs_left=jobs_left,
        rows_left=scene.rows_of_jobs(),
        seconds=round(seconds, 1),
    )
