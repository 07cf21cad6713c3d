"""Measuring two pieces of work in turn, so that both meet the same machine in the same mood."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from rich.console import Console
from rich.table import Table

from drafter.commands.demo import sample
from drafter.compose import SystemClock
from drafter.domain.case import Case

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Median seconds of a round, of the part and of its baseline; `cpu` is this process's CPU time, all threads."""

    part: float
    baseline: float
    part_cpu: float = 0.0
    baseline_cpu: float = 0.0

    @property
    def ratio(self) -> float:
        """How often the baseline fits into the part."""
        return self.part / self.baseline


def compare(part: Callable[[], object], baseline: Callable[[], object], *, rounds: int = ROUNDS) -> Compared:
    """Run part and baseline in turn, once to warm up, and return the medians of the rounds."""
    times: dict[str, list[float]] = {"part": [], "baseline": [], "part_cpu": [], "baseline_cpu": []}
    for number in range(rounds + 1):
        for name, work in (("part", part), ("baseline", baseline)):
            started, cpu_started = time.perf_counter(), time.process_time()
            work()
            if number:
                times[name].append(time.perf_counter() - started)
                times[f"{name}_cpu"].append(time.process_time() - cpu_started)
    return Compared(**{name: statistics.median(taken) for name, taken in times.items()})


def cpu_seconds(ways: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Run the ways in turn, once to warm up, and return the median of this process's CPU seconds of a round, by name.

    All threads of the process count, other processes do not, and waiting costs nothing.
    """
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, work in ways.items():
            started = time.process_time()
            work()
            if number:
                times[name].append(time.process_time() - started)
    return {name: statistics.median(taken) for name, taken in times.items()}


def sample_cases() -> list[Case]:
    """Return the shipped sample reviews as cases."""
    text = (resources.files("drafter.data") / "sample_reviews.jsonl").read_text(encoding="utf-8")
    made = [sample(json.loads(line), SystemClock().now()) for line in text.splitlines()]
    return [Case(review=review, case_facts=facts) for review, facts in made]


def tell(title: str, figures: Mapping[str, Any]) -> None:
    """Print the figures as a table, and as one JSON object in the last line; memory is the process's highest."""
    whole = {**figures, "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    table = Table("figure", "value", title=title)
    for name, value in whole.items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    Console().print(table)
    print(json.dumps({"benchmark": title, **whole}))  # noqa: T201  # a benchmark prints
