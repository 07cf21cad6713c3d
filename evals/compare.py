"""Comparing two runs, case by case: which scores differ by more than noise, where, on which cases, and at what price.

Of the level (0.05), three fifths go to the scores over all cases and two fifths to slices of them, each corrected for
all it looks at (`evals.statistics`), so that two runs of equal quality are called different one time in twenty at
most, whatever is looked at. Where a score does differ over all cases, its slices are looked at once more, among
themselves and at the whole level, to say where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from evals.runs.judged import JUDGED
from evals.runs.record import ReplyResult, ReviewResult, Run
from evals.runs.scoring import EFFORT, OF_WHOLE_RUN, lower_is_better
from evals.statistics import Floats, adjusted_p, bootstrap

ALPHA = 0.05
OF_SCORES, OF_SLICES = 0.6, 0.4  # shares of the level
SLICES_TOLD = 3  # of each score, in the verdict
SMALLEST_SLICE = 5  # cases; below it no flip of signs can reach the level

Result = ReviewResult | ReplyResult


class Effect(Record):
    """How far a score differs between two runs, over all cases or in a slice."""

    score: str
    slice: str | None = None
    cases: int
    before: float
    after: float
    difference: float
    low: float  # 95 % interval, of this effect by itself
    high: float
    p: float  # corrected for all effects of its family
    called: bool  # more than noise
    better: bool | None  # None: no difference at all

    @property
    def told(self) -> str:
        """The difference with its interval, as in a verdict."""
        where = f" in {self.slice}" if self.slice else ""
        return f"{self.score}{where} {self.difference:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


class Flip(Record):
    """A case whose scores differ between the runs."""

    case: str
    slices: tuple[str, ...]
    scores: Mapping[str, tuple[float, float]]  # before and after, of those that differ
    reasons: Mapping[str, str] = {}  # why, in the worse of the two
    points: float  # sum of the differences; below zero, it got worse


class Comparison(Record):
    """Two runs beside each other; `before` is the first of them."""

    before: str
    after: str
    alpha: float
    cases: int  # in both, with the same inputs
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changed: tuple[str, ...]  # in both by name, but with other inputs: not compared
    scores: tuple[Effect, ...]
    slices: tuple[Effect, ...]  # those that are called, and no others
    slices_tested: int  # scores times slices
    fell: tuple[Flip, ...]  # worst first
    rose: tuple[Flip, ...]
    effort: tuple[Effect, ...]  # time, tokens and money; `called` where the interval leaves out zero
    two_judges: bool = False  # whether the scores of a judge were left out, since the runs had not the same one

    @property
    def differs(self) -> bool:
        """Whether anything is called a difference."""
        return any(effect.called for effect in (*self.scores, *self.slices))

    @property
    def verdict(self) -> str:
        """What comes of it, in one line."""
        called = [effect for effect in self.scores if effect.called]
        inside = [effect for effect in self.slices if effect.called]
        missing = "".join(
            f" {len(names)} cases are only in {run}."
            for names, run in ((self.only_before, self.before), (self.only_after, self.after))
            if names
        )
        if not called and not inside:
            return f"No difference: {len(self.scores)} scores over {self.cases} cases, none differs.{missing}"
        directions = {effect.better for effect in (*called, *inside)}
        word = "better in some, worse in others"
        if len(directions) == 1:
            word = "better" if True in directions else "worse"
        told = "; ".join(effect.told for effect in called) or "no score over all cases"
        others = "no other score differs" if called else "but in slices"
        where = f"; where: {_where(inside)}" if inside else ""
        return f"{self.after} is {word}: {told}; {others}{where}.{missing}"


def compare(before: Run, after: Run, *, alpha: float = ALPHA, seed: int = 0) -> Comparison:
    """Compare two runs of a dataset by the cases that are in both.

    Raises:
        BadInput: they have no case in common.
    """
    ours, theirs = _by_case(before), _by_case(after)
    both = [name for name in ours if name in theirs and ours[name][0].inputs_hash == theirs[name][0].inputs_hash]
    if not both:
        raise BadInput(f"{before.name} and {after.name} have no case in common.")
    pairs = _Pairs([ours[name] for name in both], [theirs[name] for name in both])
    two_judges = before.judge != after.judge  # whose scores have nothing in common
    quality = [score for score in pairs.scores if score not in EFFORT and not (two_judges and score in JUDGED)]
    scores = pairs.effects([(score, None) for score in quality], alpha=alpha * OF_SCORES, seed=seed)
    slices = _slice_effects(pairs, scores, alpha=alpha, seed=seed)
    effort = pairs.effects([(score, None) for score in pairs.scores if score in EFFORT], alpha=alpha, seed=seed)
    flips = list(_flips(both, pairs, [score for score in quality if score not in OF_WHOLE_RUN]))
    return Comparison(
        before=before.name,
        after=after.name,
        alpha=alpha,
        cases=len(both),
        only_before=tuple(sorted(ours.keys() - theirs.keys())),
        only_after=tuple(sorted(theirs.keys() - ours.keys())),
        changed=tuple(sorted((ours.keys() & theirs.keys()) - set(both))),
        scores=tuple(scores),
        slices=tuple(slices),
        slices_tested=len(pairs.slices) * len(scores),
        fell=tuple(sorted((flip for flip in flips if flip.points < 0), key=lambda flip: flip.points)),
        rose=tuple(sorted((flip for flip in flips if flip.points > 0), key=lambda flip: -flip.points)),
        two_judges=two_judges,
        effort=tuple(effect.with_changes(called=effect.low > 0 or effect.high < 0) for effect in effort),
    )


class _Tested(NamedTuple):
    """Columns that were tested: scores in slices, the values of both runs, the differences, the p-values."""

    columns: list[tuple[str, str | None]]
    sides: list[tuple[Floats, Floats]]
    differences: Floats
    p: Floats


class _Pairs:
    """The cases of two runs in the same order, with the averages over their repeats."""

    def __init__(self, before: Sequence[Sequence[Result]], after: Sequence[Sequence[Result]]) -> None:
        self.before, self.after = before, after
        names = dict.fromkeys(name for side in (before, after) for results in side for name in results[0].scores)
        self.scores = list(names)
        self._values = {score: (_column(before, score), _column(after, score)) for score in names}
        self._members: dict[str, list[int]] = defaultdict(list)
        for row, results in enumerate(before):
            for where in results[0].slices:
                self._members[where].append(row)
        every = len(before)
        self.slices = [where for where, rows in self._members.items() if SMALLEST_SLICE <= len(rows) < every]

    def values(self, score: str) -> tuple[Floats, Floats]:
        """Return a score of each case, before and after; NaN where a case does not have it in both."""
        before, after = self._values[score]
        missing = np.isnan(before) | np.isnan(after)
        return np.where(missing, np.nan, before), np.where(missing, np.nan, after)

    def effects(self, columns: Sequence[tuple[str, str | None]], *, alpha: float, seed: int) -> list[Effect]:
        """Return the effect of each column: a score, over all cases (None) or in a slice."""
        found = self._tested(columns, seed)
        return self._told(found, range(len(found.columns)), alpha=alpha, seed=seed)

    def called(self, columns: Sequence[tuple[str, str | None]], *, alpha: float, seed: int) -> list[Effect]:
        """Return the effects that are called, and no others."""
        found = self._tested(columns, seed)
        return self._told(found, np.flatnonzero(found.p <= alpha).tolist(), alpha=alpha, seed=seed)

    def _tested(self, columns: Sequence[tuple[str, str | None]], seed: int) -> _Tested:
        kept: list[tuple[str, str | None]] = []
        sides: list[tuple[Floats, Floats]] = []
        for score, where in columns:
            before, after = (self._in_slice(values, where) for values in self.values(score))
            if np.any(~np.isnan(before)):
                kept.append((score, where))
                sides.append((before, after))
        if not kept:
            return _Tested([], [], np.empty((0, 0)), np.empty(0))
        differences = np.column_stack([after - before for before, after in sides])
        return _Tested(kept, sides, differences, adjusted_p(differences, seed=seed))

    def _told(self, found: _Tested, places: Iterable[int], *, alpha: float, seed: int) -> list[Effect]:
        wanted = list(places)
        if not wanted:
            return []
        interval = bootstrap(found.differences[:, wanted], seed=seed)
        return [
            _effect(found.columns[place], found.sides[place], float(found.p[place]), low, high, alpha)
            for place, low, high in zip(wanted, interval.low.tolist(), interval.high.tolist(), strict=True)
        ]

    def _in_slice(self, values: Floats, where: str | None) -> Floats:
        if where is None:
            return values
        inside = np.full(values.shape, np.nan)
        rows = self._members[where]
        inside[rows] = values[rows]
        return inside


def _slice_effects(pairs: _Pairs, scores: Sequence[Effect], *, alpha: float, seed: int) -> list[Effect]:
    """Return the slices that differ; those of scores that differ over all cases are called at the whole level."""
    inside = [effect.score for effect in scores if effect.score not in OF_WHOLE_RUN]
    columns = [(score, where) for where in pairs.slices for score in inside]
    found = pairs.called(columns, alpha=alpha * OF_SLICES, seed=seed + 1)
    differing = {effect.score for effect in scores if effect.called}
    again = pairs.called([column for column in columns if column[0] in differing], alpha=alpha, seed=seed + 2)
    by_place = {(effect.score, effect.slice): effect for effect in (*again, *found)}
    return sorted(by_place.values(), key=lambda effect: effect.p)


def _effect(
    column: tuple[str, str | None], sides: tuple[Floats, Floats], p: float, low: float, high: float, alpha: float
) -> Effect:
    score, where = column
    before, after = (float(np.nanmean(side)) for side in sides)
    difference = after - before
    return Effect(
        score=score,
        slice=where,
        cases=int(np.sum(~np.isnan(sides[0]))),
        before=before,
        after=after,
        difference=difference,
        low=low,
        high=high,
        p=p,
        called=p <= alpha,
        better=None if difference == 0 else (difference > 0) != lower_is_better(score),
    )


def _by_case(run: Run) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in run.results:
        found[result.case].append(result)
    return dict(found)


def _column(side: Sequence[Sequence[Result]], score: str) -> Floats:
    return np.array([_mean(results, score) for results in side], dtype=np.float64)


def _mean(results: Sequence[Result], score: str) -> float:
    values = [result.scores[score].value for result in results if score in result.scores]
    return sum(values) / len(values) if values else np.nan


def _flips(names: Sequence[str], pairs: _Pairs, scores: Sequence[str]) -> Iterator[Flip]:
    columns = {score: pairs.values(score) for score in scores}
    for row, name in enumerate(names):
        moved = {
            score: (float(before[row]), float(after[row]))
            for score, (before, after) in columns.items()
            if not np.isnan(before[row]) and before[row] != after[row]
        }
        if not moved:
            continue
        points = sum(
            (after - before) * (-1 if lower_is_better(score) else 1) for score, (before, after) in moved.items()
        )
        worse = (pairs.after if points < 0 else pairs.before)[row]
        reasons = {score: worse[0].scores[score].reason for score in moved if score in worse[0].scores}
        yield Flip(
            case=name,
            slices=pairs.before[row][0].slices,
            scores=moved,
            reasons={score: reason for score, reason in reasons.items() if reason},
            points=points,
        )


def _where(effects: Sequence[Effect]) -> str:
    """Return the slices in which scores differ most."""
    by_score: dict[str, list[Effect]] = defaultdict(list)
    for effect in sorted(effects, key=lambda effect: -abs(effect.difference)):
        by_score[effect.score].append(effect)
    told = []
    for score, inside in by_score.items():
        named = ", ".join(f"{effect.slice} {effect.difference:+.2f}" for effect in inside[:SLICES_TOLD])
        more = len(inside) - SLICES_TOLD
        told.append(f"{score} in {named}" + (f" and {more} more" if more > 0 else ""))
    return "; ".join(told)
