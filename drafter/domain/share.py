"""Share: a part of a number of cases, with the interval that says how little a few cases tell."""

from __future__ import annotations

from math import sqrt

from drafter.domain.record import Record

_Z = 1.959964  # of a normal distribution, for 95 %


class Share(Record):
    """A share with its 95 % interval by Wilson (Journal of the American Statistical Association 22, 1927)."""

    count: int
    of: int
    share: float
    low: float
    high: float


def share(count: int, of: int) -> Share:
    """Return a share with its interval; of nothing, nothing is known."""
    if of == 0:
        return Share(count=0, of=0, share=0.0, low=0.0, high=1.0)
    found = count / of
    scale = 1 + _Z**2 / of
    middle = (found + _Z**2 / (2 * of)) / scale
    half = _Z * sqrt(found * (1 - found) / of + _Z**2 / (4 * of**2)) / scale
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return Share(count=count, of=of, share=round(found, 4), low=round(low, 4), high=round(high, 4))
