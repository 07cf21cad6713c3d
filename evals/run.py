"""An evaluation run: each case of a dataset through the real pipeline, scored, told in a table and kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic_evals.reporting import EvaluationReport, EvaluationReportAdapter
from rich.table import Table

from drafter import pipeline
from drafter.compose import PipelineParts
from drafter.domain.case import Prepared
from drafter.domain.errors import BadInput
from evals.cases import EvalDataset, Expected, Inputs
from evals.scorers import SCORERS

CONCURRENCY = 8
WORST_SHOWN = 12  # cases below full marks that the table names

Report = EvaluationReport[Inputs, Prepared, Expected]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One score's average against its threshold."""

    score: str
    average: float
    cases: int
    threshold: float | None

    @property
    def passed(self) -> bool:
        """Whether the average reaches the threshold; a score without one passes."""
        return self.threshold is None or self.average >= self.threshold


async def run(dataset: EvalDataset, parts: PipelineParts, *, progress: bool = False) -> Report:
    """Prepare and score each case. Nothing is stored, and the pipeline is the one that serves."""

    async def prepare(inputs: Inputs) -> Prepared:
        return await pipeline.prepare(
            inputs.as_case(),
            reader=parts.reader,
            writers=parts.writers,
            inspector=parts.inspector,
            seconds=parts.draft_seconds,
        )

    scored = EvalDataset(name=dataset.name, cases=dataset.cases, evaluators=[scorer() for scorer in SCORERS])
    return await scored.evaluate(prepare, max_concurrency=CONCURRENCY, progress=progress, name=dataset.name)


def verdicts(report: Report, thresholds: Mapping[str, float]) -> list[Verdict]:
    """Return the average of each score, over the cases that ask for it, beside its threshold."""
    found = []
    for scorer in SCORERS:
        title = scorer.title()
        values = [case.scores[title].value for case in report.cases if title in case.scores]
        if values:
            average = sum(values) / len(values)
            found.append(Verdict(score=title, average=average, cases=len(values), threshold=thresholds.get(title)))
    return found


def crashes(report: Report) -> list[str]:
    """Return what broke: cases that could not be prepared, and scorers that failed. None of it is a low score."""
    broken = [f"{failure.name}: {failure.error_message}" for failure in report.failures]
    for case in report.cases:
        broken += [f"{case.name}: {failure.name}: {failure.error_message}" for failure in case.evaluator_failures]
    return broken


def table(found: list[Verdict]) -> Table:
    """Return the averages as a table."""
    shown = Table("score", "average", "cases", "at least", "", title="Scores")
    for verdict in found:
        wanted = "" if verdict.threshold is None else f"{verdict.threshold:.2f}"
        mark = "" if verdict.threshold is None else ("[green]ok" if verdict.passed else "[red]too low")
        shown.add_row(verdict.score, f"{verdict.average:.3f}", str(verdict.cases), wanted, mark)
    return shown


def worst(report: Report) -> Table:
    """Return the cases with the most points lost, and why."""
    lost = {case.name: [score for score in case.scores.values() if score.value < 1] for case in report.cases}
    ranked = sorted(lost.items(), key=lambda entry: -sum(1 - score.value for score in entry[1]))
    shown = Table("case", "lost", title="Where points were lost")
    for name, scores in ranked[:WORST_SHOWN]:
        if scores:
            shown.add_row(name, "; ".join(f"{score.name}: {score.reason or score.value}" for score in scores))
    return shown


def thresholds_for(name: str, path: Path | None = None) -> dict[str, float]:
    """Return the thresholds of a dataset; none where the file does not name it. Raises BadInput."""
    source = path or Path(__file__).parent / "thresholds.yaml"
    try:
        named = (yaml.safe_load(source.read_text(encoding="utf-8")) or {}).get(name) or {}
    except (OSError, yaml.YAMLError, AttributeError) as error:
        raise BadInput(f"{source} cannot be read as thresholds: {error}") from None
    unknown = set(named) - {scorer.title() for scorer in SCORERS}
    if unknown:
        raise BadInput(f"{source}: there is no score called {', '.join(sorted(unknown))}.")
    return {score: float(value) for score, value in named.items()}


def save(report: Report, path: Path) -> None:
    """Write the whole report, with inputs, outputs and reasons, as JSON."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(EvaluationReportAdapter.dump_json(report, indent=1))
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
