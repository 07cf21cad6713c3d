"""Times as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from drafter.web.times import ago, span, time_left

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "under 1 min"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=3, minutes=20), "3 h 20 min"),
        (timedelta(hours=10, minutes=20), "10 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=9, hours=23), "9 days"),
    ],
)
def test_a_span_has_two_units_at_most(length: timedelta, words: str) -> None:
    assert span(length) == words


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (NOW + timedelta(hours=20), ("20 h left", "calm")),
        (NOW + timedelta(hours=4), ("4 h left", "calm")),
        (NOW + timedelta(hours=3, minutes=59), ("3 h 59 min left", "soon")),
        (NOW + timedelta(seconds=1), ("under 1 min left", "soon")),
        (NOW, ("under 1 min overdue", "overdue")),
        (NOW - timedelta(hours=2), ("2 h overdue", "overdue")),
    ],
)
def test_the_time_left_turns_urgent_and_then_overdue(due: datetime, expected: tuple[str, str]) -> None:
    assert time_left(due, NOW) == expected


def test_the_past_is_told_and_a_clock_ahead_of_ours_is_now() -> None:
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert ago(NOW + timedelta(minutes=5), NOW) == "just now"
