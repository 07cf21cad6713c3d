"""`compare`: how often two runs of equal quality are called different, and whether planted regressions are named.

Equal runs: the template writer answers each case several times with its wordings chosen anew; two of the answers of
each case, drawn by a seed, are two runs that differ by chance alone. A second pair has scores that are nothing but
chance. The planted regressions are those of `evals.bench.worse`.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from drafter import compose
from drafter.domain.ports import Writer
from drafter.settings import Settings
from evals.bench.measure import tell
from evals.bench.worse import CARELESS_IN, RestlessWriter, WorseWriter
from evals.compare import Comparison, compare
from evals.loading import load
from evals.runs import Plan, ReviewResult, Run, Score, carry_out
from evals.runs.asking import REPEAT
from evals.runs.origin import origin_of

SEEDS = 100
CASES, ANSWERS = 200, 5  # of the equal runs
CHANCE_SCORES = 20


def run() -> None:
    """Measure both; at a level of 0.05, of 100 pairs of equal runs about five at most may be called different."""
    parts = compose.pipeline_parts(Settings(writer="template", _env_file=None))
    plain = parts.writers[0]
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as loop:

        def answered(writer: Writer, name: str, *, limit: int | None = None, repeat: int = 1) -> Run:
            with_it = replace(parts, writers=(writer,))
            origin = origin_of(Settings(writer="template", _env_file=None), with_it)
            plan = Plan(name=name, origin=origin, folder=Path(folder) / name, limit=limit, repeat=repeat)
            return loop.run(carry_out(plan, load("replies"), with_it))

        restless = answered(RestlessWriter(plain, REPEAT.get), "restless", limit=CASES, repeat=ANSWERS)
        before = answered(plain, "template")
        found = compare(before, answered(WorseWriter(plain), "worse"))
    drawn = _false_alarms(restless, of_chance=False)
    chance = _false_alarms(restless, of_chance=True)
    print(found.verdict)  # noqa: T201  # a benchmark prints
    tell("compare", {"pairs_of_equal_runs": SEEDS, **drawn, **chance, **_planted(found)})


def _false_alarms(restless: Run, *, of_chance: bool) -> dict[str, float]:
    """Return how many of the pairs of equal runs are called different, and the time of a comparison."""
    called, started = 0, time.process_time()
    for seed in range(SEEDS):
        before, after = _chance_pair(restless, seed) if of_chance else _drawn_pair(restless, seed)
        called += compare(before, after, seed=seed).differs
    name = "chance_scores" if of_chance else "drawn_answers"
    return {
        f"called_different_{name}": called,
        f"cpu_ms_per_comparison_{name}": 1000 * (time.process_time() - started) / SEEDS,
    }


def _drawn_pair(restless: Run, seed: int) -> tuple[Run, Run]:
    """Return two runs that have two different answers of each case."""
    rng = np.random.default_rng(seed)
    by_case: dict[str, list[ReviewResult]] = {}
    for result in restless.reviews:
        by_case.setdefault(result.case, []).append(result)
    drawn = [
        [answers[place] for place in rng.permutation(len(answers))[:2]]
        for answers in by_case.values()
        if len(answers) > 1
    ]
    return _named(restless, "A", [pair[0] for pair in drawn]), _named(restless, "B", [pair[1] for pair in drawn])


def _chance_pair(restless: Run, seed: int) -> tuple[Run, Run]:
    """Return two runs whose scores are drawn with the same chances, which are another for each case and score."""
    rng = np.random.default_rng(seed)
    cases = [result for result in restless.reviews if result.repeat == 1]
    chances = rng.beta(2, 1, size=(len(cases), CHANCE_SCORES))
    first, second = (rng.random(chances.shape) < chances for _ in range(2))
    return _named(restless, "A", _scored(cases, first)), _named(restless, "B", _scored(cases, second))


def _scored(cases: Sequence[ReviewResult], values: np.ndarray) -> list[ReviewResult]:
    return [
        result.model_copy(update={"scores": {f"s{at}": Score(value=value) for at, value in enumerate(row.tolist())}})
        for result, row in zip(cases, values, strict=True)
    ]


def _named(run: Run, name: str, results: Sequence[ReviewResult]) -> Run:
    return run.model_copy(update={"name": name, "repeat": 1}).with_results(tuple(results))


def _planted(found: Comparison) -> dict[str, float]:
    """Return how many of the planted regressions are named, and which slices of the other languages are too."""
    planted = {("detail_taken_up", f"language:{language}") for language in CARELESS_IN}
    planted |= {("reply_is_there", "situation:shipping")}
    named = {(effect.score, effect.slice) for effect in found.slices}
    careless = {f"language:{language}" for language in CARELESS_IN}
    wrong = [
        where
        for score, where in named
        if score == "detail_taken_up" and where and where.startswith("language:") and where not in careless
    ]
    return {"planted": len(planted), "planted_and_named": len(planted & named), "wrong_languages_named": len(wrong)}
