"""Heartbeats on both databases: the living are left alone, the dead are buried once."""

from __future__ import annotations

import pytest

from drafter.heartbeats import Heartbeats, Stillness
from drafter.store.database import Database


class Stopwatch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def me(database: Database, watch: Stopwatch) -> Heartbeats:
    return Heartbeats(database, "me", 5.0, watch)


@pytest.fixture
def other(database: Database, watch: Stopwatch) -> Heartbeats:
    return Heartbeats(database, "other", 5.0, watch)


def silent_in_the_end(watcher: Heartbeats, watch: Stopwatch, owners: frozenset[str] = frozenset()) -> list[str]:
    """Look every second, until any silence must have been long enough."""
    found = watcher.silent(owners)
    for _ in range(6):
        watch.now += 1
        found = watcher.silent(owners)
    return found


def bury(database: Database, watcher: Heartbeats, executor_id: str) -> bool:
    with database.writing() as session:
        return watcher.bury(session, executor_id)


def test_a_process_that_goes_on_beating_is_never_taken_for_dead(
    me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    for _ in range(12):
        assert other.beat()
        assert me.silent(frozenset()) == []
        watch.now += 1


def test_a_process_that_fell_silent_is_buried_once(
    database: Database, me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    third = Heartbeats(database, "third", 5.0, watch)
    other.beat()
    assert me.silent(frozenset()) == third.silent(frozenset()) == []
    for _ in range(6):
        watch.now += 1
        found = me.silent(frozenset()), third.silent(frozenset())
    assert found == (["other"], ["other"])
    assert bury(database, me, "other")
    assert not bury(database, third, "other")
    assert silent_in_the_end(me, watch) == []


def test_a_process_that_beats_at_the_last_moment_is_not_buried(
    database: Database, me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    other.beat()
    assert silent_in_the_end(me, watch) == ["other"]
    other.beat()
    assert not bury(database, me, "other")
    assert me.known() == {"other"}


def test_a_process_that_was_buried_alive_learns_of_it_and_goes_on(
    database: Database, me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    assert other.beat()
    silent_in_the_end(me, watch)
    assert bury(database, me, "other")
    assert not other.beat()
    assert other.beat()
    assert me.known() == {"other"}


def test_an_owner_of_jobs_without_a_heartbeat_falls_silent_in_time(me: Heartbeats, watch: Stopwatch) -> None:
    assert me.silent({"lost"}) == []
    assert me.silent({"lost"}) == []
    assert silent_in_the_end(me, watch, frozenset({"lost"})) == ["lost"]


def test_a_process_never_takes_itself_for_dead(me: Heartbeats, watch: Stopwatch) -> None:
    me.beat()
    assert silent_in_the_end(me, watch, frozenset({"me"})) == []


def test_time_in_which_nobody_could_look_counts_for_little(me: Heartbeats, other: Heartbeats, watch: Stopwatch) -> None:
    """The database was away for a minute: nobody could show life either."""
    other.beat()
    assert me.silent(frozenset()) == []
    watch.now += 60
    assert me.silent(frozenset()) == []
    other.beat()
    assert silent_in_the_end(me, watch) == ["other"]


def test_what_changes_or_comes_back_is_not_still() -> None:
    watch = Stopwatch()
    stillness = Stillness(3.0, watch)
    for value in range(6):
        assert stillness.look({"changes": value}) == []
        watch.now += 1
    assert stillness.look({}) == []
    watch.now += 1
    assert stillness.look({"changes": 5}) == []
