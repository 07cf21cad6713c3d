"""`classify`, `check` and `draft`: the pipeline over a file, without a database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError

from drafter import compose
from drafter.commands.batch import Batch, Work
from drafter.commands.works import Checking, Classifying, DraftingLines
from drafter.domain.errors import BadInput
from drafter.domain.shop import Shop
from drafter.settings import Settings, load_settings

_STOPPED = 130  # the exit code of a command that was stopped by Ctrl-C

Source = Annotated[str, typer.Argument(metavar="IN.jsonl", help="JSON Lines to read; - for standard input.")]
Target = Annotated[str, typer.Argument(metavar="OUT.jsonl", help="JSON Lines to write; - for standard output.")]
ReaderOption = Annotated[str, typer.Option(help="auto, embedding, llm or cascade.")]
WriterOption = Annotated[str, typer.Option(help="auto, template or llm.")]
ModelOption = Annotated[str | None, typer.Option(help="Model as provider:name, in place of DRAFTER_MODEL.")]
ShopOption = Annotated[Path | None, typer.Option(help="YAML or JSON file with the shop: voice, limits, facts.")]
LimitOption = Annotated[int | None, typer.Option(min=0, help="Stop after that many lines.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Keep OUT and skip the ids in it.")]
PlatformOption = Annotated[str | None, typer.Option(help="Platform of lines that name none.")]
RegionOption = Annotated[str | None, typer.Option(help="Market of lines that name none, as US or TH.")]


def classify(
    source: Source,
    target: Target,
    *,
    reader: ReaderOption = "auto",
    model: ModelOption = None,
    shop: ShopOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = False,
) -> None:
    """Read the situation of each review of a file."""
    settings = settings_with(reader=reader, model=model)
    parts, seller = compose.pipeline_parts(settings), load_shop(shop)
    work = Classifying(parts.reader, seller)
    logging.getLogger("drafter.llm").setLevel(logging.ERROR)  # the summary says what failed
    _run(Batch(source, target, limit=limit, resume=resume, title="classify"), work, work.tally.told)


def check(
    source: Source,
    target: Target,
    *,
    platform: PlatformOption = None,
    region: RegionOption = None,
    shop: ShopOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = False,
) -> None:
    """Check each reply of a file against the guardrails."""
    work = Checking(compose.inspector(), load_shop(shop, platform=platform, region=region))
    _run(Batch(source, target, limit=limit, resume=resume, title="check"), work)


def draft(
    source: Source,
    target: Target,
    *,
    writer: WriterOption = "auto",
    reader: ReaderOption = "auto",
    model: ModelOption = None,
    platform: PlatformOption = None,
    region: RegionOption = None,
    shop: ShopOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = False,
) -> None:
    """Draft a reply to each review of a file."""
    settings = settings_with(reader=reader, writer=writer, model=model)
    parts = compose.pipeline_parts(settings)
    work = DraftingLines(parts, load_shop(shop, platform=platform, region=region), calls=settings.model_concurrency)
    logging.getLogger("drafter.llm").setLevel(logging.ERROR)  # each line and the summary say what failed
    _run(Batch(source, target, limit=limit, resume=resume, title="draft"), work, work.tally.told)


def load_shop(path: Path | None, *, platform: str | None = None, region: str | None = None) -> Shop:
    """Return the shop of a file, or the default one, with the platform and region that were asked for."""
    try:
        fields = yaml.safe_load(path.read_text(encoding="utf-8")) if path else {}
        if not isinstance(fields, dict):
            raise BadInput(f"{path} is not a shop: it must hold names and values, as `display_name: My shop`.")
        asked = {"platform": platform, "region": region}
        return Shop.model_validate(fields | {key: value for key, value in asked.items() if value})
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{path} cannot be read as a shop: {error}") from None
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BadInput(f"The shop cannot be used: {faults}") from None


def settings_with(**options: str | None) -> Settings:
    """Return the settings with the options that were given in their place."""
    return load_settings(**{name: value for name, value in options.items() if value is not None})


def _run(batch: Batch, work: Work[Any], summary: Callable[[], str] = lambda: "") -> None:
    """Run a batch on the process's one event loop, tell how it went; exit 1 if a line was bad, 130 if stopped."""
    stopped = False
    try:
        asyncio.run(batch.run(work))
    except KeyboardInterrupt:
        stopped = True
    outcome = batch.outcome
    told = f"{batch.title}: {outcome.answered} answered"
    told += f", {outcome.skipped} skipped (answered before)" if outcome.skipped else ""
    told += f", {outcome.bad} bad" if outcome.bad else ""
    told += summary()
    typer.echo(told, err=True)
    if stopped:
        again = " The same command with --resume goes on from there." if batch.target != "-" else ""
        typer.echo(f"Stopped.{again}", err=True)
        raise typer.Exit(_STOPPED)
    if outcome.bad:
        raise typer.Exit(1)
