"""The charts of a run: what the report shows, and what is written as files of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic_evals.reporting import ConfusionMatrix, LinePlot

from evals.compare import Comparison
from evals.report.charts import Bar, Chart, Dot, Span, bars, intervals, matrix, nice, plot
from evals.runs.record import ReplyResult, ReviewResult, Run
from evals.runs.scoring import EFFORT, lower_is_better

Result = ReviewResult | ReplyResult


def charts_of(run: Run, baseline: Run | None, compared: Comparison | None) -> Iterator[Chart]:
    """Yield the charts that a run has the figures for."""
    yield _scores(run, baseline)
    if compared is not None:
        yield _differences(compared)
    for analysis in run.analyses:
        if isinstance(analysis, ConfusionMatrix):
            yield matrix("confusion", analysis.title, analysis.class_labels, analysis.matrix)
        elif isinstance(analysis, LinePlot):
            yield _curves(analysis)
    if any(_quality(result) is not None for result in run.reviews):
        yield _cost(run, baseline)


def marked(run: Run) -> list[str]:
    """Return the scores from 0 to 1, of which more is better."""
    return [score for score in run.scorers if score not in EFFORT and not lower_is_better(score)]


def _scores(run: Run, baseline: Run | None) -> Chart:
    rows = []
    for score in marked(run):
        average, cases = run.average(score)
        before = baseline.average(score) if baseline else (0.0, 0)
        told = f"{score}: {average:.3f} over {cases} cases" + (f", before {before[0]:.3f}" if before[1] else "")
        rows.append(Bar(label=score, value=average, baseline=before[0] if before[1] else None, told=told))
    return bars("scores", "Scores", rows)


def _differences(compared: Comparison) -> Chart:
    rows = [
        Span(
            label=effect.score,
            value=effect.difference,
            low=effect.low,
            high=effect.high,
            look=("better" if effect.better else "worse") if effect.called else "level",
            told=f"{effect.told}, p = {effect.p:.4f}",
        )
        for effect in compared.scores
    ]
    return intervals("differences", f"{compared.after} against {compared.before}, 95 % intervals", rows)


def _curves(analysis: LinePlot) -> Chart:
    curves = [
        ("even" if curve.style == "dashed" else "first", [(point.x, point.y) for point in curve.points])
        for curve in analysis.curves
    ]
    dots = [
        Dot(x=point.x, y=point.y, told=f"{point.x:.2f}: {point.y:.2f}", radius=4)
        for curve in analysis.curves
        if curve.style != "dashed"
        for point in curve.points
    ]
    most = (analysis.x_range or (0, 1))[1], (analysis.y_range or (0, 1))[1]
    name = "calibration" if "calibration" in analysis.title else "curve"
    return plot(name, analysis.title, dots=dots, curves=curves, axes=(analysis.x_label, analysis.y_label), most=most)


def _cost(run: Run, baseline: Run | None) -> Chart:
    """Return a point for each case and a large one for each run: what it took, and how good it is."""
    runs = [("second", baseline), ("first", run)] if baseline else [("first", run)]
    in_money = all((result.usage.cost_usd or 0.0) > 0 for result in run.reviews if result.usage.calls) and any(
        result.usage.calls for result in run.reviews
    )
    unit = "US dollars a case" if in_money else "ms a case"
    short = "USD" if in_money else "ms"
    dots: list[Dot] = []
    for look, one in runs:
        points = [(_took(result, money=in_money), quality, result.case) for result, quality in _qualities(one)]
        dots += [Dot(x=x, y=y, look=look, told=f"{case}: {x:.4g} {short}, {y:.2f}") for x, y, case in points]
        if points:
            x, y = sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)
            told = f"{one.name}, mean: {x:.4g} {unit}, {y:.3f}"
            dots.append(Dot(x=x, y=y, look=f"{look}-mean", told=told, radius=8))
    most = nice(_ninety_ninth([dot.x for dot in dots]))
    return plot("cost", "Cost against quality", dots=dots, axes=(unit, "mean of a case's scores"), most=(most, 1.0))


def _qualities(run: Run) -> list[tuple[ReviewResult, float]]:
    found = [(result, _quality(result)) for result in run.reviews]
    return [(result, quality) for result, quality in found if quality is not None]


def _quality(result: Result) -> float | None:
    """Return the mean of a case's scores from 0 to 1."""
    values = [score.value for name, score in result.scores.items() if name not in EFFORT and not lower_is_better(name)]
    return sum(values) / len(values) if values else None


def _took(result: ReviewResult, *, money: bool) -> float:
    if money:
        return result.usage.cost_usd or 0.0
    return sum(attempt.latency_ms for attempt in result.output.attempts)


def _ninety_ninth(values: Sequence[float]) -> float:
    """Return a value that hardly any is above, so that one slow case does not press the others together."""
    return sorted(values)[int(len(values) * 0.99) - 1 if len(values) > 100 else -1] if values else 1.0
