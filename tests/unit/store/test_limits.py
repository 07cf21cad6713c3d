"""Limits of models hold, whoever keeps count: one process by itself, or all that use one database."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.llm.gate import OWN_CLOCKS, Gate, Turn
from drafter.llm.limits import ABSENT, LEASE_MARGIN, MINUTE, Call, InProcessMeter, Meter
from drafter.llm.options import ModelOptions
from drafter.store.database import Database
from drafter.store.limits import SharedMeter
from drafter.testing import FixedClock

SECOND = timedelta(seconds=1)


@pytest.fixture(params=["in_process", "sqlite", "postgres"])
def meter(request: pytest.FixtureRequest, clock: FixedClock) -> Any:
    """Each of the meters, on a clock that the test moves."""
    if request.param == "in_process":
        yield InProcessMeter(clock.now)
        return
    database = Database(request.getfixturevalue(f"{request.param}_address"))
    yield SharedMeter(database, clock)
    database.close()


def a_call(name: str = "openai:a", tokens: int = 100, seconds: float = 30, **limits: int) -> Call:
    return Call(options=ModelOptions(name=name, **limits), tokens=tokens, seconds=seconds)


def test_no_more_calls_at_once_than_there_may_be(meter: Meter) -> None:
    first, second, third = (a_call(concurrency=2) for _ in range(3))
    assert meter.enter(first) is None
    assert meter.enter(second) is None
    wait = meter.enter(third)
    assert wait is not None
    assert (wait.limit, wait.seconds, wait.forever) == ("concurrency", 0, False)
    meter.leave(first)
    assert meter.enter(third) is None


def test_models_do_not_stand_in_each_others_way(meter: Meter) -> None:
    assert meter.enter(a_call("openai:a", concurrency=1)) is None
    assert meter.enter(a_call("openai:b", concurrency=1)) is None


def test_a_call_that_nobody_ends_frees_its_slot_after_its_lease(meter: Meter, clock: FixedClock) -> None:
    """Its process was killed."""
    assert meter.enter(a_call(concurrency=1, seconds=30)) is None
    clock.forward((30 + LEASE_MARGIN) * SECOND - SECOND)
    waiting = a_call(concurrency=1)
    assert meter.enter(waiting) is not None
    clock.forward(SECOND)
    assert meter.enter(waiting) is None


def test_who_came_first_begins_first(meter: Meter, clock: FixedClock) -> None:
    """Though another one looks at the right moment."""
    running, first, second = (a_call(concurrency=1) for _ in range(3))
    assert meter.enter(running) is None
    for waiting in (first, second):
        clock.forward(SECOND)
        assert meter.enter(waiting) is not None
    meter.leave(running)
    assert meter.enter(second) is not None
    assert meter.enter(first) is None


def test_with_two_free_slots_the_second_in_line_need_not_wait_for_the_first_to_look(
    meter: Meter, clock: FixedClock
) -> None:
    one, two, first, second = (a_call(concurrency=2) for _ in range(4))
    for call in (one, two, first, second):
        meter.enter(call)
        clock.forward(SECOND)
    meter.leave(one)
    meter.leave(two)
    assert meter.enter(second) is None


def test_one_who_went_away_keeps_nobody_waiting(meter: Meter, clock: FixedClock) -> None:
    running, gone, other = (a_call(concurrency=1) for _ in range(3))
    meter.enter(running)
    clock.forward(SECOND)
    meter.enter(gone)
    meter.leave(running)
    clock.forward(SECOND)
    assert meter.enter(other) is not None
    clock.forward(ABSENT)
    assert meter.enter(other) is None


def test_one_who_gives_up_keeps_nobody_waiting(meter: Meter, clock: FixedClock) -> None:
    running, gone, other = (a_call(concurrency=1, requests_per_minute=9) for _ in range(3))
    meter.enter(running)
    clock.forward(SECOND)
    meter.enter(gone)
    meter.leave(gone)
    meter.leave(running)
    assert meter.enter(other) is None


def test_requests_of_the_last_minute_are_counted(meter: Meter, clock: FixedClock) -> None:
    """Ended or not, and by the last sixty seconds, not by the clock's minute."""
    for _ in range(2):
        call = a_call(requests_per_minute=2)
        assert meter.enter(call) is None
        meter.leave(call, 10)
        clock.forward(20 * SECOND)
    waiting = a_call(requests_per_minute=2)
    wait = meter.enter(waiting)
    assert wait is not None
    assert (wait.limit, wait.seconds) == ("requests_per_minute", 20)
    clock.forward(20 * SECOND)
    assert meter.enter(waiting) is None
    assert meter.enter(a_call(requests_per_minute=2)) is not None


def test_tokens_are_held_until_it_is_known_what_a_call_took(meter: Meter) -> None:
    first, second = (a_call(tokens=600, tokens_per_minute=1_000) for _ in range(2))
    assert meter.enter(first) is None
    wait = meter.enter(second)
    assert wait is not None
    assert (wait.limit, wait.seconds) == ("tokens_per_minute", MINUTE.total_seconds())
    meter.leave(first, 400)
    assert meter.enter(second) is None


def test_tokens_that_nobody_told_count_as_held(meter: Meter) -> None:
    first, second = (a_call(tokens=600, tokens_per_minute=1_000) for _ in range(2))
    meter.enter(first)
    meter.leave(first)
    assert meter.enter(second) is not None


def test_a_call_larger_than_the_limit_is_told_so(meter: Meter) -> None:
    wait = meter.enter(a_call(tokens=1_001, tokens_per_minute=1_000))
    assert wait is not None
    assert wait.forever


def test_a_small_call_does_not_pass_a_large_one_that_waits(meter: Meter, clock: FixedClock) -> None:
    """Or the large one would wait for good."""
    running, large, small = (a_call(tokens=tokens, tokens_per_minute=1_000) for tokens in (500, 900, 100))
    meter.enter(running)
    clock.forward(SECOND)
    assert meter.enter(large) is not None
    clock.forward(SECOND)
    assert meter.enter(small) is not None


@dataclass
class Twins:
    """A meter of one process and one on a database, which are told the same; and what is true."""

    clock: FixedClock
    meters: tuple[Meter, Meter]
    running: list[Call] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)
    begun: list[tuple[Any, int]] = field(default_factory=list)  # when, and with how many tokens

    def enter(self, call: Call) -> None:
        said = [meter.enter(call) for meter in self.meters]
        assert said[0] == said[1]
        if said[0] is None:
            self.running.append(call)
            self.begun.append((self.clock.now(), call.tokens))
        elif not said[0].forever:
            self.waiting.append(call)
        self.check(call.options)

    def leave(self, call: Call, tokens: int) -> None:
        for meter in self.meters:
            meter.leave(call, tokens)
        self.running.remove(call)

    def check(self, options: ModelOptions) -> None:
        recent = [at for at, _ in self.begun if at > self.clock.now() - MINUTE]
        assert len(self.running) <= options.concurrency
        assert len(recent) <= (options.requests_per_minute or len(recent))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.integers(1, 700)),
        st.tuples(st.just("look"), st.integers(0, 5)),
        st.tuples(st.just("end"), st.integers(0, 5)),
        st.tuples(st.just("later"), st.integers(1, 40)),
    ),
    min_size=4,
    max_size=25,
)


@settings(max_examples=25)
@given(steps=STEPS, requests=st.none() | st.integers(1, 4), tokens=st.none() | st.integers(500, 2_000))
def test_both_meters_say_the_same_and_pass_no_limit(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    steps: list[tuple[str, int]],
    requests: int | None,
    tokens: int | None,
) -> None:
    """Whatever is asked, looked for and ended, in whatever order. Calls are long: no lease runs out here."""
    file = shutil.copy(sqlite_template, tmp_path_factory.mktemp("twins") / "drafter.db")
    clock, database = FixedClock(), Database(f"sqlite:///{file}")
    options = ModelOptions(name="openai:a", concurrency=3, requests_per_minute=requests, tokens_per_minute=tokens)
    twins = Twins(clock, (InProcessMeter(clock.now), SharedMeter(database, clock)))
    for step, figure in steps:
        clock.forward(SECOND / 10)  # no two come at the same moment
        if step == "new":
            twins.enter(Call(options=options, tokens=figure, seconds=10_000))
        elif step == "look" and figure < len(twins.waiting):
            twins.enter(twins.waiting.pop(figure))
        elif step == "end" and figure < len(twins.running):
            twins.leave(twins.running[figure], figure * 100)
        elif step == "later":
            clock.forward(figure * SECOND)
    database.close()


def test_processes_together_pass_no_limit_and_nobody_starves(database_address: str) -> None:
    """Three with a database handle and an event loop of their own, as processes have; forty calls through two slots."""
    guard, under_way, most, done = threading.Lock(), 0, 0, 0

    async def one(gate: Gate, turn: Turn) -> None:
        nonlocal under_way, most, done
        call = a_call(concurrency=2)
        assert await gate.enter(turn, call, ends=OWN_CLOCKS.monotonic() + 60) is None
        with guard:
            under_way += 1
            most = max(most, under_way)
        await asyncio.sleep(0)
        with guard:
            under_way -= 1
            done += 1
        await gate.leave(turn, call)

    def process(calls: int) -> None:
        database = Database(database_address)
        gate = Gate(SharedMeter(database), OWN_CLOCKS)

        async def all_calls() -> None:
            turn = Turn()
            await asyncio.gather(*(one(gate, turn) for _ in range(calls)))

        asyncio.run(all_calls())
        database.close()

    _together([partial(process, calls) for calls in (20, 15, 5)])
    assert done == 40
    assert most <= 2


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
