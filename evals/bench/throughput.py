"""`throughput`: 1,000 cases, 64 at the same time, each with an answer that takes 300 ms.

- `stub`: the runner with a writer that only waits, beside the ideal (as many waves of 300 ms as the cases need).
- `path`: the real path to a model (writer, prompt, masks, client, HTTP to a server in another process) through the
  runner, with scripted twins of the reader and the guardrails.
- `whole`: the same with the embedded reader and the real guardrails: all that a case goes through.

The baseline of the latter two is the bare LangChain client with the same calls, measured before and after them, since
the machine's mood changes. All scorers, the journal and the cache are part of ours in each of them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from drafter.compose import PipelineParts
from drafter.testing import ScriptedInspector, ScriptedReader
from evals.bench.measure import tell
from evals.bench.runs import (
    SECONDS,
    STUB_CASES,
    STUB_IN_FLIGHT,
    Took,
    bare_calls,
    carried_out,
    drafted,
    messages_of,
    model_parts,
    renamed,
    slow_server,
    stub_run,
)
from evals.cases import EvalDataset
from evals.loading import load

CASES, IN_FLIGHT = STUB_CASES, STUB_IN_FLIGHT
STUB_ROUNDS = 3  # of which the median counts
WARM = 100  # cases before anything is measured: imports, vectors and connections are there then


def run() -> None:
    """Measure, and print rates, ratios to the baselines and CPU milliseconds of this process for a case."""
    with tempfile.TemporaryDirectory() as name, asyncio.Runner() as loop, slow_server() as url:
        folder = Path(name)
        loop.run(stub_run(folder / "warm", WARM))
        stubs = [loop.run(stub_run(folder / f"stub-{number}", CASES)) for number in range(STUB_ROUNDS)]
        dataset = loop.run(_many())
        asked = loop.run(messages_of(_first(dataset, len(load("replies").cases)), folder / "learn"))
        calls = [asked[number % len(asked)] for number in range(CASES)]
        ways = {"path": _with_twins(model_parts(url, IN_FLIGHT)), "whole": model_parts(url, IN_FLIGHT)}
        for way, parts in ways.items():
            loop.run(carried_out(_first(dataset, WARM), parts, folder / f"warm-{way}", IN_FLIGHT))
        bare = [loop.run(bare_calls(url, calls, IN_FLIGHT))]
        ours: dict[str, Took] = {}
        for way, parts in ways.items():
            ours[way] = loop.run(carried_out(dataset, parts, folder / way, IN_FLIGHT))
            bare.append(loop.run(bare_calls(url, calls, IN_FLIGHT)))
    tell("throughput", _figures(sorted(stubs, key=lambda took: took.seconds)[STUB_ROUNDS // 2], bare, ours))


def _figures(stub: Took, bare: list[Took], ours: Mapping[str, Took]) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "cases": CASES,
        "in_flight": IN_FLIGHT,
        "stub_ratio_of_ideal": ceil(CASES / IN_FLIGHT) * SECONDS / stub.seconds,
        "stub_cpu_ms_per_case": 1000 * stub.cpu / CASES,
        "bare_calls_a_second": CASES * len(bare) / sum(took.seconds for took in bare),
        "bare_cpu_ms_per_call": 1000 * sum(took.cpu for took in bare) / CASES / len(bare),
    }
    for number, (way, took) in enumerate(ours.items()):
        beside = (bare[number].seconds + bare[number + 1].seconds) / 2
        figures |= {
            f"{way}_cases_a_second": CASES / took.seconds,
            f"{way}_ratio_of_bare": beside / took.seconds,
            f"{way}_cpu_ms_per_case": 1000 * took.cpu / CASES,
        }
    return figures


async def _many() -> EvalDataset:
    """Return as many cases as wanted, each of which takes a call: the shipped ones, again and again, renamed."""
    cases = (await drafted(load("replies"), CASES)).cases
    return EvalDataset(name="many", cases=[renamed(cases[n % len(cases)], f"case-{n}") for n in range(CASES)])


def _first(dataset: EvalDataset, count: int) -> EvalDataset:
    return EvalDataset(name="first", cases=dataset.cases[:count])


def _with_twins(parts: PipelineParts) -> PipelineParts:
    """Return the parts with a reader and guardrails that answer at once."""
    reader = ScriptedReader()
    reader.name = "embedding"  # it costs nothing, as the embedded one
    return replace(parts, reader=reader, inspector=ScriptedInspector())
