"""The report: one HTML page that needs nothing else, and its pictures as files."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from pydantic_evals.reporting import ReportAnalysis, ScalarResult, TableResult

from drafter.domain.errors import BadInput
from evals.compare import Comparison, compare
from evals.report.charts import Chart
from evals.report.pictures import charts_of, marked
from evals.report.views import case_views
from evals.runs.record import Run

KINDS = ("language", "situation", "rating", "code")  # slices that have a table of their own
_FAR = 0.1  # from its score's average, from which a slice is coloured


@dataclass(frozen=True, kw_only=True)
class SliceTable:
    """The averages of each score in the slices of one kind."""

    kind: str
    names: Sequence[str]
    cases: Sequence[int]
    rows: Sequence[tuple[str, Sequence[tuple[float, str] | None]]]  # score; average and class of the cell, or nothing


def page(run: Run, baseline: Run | None = None) -> str:
    """Return the report of a run as one HTML page, beside a baseline where there is one."""
    compared = compare(baseline, run) if baseline else None
    views = case_views(run, baseline)
    scores = marked(run)
    style, script = _text("report.css") + _text("chart.css"), _text("report.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            run=run,
            baseline=baseline,
            compared=compared,
            look=_look(compared),
            charts=[_drawn(chart) for chart in charts_of(run, baseline, compared)],
            scalars=[analysis for analysis in run.analyses if isinstance(analysis, ScalarResult)],
            tables=[analysis for analysis in run.analyses if isinstance(analysis, TableResult)],
            scores=scores,
            slices=[table for kind in KINDS if (table := _slice_table(run, kind, scores))],
            cases=views,
            tags=sorted({tag for view in views for tag in view.tags}),
            lost=sorted({score for view in views for score in view.lost}),
            origin=_origin(run, baseline),
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            hashes={"style": _hash(style), "script": _hash(script)},
        )
    )


def write_pictures(run: Run, baseline: Run | None, folder: Path) -> list[Path]:
    """Write each chart as SVG, and as PNG where `resvg-py` is installed; return the files.

    Raises:
        BadInput: the folder cannot be written.
    """
    compared = compare(baseline, run) if baseline else None
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for chart in charts_of(run, baseline, compared):
            drawing = str(_drawn(chart, style=_plain_style())[1])
            file = folder / f"{chart.name}.svg"
            file.write_text(drawing, encoding="utf-8")
            written.append(file)
            if find_spec("resvg_py") is not None:
                written.append(_as_png(drawing, file.with_suffix(".png")))
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}.") from None
    return written


def _as_png(drawing: str, file: Path) -> Path:
    resvg = import_module("resvg_py")  # an extra: only who wants PNG needs it
    file.write_bytes(resvg.svg_to_bytes(svg_string=drawing, zoom=2, background=_palette()["paper"]))
    return file


def _drawn(chart: Chart, style: str | None = None) -> tuple[Chart, Markup]:
    draw = _environment().get_template("chart.svg").module.draw  # type: ignore[attr-defined]  # a macro
    return chart, draw(chart, Markup(style) if style else None)  # noqa: S704  # our own file


def _plain_style() -> str:
    """Return the charts' style with the light colours written out, for files that stand alone."""
    return re.sub(r"var\(--([\w-]+)\)", lambda match: _palette()[match[1]], _text("chart.css"))


@cache
def _palette() -> Mapping[str, str]:
    light = _text("report.css").partition("@media")[0]
    return dict(re.findall(r"--([\w-]+): (#\w+);", light))


def _slice_table(run: Run, kind: str, scores: Sequence[str]) -> SliceTable | None:
    names = sorted({tag for result in run.results for tag in result.slices if tag.startswith(f"{kind}:")})
    if not names:
        return None
    return SliceTable(
        kind=kind,
        names=[name.partition(":")[2].replace("_", " ") for name in names],
        cases=[sum(name in result.slices for result in run.results) for name in names],
        rows=[(score, [_in_slice(run, score, name) for name in names]) for score in scores],
    )


def _in_slice(run: Run, score: str, name: str) -> tuple[float, str] | None:
    average, cases = run.average(score, name)
    return (average, _cell(average - run.average(score)[0])) if cases else None


def _cell(above: float) -> str:
    if above <= -_FAR:
        return "low"
    return "high" if above >= _FAR else ""


def _look(compared: Comparison | None) -> str:
    if compared is None or not compared.differs:
        return ""
    worse = any(effect.called and not effect.better for effect in (*compared.scores, *compared.slices))
    return "worse" if worse else "better"


def _origin(run: Run, baseline: Run | None) -> list[tuple[str, str]]:
    return [(one.name, one.origin.model_dump_json(indent=1)) for one in (run, baseline) if one is not None]


def _cell_text(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _number(analysis: ReportAnalysis, place: int) -> bool:
    """Whether a column of a table holds numbers."""
    return isinstance(analysis, TableResult) and any(
        isinstance(row[place], int | float) for row in analysis.rows if place < len(row)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_text), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = _cell_text
    environment.tests["numeric_in"] = _number
    return environment


@cache
def _text(name: str) -> str:
    return files("evals.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
