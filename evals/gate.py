"""The gate: is a run good enough, everywhere, and no worse than the one before? For CI, with a Markdown summary.

Thresholds are a YAML file, by the name of the dataset:

    replies:
      least: {right_situation: 0.92}            # lowest average over all cases
      slices:                                   # lowest average in a slice
        language:th: {right_language: 0.9}
      most: {latency_ms: 2000}                  # highest average of a measure
      drop: {right_situation: 0.02}             # most that an average may fall against the baseline

A run of a sample or of some tags does not pass: it says nothing about the cases that it left out. Against a baseline
the averages are those of the cases that both runs have, with the same inputs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import ValidationError

from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from drafter.domain.yaml_files import parsed
from evals.runs.record import Run

THRESHOLDS = Path(__file__).parent / "thresholds.yaml"

Limits = Mapping[str, float]


class _Case(NamedTuple):
    """What two runs have in common."""

    name: str
    inputs_hash: str  # a case whose inputs were changed is another one


class Thresholds(Record):
    """What a run on one dataset has to reach; a score that is not named is not asked for."""

    least: Limits = {}
    slices: Mapping[str, Limits] = {}
    most: Limits = {}
    drop: Limits = {}  # against the baseline; of a measure, the most that it may rise


class Demand(Record):
    """One thing that a run has to reach, and what it reached."""

    score: str
    slice: str | None = None  # None: over all cases
    kind: Literal["at least", "at most", "drop at most", "rise at most"]
    threshold: float
    value: float | None  # None: no case has the score
    cases: int = 0

    @property
    def met(self) -> bool:
        """Whether it is reached; what no case shows is not."""
        if self.value is None:
            return False
        return self.value >= self.threshold if self.kind == "at least" else self.value <= self.threshold


class Judged(Record):
    """What a run was held to."""

    run: str
    dataset: str
    baseline: str | None
    demands: tuple[Demand, ...]
    broken: tuple[str, ...]  # what crashed; a run with any of it does not pass
    unfinished: str | None  # why it does not speak for the whole dataset; such a run does not pass
    left_out: int = 0  # cases of one of the two runs that the other has not, or with other inputs

    @property
    def told_left_out(self) -> str | None:
        """What the comparison with the baseline leaves out; None where it leaves out nothing."""
        if not self.left_out:
            return None
        return f"Compared with {self.baseline} on the cases of both; {self.left_out} of one alone are left out."

    @property
    def passed(self) -> bool:
        """Whether the run passes."""
        return all(demand.met for demand in self.demands) and not self.broken and self.unfinished is None


def thresholds_of(dataset: str, path: Path | None = None) -> Thresholds:
    """Return the thresholds of a dataset.

    Raises:
        BadInput: the file cannot be read, or does not name the dataset.
    """
    source = path or THRESHOLDS
    try:
        named = parsed(source.read_text(encoding="utf-8")) or {}
        if dataset not in named:
            raise BadInput(f"{source} has no thresholds for {dataset}. Add them, or name a file with --thresholds.")
        return Thresholds.model_validate(named[dataset] or {})
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise BadInput(f"{source} cannot be read as thresholds: {error}") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadInput(f"{source}: {dataset}: {faults}") from None


def judge(run: Run, thresholds: Thresholds, baseline: Run | None = None) -> Judged:
    """Hold a run to its thresholds. Raises BadInput: the baseline is of another dataset."""
    if thresholds.drop and baseline is not None and baseline.dataset != run.dataset:
        raise BadInput(f"The baseline is of the dataset {baseline.dataset}, the run of {run.dataset}.")
    crashed = (f"{result.case}: {told}" for result in run.results for told in result.crashed_scorers)
    return Judged(
        run=run.name,
        dataset=run.dataset,
        baseline=baseline.name if baseline else None,
        demands=tuple(_demands(run, thresholds, baseline)),
        broken=(*(f"{one.case}: {one.error}" for one in run.broken), *crashed, *run.crashed_analyses),
        unfinished=_unfinished(run),
        left_out=len(_cases(run) ^ _cases(baseline)) if thresholds.drop and baseline else 0,
    )


def markdown(judged: Judged) -> str:
    """Return the judgement as Markdown, what is missed first."""
    lines = [f"## Evaluation of {judged.run}: {'passed' if judged.passed else 'failed'}", ""]
    against = f", against {judged.baseline}" if judged.baseline else ""
    lines += [f"Dataset {judged.dataset}{against}.", ""]
    if judged.told_left_out:
        lines += [judged.told_left_out, ""]
    if judged.unfinished:
        lines += [judged.unfinished, ""]
    if judged.broken:
        lines += [f"{len(judged.broken)} crashed:", "", *(f"- {_plain(told)}" for told in judged.broken[:20]), ""]
    lines += ["| | score | where | value | wanted | cases |", "| --- | --- | --- | ---: | ---: | ---: |"]
    for demand in sorted(judged.demands, key=lambda demand: demand.met):
        value = "none" if demand.value is None else f"{demand.value:.3f}"
        lines.append(
            f"| {'ok' if demand.met else '**missed**'} | {demand.score} | {demand.slice or 'all'} | {value} "
            f"| {demand.kind} {demand.threshold:g} | {demand.cases} |"
        )
    return "\n".join(lines) + "\n"


def _unfinished(run: Run) -> str | None:
    """Return why a run does not speak for its whole dataset; None where it does."""
    if run.stopped:
        return run.stopped
    if run.ended_at is None:
        return "The run was not finished; the same command goes on."
    limit = [f"--limit {run.limit}"] if run.limit is not None else []
    chosen = " ".join([*limit, *([f"--tags {','.join(run.tags)}"] if run.tags else [])])
    if chosen:
        return f"The run was made with {chosen} and says nothing about the other cases. Gate a run of all of them."
    return None


def _cases(run: Run) -> frozenset[_Case]:
    return frozenset(_Case(result.case, result.inputs_hash) for result in run.results)


def _demands(run: Run, thresholds: Thresholds, baseline: Run | None) -> Iterator[Demand]:
    for score, threshold in thresholds.least.items():
        yield _demand(run, score, None, "at least", threshold)
    for where, limits in thresholds.slices.items():
        for score, threshold in limits.items():
            yield _demand(run, score, where, "at least", threshold)
    for score, threshold in thresholds.most.items():
        yield _demand(run, score, None, "at most", threshold)
    if baseline is not None:
        for score, threshold in thresholds.drop.items():
            yield _change(run, baseline, score, threshold, rising=score in thresholds.most)


def _demand(run: Run, score: str, where: str | None, kind: Literal["at least", "at most"], threshold: float) -> Demand:
    average, cases = run.average(score, where)
    value = round(average, 6) if cases else None
    return Demand(score=score, slice=where, kind=kind, threshold=threshold, value=value, cases=cases)


def _change(run: Run, baseline: Run, score: str, threshold: float, *, rising: bool) -> Demand:
    """Return how far an average moved, over the cases that have the score in both runs."""
    now, before = _averages(run, score), _averages(baseline, score)
    both = now.keys() & before.keys()
    moved = [now[case] - before[case] if rising else before[case] - now[case] for case in sorted(both)]
    return Demand(
        score=score,
        kind="rise at most" if rising else "drop at most",
        threshold=threshold,
        value=round(sum(moved) / len(moved), 6) if moved else None,
        cases=len(moved),
    )


def _averages(run: Run, score: str) -> dict[_Case, float]:
    """Return a score by case, repeats averaged."""
    found: dict[_Case, list[float]] = defaultdict(list)
    for result in run.results:
        if score in result.scores:
            found[_Case(result.case, result.inputs_hash)].append(result.scores[score].value)
    return {case: sum(values) / len(values) for case, values in found.items()}


def _plain(text: str) -> str:
    """Return a text that ends no table and opens no markup."""
    return " ".join(text.split())[:300].replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
