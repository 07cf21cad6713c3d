"""`eval cascade`: what asking a model to read gains and costs at each threshold; no model is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from drafter.domain.errors import BadInput
from drafter.settings import load_settings

WIDTH = 140  # characters of the table where the output is no terminal


def cascade(
    embedded: Annotated[Path, typer.Argument(metavar="EMBEDDED", help="Folder of a run with --reader embedding.")],
    model: Annotated[Path | None, typer.Argument(metavar="[MODEL]", help="Folder of a run with --reader llm.")] = None,
    *,
    simulate: Annotated[
        float | None, typer.Option(min=0, max=1, help="Simulate a model that is right that often, and say so.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is simulated.")] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
) -> None:
    """Show for thresholds from 0 to 1 how many reviews go to a model, and what that gains and costs."""
    from evals import cascade as cascading
    from evals.runs import load_run

    if (model is None) == (simulate is None):
        raise BadInput("Name the run of a model, or simulate one: --simulate 0.86.")
    first, setting = load_run(embedded), load_settings().reader_threshold
    thresholds = sorted({*cascading.THRESHOLDS, setting})
    if simulate is not None:
        table = cascading.simulated(first, simulate, thresholds, seed=seed)
    else:
        table = cascading.of_runs(first, load_run(model), thresholds)  # type: ignore[arg-type]  # one of them is given
    console = Console() if Console().is_terminal else Console(width=WIDTH)
    console.print(cascading.shown(table, setting))
    if json_file is not None:
        _write(json_file, table.model_dump_json(indent=1))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}.") from None
