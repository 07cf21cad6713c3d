"""When a hand-over that was not acknowledged is tried again, and when we stop."""

from __future__ import annotations

from datetime import timedelta
from random import Random

FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=4)
FACTOR = 4  # 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every 4 h
JITTER = 0.2  # of the wait, to either side, so that many do not come back at once
MOST_ATTEMPTS = 24  # the last one about three days after the first
LONGEST_WISH = timedelta(days=1)  # of a receiver's Retry-After that is obeyed


def wait_after(attempt: int, random: Random, *, wish: timedelta | None = None) -> timedelta:
    """Return how long to wait after an attempt, counted from 1; never less than the receiver wished for."""
    wait = min(FIRST * float(FACTOR ** min(attempt - 1, 10)), LONGEST)
    wait *= 1 + random.uniform(-JITTER, JITTER)
    return max(wait, min(wish, LONGEST_WISH)) if wish is not None else wait
