"""Heartbeats on both databases: the living are left alone, the dead are claimed once."""

from __future__ import annotations

import pytest

from drafter.heartbeats import Heartbeats
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


def test_a_process_that_goes_on_beating_is_never_claimed(me: Heartbeats, other: Heartbeats, watch: Stopwatch) -> None:
    for _ in range(4):
        other.beat()
        assert me.claim_silent({"other"}) == []
        watch.now += 4


def test_a_process_that_fell_silent_is_claimed_and_then_forgotten(
    me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    other.beat()
    assert me.claim_silent(set()) == []
    watch.now += 5
    assert me.claim_silent(set()) == ["other"]
    me.forget("other")
    watch.now += 5
    assert me.claim_silent(set()) == []


def test_of_two_watchers_one_claims_and_the_other_waits_for_it(
    database: Database, me: Heartbeats, other: Heartbeats, watch: Stopwatch
) -> None:
    third = Heartbeats(database, "third", 5.0, watch)
    other.beat()
    assert me.claim_silent(set()) == third.claim_silent(set()) == []
    watch.now += 5
    assert me.claim_silent(set()) == ["other"]
    assert third.claim_silent(set()) == []
    watch.now += 5  # and the first one never got done
    assert third.claim_silent(set()) == ["other"]


def test_an_owner_of_jobs_without_a_heartbeat_is_claimed_in_time(me: Heartbeats, watch: Stopwatch) -> None:
    assert me.claim_silent({"lost"}) == []
    assert me.claim_silent({"lost"}) == []
    watch.now += 5
    assert me.claim_silent({"lost"}) == ["lost"]


def test_a_process_never_claims_itself(me: Heartbeats, watch: Stopwatch) -> None:
    me.beat()
    me.claim_silent({"me"})
    watch.now += 60
    assert me.claim_silent({"me"}) == []
