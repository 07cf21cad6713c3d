"""`classify`, `check` and `draft`: the pipeline over a file, without a database."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
import yaml
from pydantic import ValidationError

from drafter import compose, pipeline
from drafter.commands import lines
from drafter.commands.batch import Batch, Outcome, Work
from drafter.commands.lines import Line, Task
from drafter.domain.case import Brief
from drafter.domain.errors import BadInput, DrafterError
from drafter.domain.ports import Reader
from drafter.domain.shop import Shop
from drafter.domain.situation import Situation
from drafter.settings import Settings, load_settings

REMEMBERED = 20  # a shop's last replies, which the next one is not to echo

Source = Annotated[str, typer.Argument(metavar="IN.jsonl", help="JSON Lines to read; - for standard input.")]
Target = Annotated[str, typer.Argument(metavar="OUT.jsonl", help="JSON Lines to write; - for standard output.")]
ReaderOption = Annotated[str, typer.Option(help="auto or embedding.")]
WriterOption = Annotated[str, typer.Option(help="auto, template or llm.")]
ModelOption = Annotated[str | None, typer.Option(help="Model as provider:name, in place of DRAFTER_MODEL.")]
ShopOption = Annotated[Path | None, typer.Option(help="YAML or JSON file with the shop: voice, limits, facts.")]
LimitOption = Annotated[int | None, typer.Option(min=0, help="Stop after that many lines.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Keep OUT and skip the ids in it.")]
PlatformOption = Annotated[str | None, typer.Option(help="Platform of lines that name none.")]
RegionOption = Annotated[str | None, typer.Option(help="Market of lines that name none, as US or TH.")]


class ReadTask(NamedTuple):
    """A line whose review has been read."""

    task: Task
    situation: Situation


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

    async def work(window: list[Line]) -> AsyncIterator[Line | DrafterError]:
        for read in await _read_all(window, seller, parts.reader):
            yield read if isinstance(read, DrafterError) else lines.classify_line(read.task.id, read.situation)

    _run(Batch(source, target, limit=limit, resume=resume, title="classify"), work)


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
    inspector = compose.inspector()
    seller = load_shop(shop, platform=platform, region=region)
    remembered: deque[str] = deque(maxlen=REMEMBERED)

    async def work(window: list[Line]) -> AsyncIterator[Line | DrafterError]:
        for line in window:
            try:
                id_, reply = lines.to_reply(line, seller)
            except BadInput as error:
                yield error
                continue
            reply = reply.with_changes(recent_replies=tuple(remembered))
            yield lines.check_line(id_, await asyncio.to_thread(inspector.inspect, reply))
            if reply.public_reply:
                remembered.append(reply.public_reply)

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
    parts = compose.pipeline_parts(settings_with(reader=reader, writer=writer, model=model))
    seller = load_shop(shop, platform=platform, region=region)
    remembered: deque[str] = deque(maxlen=REMEMBERED)

    async def work(window: list[Line]) -> AsyncIterator[Line | DrafterError]:
        for read in await _read_all(window, seller, parts.reader):
            if isinstance(read, DrafterError):
                yield read
                continue
            prepared = await pipeline.answer(
                read.task.case,
                read.situation,
                writers=parts.writers,
                inspector=parts.inspector,
                brief=Brief(recent_replies=tuple(remembered)),
                seconds=parts.draft_seconds,
            )
            if prepared.draft and prepared.draft.public_reply:
                remembered.append(prepared.draft.public_reply)
            yield lines.draft_line(read.task.id, prepared)

    _run(Batch(source, target, limit=limit, resume=resume, title="draft"), work)


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


async def _read_all(window: list[Line], shop: Shop, reader: Reader) -> list[ReadTask | DrafterError]:
    """Read a window's reviews side by side, in order; a line that cannot be used gives its error."""

    async def read(line: Line) -> ReadTask | DrafterError:
        try:
            task = lines.to_case(line, shop)
            return ReadTask(task, await reader.read(task.case))
        except DrafterError as error:
            return error

    return list(await asyncio.gather(*map(read, window)))


def settings_with(**options: str | None) -> Settings:
    """Return the settings with the options that were given in their place."""
    return load_settings(**{name: value for name, value in options.items() if value is not None})


def _run(batch: Batch, work: Work) -> None:
    """Run a batch on the process's one event loop, tell how it went, exit 1 if a line was bad."""
    outcome: Outcome = asyncio.run(batch.run(work))
    told = f"{batch.title}: {outcome.answered} answered"
    told += f", {outcome.skipped} skipped (answered before)" if outcome.skipped else ""
    told += f", {outcome.bad} bad" if outcome.bad else ""
    typer.echo(told, err=True)
    if outcome.bad:
        raise typer.Exit(1)
