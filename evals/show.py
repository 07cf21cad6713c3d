"""Runs, judgements and comparisons as tables in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pydantic_evals.reporting import ConfusionMatrix, PrecisionRecall, ReportAnalysis, ScalarResult, TableResult
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from evals.compare import Comparison, Effect, Flip
from evals.gate import Judged
from evals.runs.record import Run
from evals.runs.scoring import lower_is_better

WORST_SHOWN = 12  # cases below full marks that the table names
FLIPS_SHOWN = 10  # cases that got better, and as many that got worse


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar with the time left on a terminal's standard error; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns,
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(escape(title), total=total)
        yield lambda count: bar.advance(task, count)


def scores(run: Run) -> Table:
    """Return the averages of a run."""
    shown = Table("score", "average", "cases", title=f"Scores of {escape(run.name)}")
    for score in run.scorers:
        average, cases = run.average(score)
        shown.add_row(score, f"{average:.3f}", str(cases))
    return shown


def worst(run: Run) -> Table:
    """Return the cases with the most points lost, and why."""
    lost = [
        (
            result.case,
            {name: score for name, score in result.scores.items() if score.value < 1 and not lower_is_better(name)},
        )
        for result in run.results
    ]
    ranked = sorted(lost, key=lambda entry: -sum(1 - score.value for score in entry[1].values()))
    shown = Table("case", "lost", title="Where points were lost")
    for case, found in ranked[:WORST_SHOWN]:
        if found:
            told = "; ".join(f"{name}: {score.reason or f'{score.value:.2f}'}" for name, score in found.items())
            shown.add_row(escape(case), escape(told))
    return shown


def analyses(run: Run) -> Iterator[RenderableType]:
    """Yield the tables and figures over the whole run; curves are for the report."""
    for analysis in run.analyses:
        if isinstance(analysis, ScalarResult):
            yield f"{escape(analysis.title)}: {_cell(analysis.value)}{escape(analysis.unit or '')}"
        elif isinstance(analysis, PrecisionRecall):
            continue
        elif (shown := _analysis(analysis)) is not None:
            yield shown


def judgement(judged: Judged) -> Table:
    """Return what a run was held to."""
    shown = Table("score", "where", "value", "wanted", "cases", "", title=f"Gate of {escape(judged.run)}")
    for demand in judged.demands:
        value = "none" if demand.value is None else f"{demand.value:.3f}"
        mark = "[green]ok" if demand.met else "[red]missed"
        wanted = f"{demand.kind} {demand.threshold:g}"
        shown.add_row(demand.score, escape(demand.slice or "all"), value, wanted, str(demand.cases), mark)
    return shown


def comparison(found: Comparison) -> Iterator[RenderableType]:
    """Yield the tables of a comparison: scores, the slices that are called, cases that flipped, what it takes."""
    yield _effects(found, found.scores, "Scores")
    if found.slices:
        yield _effects(found, found.slices, f"Slices that differ, of {found.slices_tested} looked at")
    for flips, title in ((found.fell, "Cases that got worse"), (found.rose, "Cases that got better")):
        if flips:
            yield _flips(flips, f"{title}: {len(flips)}")
    if found.two_judges:
        yield "The runs were not judged by the same judge: its scores are not compared."
    if found.effort:
        yield _effects(found, found.effort, "What it takes")


def _effects(found: Comparison, effects: tuple[Effect, ...], title: str) -> Table:
    columns = ("score", "where", found.before, found.after, "difference", "95 % interval", "p", "cases", "")
    shown = Table(*map(escape, columns), title=title)
    for effect in effects:
        colour = "green" if effect.better else "red"
        mark = f"[{colour}]{'better' if effect.better else 'worse'}" if effect.called else ""
        shown.add_row(
            effect.score,
            escape(effect.slice or "all"),
            f"{effect.before:.3f}",
            f"{effect.after:.3f}",
            f"{effect.difference:+.3f}",
            escape(f"[{effect.low:+.3f}, {effect.high:+.3f}]"),
            f"{effect.p:.4f}",
            str(effect.cases),
            mark,
        )
    return shown


def _flips(flips: tuple[Flip, ...], title: str) -> Table:
    shown = Table("case", "score", "why", title=title)
    for flip in flips[:FLIPS_SHOWN]:
        moved = [f"{score} {before:g} to {after:g}" for score, (before, after) in flip.scores.items()]
        shown.add_row(escape(flip.case), escape("\n".join(moved)), escape("\n".join(flip.reasons.values())))
    return shown


def _analysis(analysis: ReportAnalysis) -> Table | None:
    if isinstance(analysis, TableResult):
        shown = Table(*map(escape, analysis.columns), title=escape(analysis.title))
        for row in analysis.rows:
            shown.add_row(*map(_cell, row))
        return shown
    if isinstance(analysis, ConfusionMatrix):
        shown = Table("expected", *map(escape, analysis.class_labels), title=escape(analysis.title))
        for label, counts in zip(analysis.class_labels, analysis.matrix, strict=True):
            shown.add_row(escape(label), *(str(count) if count else "·" for count in counts))
        return shown
    return None


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else escape(str(value))
