"""Repairs: of each kind of finding, how often it was found, and how soon the same writer mended it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Literal, NamedTuple

from drafter.domain.record import Record
from drafter.domain.share import Share, share
from drafter.store.repairs import Run

_End = Literal["first", "second", "never", "not_tried", "brought"]


class RepairFigures(Record):
    """What became of one kind of finding with one writer, model and prompt."""

    writer: str
    model: str | None
    prompt_hash: str | None  # of a model's prompt
    code: str
    found: int  # in first tries
    first: int  # gone after one round
    second: int  # gone after two
    never: int  # still there after the last round that the writer had
    not_tried: int  # nobody asked it: the time was over, or the record spoke against it
    brought: int  # times that a repair of another finding brought it in
    mended: Share  # of those that the writer was asked to mend


class _Key(NamedTuple):
    writer: str
    model: str | None
    prompt_hash: str | None
    code: str


def repair_figures(runs: Iterable[Run]) -> tuple[RepairFigures, ...]:
    """Return the figures of each writer, model, prompt and code, the most frequent findings first."""
    ends = Counter(end for run in runs for end in _ends(run))
    keys = {key for key, _ in ends}
    found = [_figures(key, ends) for key in keys]
    return tuple(
        sorted(found, key=lambda one: (-one.found, one.code, one.writer, one.model or "", one.prompt_hash or ""))
    )


def _ends(run: Run) -> Iterator[tuple[_Key, _End]]:
    """Yield what became of each finding of a run; a model that stood in for the first is another story."""
    first = run[0]
    own = list(takewhile(lambda one: one.model == first.model, run))
    for code in first.codes:
        yield _Key(first.writer, first.model, first.prompt_hash, code), _end([one.codes for one in own], code)
    later = {code for one in own[1:] for code in one.codes} - set(first.codes)
    for code in sorted(later):
        yield _Key(first.writer, first.model, first.prompt_hash, code), "brought"


def _end(tries: list[tuple[str, ...]], code: str) -> _End:
    if len(tries) == 1:
        return "not_tried"
    if code not in tries[1]:
        return "first"
    return "second" if len(tries) > 2 and code not in tries[2] else "never"


def _figures(key: _Key, ends: Counter[tuple[_Key, _End]]) -> RepairFigures:
    first, second, never = ends[key, "first"], ends[key, "second"], ends[key, "never"]
    asked = first + second + never
    return RepairFigures(
        **key._asdict(),
        found=asked + ends[key, "not_tried"],
        first=first,
        second=second,
        never=never,
        not_tried=ends[key, "not_tried"],
        brought=ends[key, "brought"],
        mended=share(first + second, asked),
    )
