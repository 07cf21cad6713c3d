"""Is a difference more than noise? Sign flips corrected for all that is looked at, and bootstrap intervals.

The rows are cases, paired between two runs; a column is one score, over all cases or in one slice of them. Repeats of
a case are averaged before, so that what is resampled is always cases.

Calls rest on sign flips, not on the intervals: where two runs are equally good, swapping them in any case changes
nothing, so that the test keeps its level however few cases differ. A percentile interval does not: of four cases that
differ in one direction it makes a difference, and chance does that one time in eight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLIPS = 10_000
RESAMPLES = 5_000
_AT_ONCE = 1_000  # rows of a random matrix that are in memory
_EQUAL = 1e-4  # sums of single precision in another order differ by less


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Mean differences with their intervals, one entry for each column."""

    mean: Floats
    low: Floats
    high: Floats


def adjusted_p(differences: Floats, *, seed: int = 0, flips: int = FLIPS) -> Floats:
    """Return each column's p-value, corrected for all columns.

    Westfall and Young's step-down maxT over random sign flips of whole rows (Resampling-Based Multiple Testing, 1993):
    the chance of one wrong call or more, over all columns, stays under the level. Columns that say the same thing
    twice cost nothing, unlike with Bonferroni or Holm.

    Args:
        differences: cases x columns; NaN where a case does not have the score or is not in the slice.
        seed: of the flips.
        flips: how many there are; the smallest p-value is 1 / (flips + 1).
    """
    rows = np.nan_to_num(differences, nan=0.0)
    norms = np.sqrt((rows**2).sum(axis=0))
    able = np.flatnonzero(norms > 0)
    found = np.ones(differences.shape[1])
    if able.size == 0:
        return found
    scaled = (rows[:, able] / norms[able]).astype(np.float32)
    scaled = scaled[np.any(scaled != 0, axis=1)]
    observed = np.abs(scaled.sum(axis=0))
    order = np.argsort(-observed, kind="stable")
    reached = np.zeros(able.size)
    rng = np.random.default_rng(seed)
    for size in _portions(flips):
        signs = rng.integers(0, 2, size=(size, scaled.shape[0]), dtype=np.int8).astype(np.float32) * 2 - 1
        flipped = np.abs(signs @ scaled)[:, order]
        highest = np.maximum.accumulate(flipped[:, ::-1], axis=1)[:, ::-1]  # of this column and all weaker ones
        reached += (highest >= observed[order] - _EQUAL).sum(axis=0)
    stepped = np.maximum.accumulate((reached + 1) / (flips + 1))
    found[able[order]] = stepped
    return found


def bootstrap(differences: Floats, *, seed: int = 0, resamples: int = RESAMPLES, level: float = 0.95) -> Interval:
    """Return each column's mean difference with its percentile interval, from cases drawn with replacement.

    Args:
        differences: cases x columns; NaN where a case does not have the score.
        seed: of the draws.
        resamples: how many there are.
        level: of each interval by itself; it is not corrected for the number of columns.
    """
    there = ~np.isnan(differences)
    rows = np.where(there, differences, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = rows.sum(axis=0) / there.sum(axis=0)
    cases = differences.shape[0]
    if cases == 0:
        return Interval(mean=mean, low=mean, high=mean)
    rng = np.random.default_rng(seed)
    drawn = np.concatenate([_resampled(rows, there, rng, size) for size in _portions(resamples)])
    low, high = np.nanquantile(np.where(np.isnan(drawn), mean, drawn), [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Interval(mean=mean, low=low, high=high)


def _resampled(rows: Floats, there: NDArray[np.bool_], rng: np.random.Generator, size: int) -> Floats:
    cases = rows.shape[0]
    weights = rng.multinomial(cases, np.full(cases, 1 / cases), size=size).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ rows) / (weights @ there))


def _portions(whole: int) -> list[int]:
    return [min(_AT_ONCE, whole - start) for start in range(0, whole, _AT_ONCE)]
