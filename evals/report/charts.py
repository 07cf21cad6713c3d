"""Charts as plain SVG: a chart is a list of marks, and one small template draws them.

No plotting library: what the report needs are bars, a matrix, curves, points and intervals, which are a few lines each.
Drawn like this they take the page's own colours, light and dark, and need no script and no font.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "middle", "end"]

LETTER = 6.6  # width of a letter of the charts' text, in SVG units
ROW = 24.0  # height of a bar with its gap


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One thing that is drawn; `look` is its class in `chart.css`."""

    kind: Literal["rect", "line", "circle", "path", "text"]
    look: str
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0  # of a rect; of a line, how far it goes
    height: float = 0.0
    radius: float = 0.0
    points: tuple[tuple[float, float], ...] = ()  # of a path
    text: str = ""
    anchor: Anchor = "start"
    told: str | None = None  # shown when one points at it
    strength: float | None = None  # 0 to 1: how full its colour is


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart with its size, in SVG units."""

    name: str  # of its file
    title: str
    width: float
    height: float
    marks: tuple[Mark, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row of a bar chart: a value from 0 to 1, and the baseline's where there is one."""

    label: str
    value: float
    baseline: float | None = None
    told: str = ""


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One point of a plot."""

    x: float
    y: float
    look: str = "first"
    told: str | None = None
    radius: float = 3.0


@dataclass(frozen=True, kw_only=True)
class Span:
    """One row of an interval chart."""

    label: str
    value: float
    low: float
    high: float
    look: str
    told: str = ""


def bars(name: str, title: str, rows: Sequence[Bar]) -> Chart:
    """Return horizontal bars from 0 to 1."""
    left, wide = _margin(row.label for row in rows), 300.0
    marks = [*_scale(left, wide, len(rows) * ROW, [0, 0.25, 0.5, 0.75, 1])]
    for number, row in enumerate(rows):
        top = number * ROW + 4
        marks.append(_label(row.label, left - 8, top + 12))
        marks.append(Mark(kind="rect", look="track", x=left, y=top, width=wide, height=ROW - 8))
        length = wide * min(max(row.value, 0.0), 1.0)
        marks.append(Mark(kind="rect", look="first", x=left, y=top, width=length, height=ROW - 8, told=row.told))
        if row.baseline is not None:
            at = left + wide * min(max(row.baseline, 0.0), 1.0)
            marks.append(Mark(kind="rect", look="second", x=at - 1.5, y=top - 2, width=3, height=ROW - 4))
        marks.append(Mark(kind="text", look="value", x=left + wide + 8, y=top + 12, text=f"{row.value:.3f}"))
    return Chart(name=name, title=title, width=left + wide + 60, height=len(rows) * ROW + 22, marks=tuple(marks))


def matrix(name: str, title: str, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> Chart:
    """Return a confusion matrix; each row's colours are shares of that row."""
    side, left = 40.0, _margin(labels) + 6
    top = _margin(labels) * 0.72 + 10
    marks: list[Mark] = []
    for row, label in enumerate(labels):
        whole = max(sum(counts[row]), 1)
        marks.append(_label(label, left - 8, top + row * side + 24))
        marks.append(Mark(kind="text", look="slanted", x=left + row * side + 18, y=top - 8, text=label))
        for column, count in enumerate(counts[row]):
            marks += _cell(left + column * side, top + row * side, side, count, whole, right=row == column)
            if count:
                told = f"{label} read as {labels[column]}: {count} of {whole}"
                marks[-1] = _with(marks[-1], told)
    size = len(labels) * side
    return Chart(name=name, title=title, width=left + size + top * 0.7, height=top + size + 8, marks=tuple(marks))


def plot(
    name: str,
    title: str,
    *,
    dots: Sequence[Dot] = (),
    curves: Sequence[tuple[str, Sequence[tuple[float, float]]]] = (),
    axes: tuple[str, str],
    most: tuple[float, float] = (1.0, 1.0),
) -> Chart:
    """Return points and curves over two axes from zero to `most`; a curve is its look and its points."""
    left, top, wide, high = 52.0, 14.0, 420.0, 260.0

    def at(x: float, y: float) -> tuple[float, float]:
        return left + wide * min(x / most[0], 1.0), top + high * (1 - min(y / most[1], 1.0))

    marks = list(_grid(left, top, wide, high, most, axes))
    for look, points in curves:
        marks.append(Mark(kind="path", look=look, points=tuple(at(x, y) for x, y in points)))
    for dot in dots:
        x, y = at(dot.x, dot.y)
        marks.append(Mark(kind="circle", look=dot.look, x=x, y=y, radius=dot.radius, told=dot.told))
    return Chart(name=name, title=title, width=left + wide + 20, height=top + high + 44, marks=tuple(marks))


def intervals(name: str, title: str, rows: Sequence[Span]) -> Chart:
    """Return differences with their intervals around zero."""
    left, wide = _margin(row.label for row in rows), 300.0
    reach = max([0.05, *(abs(bound) for row in rows for bound in (row.low, row.high))]) * 1.1
    middle = left + wide / 2
    marks = [Mark(kind="line", look="axis", x=middle, y=0, height=len(rows) * ROW)]
    for number, row in enumerate(rows):
        y = number * ROW + ROW / 2
        ends = [middle + bound / reach * wide / 2 for bound in (row.low, row.value, row.high)]
        marks.append(_label(row.label, left - 8, y + 4))
        marks.append(Mark(kind="line", look=row.look, x=ends[0], y=y, width=ends[2] - ends[0], told=row.told))
        marks.append(Mark(kind="circle", look=row.look, x=ends[1], y=y, radius=4, told=row.told))
        marks.append(Mark(kind="text", look="value", x=left + wide + 8, y=y + 4, text=f"{row.value:+.3f}"))
    for bound, anchor in ((-reach, "start"), (0.0, "middle"), (reach, "end")):
        marks.append(
            Mark(
                kind="text",
                look="tick",
                x=middle + bound / reach * wide / 2,
                y=len(rows) * ROW + 14,
                text=f"{bound:+.2f}" if bound else "0",
                anchor=anchor,  # type: ignore[arg-type]  # one of the three
            )
        )
    return Chart(name=name, title=title, width=left + wide + 64, height=len(rows) * ROW + 22, marks=tuple(marks))


def nice(most: float) -> float:
    """Return a round number that is not below `most`, for the end of an axis."""
    if most <= 0:
        return 1.0
    power = 10.0 ** len(str(int(most))) if most >= 1 else 1.0
    while power / 10 >= most:
        power /= 10
    return next(power * part for part in (0.1, 0.2, 0.25, 0.5, 1.0) if power * part >= most)


def _cell(x: float, y: float, side: float, count: int, whole: int, *, right: bool) -> Iterator[Mark]:
    look = "right" if right else "wrong"
    strength = round(count / whole, 3) if count else 0.0
    yield Mark(kind="rect", look="track", x=x + 1, y=y + 1, width=side - 2, height=side - 2)
    if count:
        yield Mark(kind="rect", look=look, x=x + 1, y=y + 1, width=side - 2, height=side - 2, strength=strength)
        yield Mark(kind="text", look="count", x=x + side / 2, y=y + side / 2 + 4, text=str(count), anchor="middle")


def _with(mark: Mark, told: str) -> Mark:
    return Mark(**{**mark.__dict__, "told": told})


def _grid(
    left: float, top: float, wide: float, high: float, most: tuple[float, float], axes: tuple[str, str]
) -> Iterator[Mark]:
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + wide * part, top + high * (1 - part)
        yield Mark(kind="line", look="grid", x=x, y=top, height=high)
        yield Mark(kind="line", look="grid", x=left, y=y, width=wide)
        yield Mark(kind="text", look="tick", x=x, y=top + high + 16, text=f"{most[0] * part:.4g}", anchor="middle")
        yield Mark(kind="text", look="tick", x=left - 8, y=y + 4, text=f"{most[1] * part:.4g}", anchor="end")
    yield Mark(kind="text", look="axis", x=left + wide, y=top + high + 36, text=axes[0], anchor="end")
    yield Mark(kind="text", look="axis", x=left + 8, y=top + 14, text=axes[1])


def _scale(left: float, wide: float, bottom: float, ticks: Iterable[float]) -> Iterator[Mark]:
    for tick in ticks:
        x = left + wide * tick
        yield Mark(kind="line", look="grid", x=x, y=0, height=bottom)
        yield Mark(kind="text", look="tick", x=x, y=bottom + 14, text=f"{tick:g}", anchor="middle")


def _label(text: str, x: float, y: float) -> Mark:
    return Mark(kind="text", look="label", x=x, y=y, text=text, anchor="end")


def _margin(labels: Iterable[str]) -> float:
    return max([40.0, *(len(label) * LETTER for label in labels)]) + 12
