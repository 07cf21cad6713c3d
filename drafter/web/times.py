"""Times as a person reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

SOON = timedelta(hours=4)  # less time than this is shown as urgent


class TimeLeft(NamedTuple):
    """How long until a review has to be answered."""

    text: str
    level: Literal["overdue", "soon", "calm"]


def time_left(due: datetime, now: datetime) -> TimeLeft:
    """Return the time from `now` until `due`, or since then, in words."""
    left = due - now
    if left <= timedelta():
        return TimeLeft(f"{span(-left)} overdue", "overdue")
    return TimeLeft(f"{span(left)} left", "soon" if left < SOON else "calm")


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was; a time ahead of the clock counts as just now."""
    passed = now - then
    return "just now" if passed < timedelta(minutes=1) else f"{span(passed)} ago"


def span(length: timedelta) -> str:
    """Return a length of time, rounded down to two units at most."""
    minutes = int(length.total_seconds() // 60)
    hours, days = minutes // 60, minutes // (24 * 60)
    if minutes < 1:
        return "under 1 min"
    if hours < 1:
        return f"{minutes} min"
    if hours < 10 and minutes % 60:
        return f"{hours} h {minutes % 60} min"
    return f"{hours} h" if days < 2 else f"{days} days"
