"""`eval run`: is this prompt, template, head or rule better or worse, before it is used?"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from drafter import compose
from drafter.commands.offline import ModelOption, ReaderOption, WriterOption, settings_with

evaluations = typer.Typer(help="Offline evaluation: run.", no_args_is_help=True)


@evaluations.callback()
def _group() -> None:
    """Offline evaluation."""


@evaluations.command("run")
def run(
    dataset: Annotated[str, typer.Argument(help="A shipped dataset's name, or a YAML file.")] = "first_cases",
    *,
    out: Annotated[Path, typer.Option(help="JSON file for the whole report.")] = Path("out/eval.json"),
    thresholds: Annotated[Path | None, typer.Option(help="YAML file with thresholds, in place of the shipped.")] = None,
    writer: WriterOption = "auto",
    reader: ReaderOption = "auto",
    model: ModelOption = None,
) -> None:
    """Prepare each case of a dataset by the real pipeline, score it; exit 1 under a threshold."""
    from evals import cases
    from evals import run as evaluation

    loaded = cases.load(dataset)
    wanted = evaluation.thresholds_for(loaded.name, thresholds)
    parts = compose.pipeline_parts(settings_with(writer=writer, reader=reader, model=model))
    report = asyncio.run(evaluation.run(loaded, parts, progress=sys.stderr.isatty()))
    evaluation.save(report, out)
    found, broken = evaluation.verdicts(report, wanted), evaluation.crashes(report)
    console = Console()
    console.print(evaluation.worst(report))
    console.print(evaluation.table(found))
    for line in broken:
        console.print(f"[red]crashed:[/] {line}")
    failed = [verdict.score for verdict in found if not verdict.passed]
    missing = sorted(set(wanted) - {verdict.score for verdict in found})
    passed = not (failed or missing or broken)
    told = "passed" if passed else f"failed: {', '.join([*failed, *missing]) or 'something crashed'}"
    console.print(f"{len(report.cases)} cases, {told}. The whole report: {out}")
    if not passed:
        raise typer.Exit(1)
