"""`classify`, `check` and `draft`: the pipeline over a file, without a database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
import yaml
from pydantic import ValidationError

from drafter import compose
from drafter.commands.batch import Batch, Work
from drafter.commands.lines import Line
from drafter.commands.works import Checking, Classifying, DraftingLines
from drafter.domain.errors import BadInput
from drafter.domain.review import Platform
from drafter.domain.shop import Shop
from drafter.domain.yaml_files import parsed
from drafter.settings import Settings, load_settings
from guardrails.policies import is_market, packs

_STOPPED = 130  # the exit code of a command that was stopped by Ctrl-C

Source = Annotated[str, typer.Argument(metavar="IN.jsonl", help="JSON Lines to read; - for standard input.")]
Target = Annotated[str, typer.Argument(metavar="OUT.jsonl", help="JSON Lines to write; - for standard output.")]
ReaderOption = Annotated[str, typer.Option(help="auto, embedding, llm or cascade.")]
WriterOption = Annotated[str, typer.Option(help="auto, template or llm.")]
ModelOption = Annotated[str | None, typer.Option(help="Model as provider:name, in place of DRAFTER_MODEL.")]
ShopOption = Annotated[Path | None, typer.Option(help="YAML or JSON file with the shop: voice, limits, facts.")]
LimitOption = Annotated[int | None, typer.Option(min=0, help="Stop after that many lines.")]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Keep OUT and skip the ids in it.")]
JudgeOption = Annotated[
    bool | None, typer.Option("--judge/--no-judge", help="Let a model judge each reply; by default where one is set.")
]
PlatformOption = Annotated[str | None, typer.Option(help="Platform whose policy holds, whatever the lines say.")]
RegionOption = Annotated[str | None, typer.Option(help="Market as US, TH or EU, whatever the lines say.")]


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
    judge: JudgeOption = None,
    model: ModelOption = None,
    platform: PlatformOption = None,
    region: RegionOption = None,
    shop: ShopOption = None,
    limit: LimitOption = None,
    resume: ResumeOption = False,
) -> None:
    """Check each reply of a file against the guardrails; where a model is set, it judges each reply besides."""
    given = _given(platform=platform, region=region)
    asked = None if judge is None else "on" if judge else "off"
    settings = settings_with(judge=asked, judge_model=model)
    work = Checking(compose.inspector(), load_shop(shop), compose.judge_of(settings), calls=settings.model_concurrency)
    logging.getLogger("drafter.llm").setLevel(logging.ERROR)  # each line and the summary say what failed
    batch = Batch(source, target, limit=limit, resume=resume, title="check", given=given)
    _run(batch, work, work.tally.told)


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
    given = _given(platform=platform, region=region)
    settings = settings_with(reader=reader, writer=writer, model=model)
    parts = compose.pipeline_parts(settings)
    work = DraftingLines(parts, load_shop(shop), calls=settings.model_concurrency)
    logging.getLogger("drafter.llm").setLevel(logging.ERROR)  # each line and the summary say what failed
    _run(Batch(source, target, limit=limit, resume=resume, title="draft", given=given), work, work.tally.told)


def load_shop(path: Path | None) -> Shop:
    """Return the shop of a file, or the default one."""
    try:
        fields = parsed(path.read_text(encoding="utf-8")) if path else {}
        if not isinstance(fields, dict):
            raise BadInput(f"{path} is not a shop: it must hold names and values, as `display_name: My shop`.")
        return Shop.model_validate(fields)
    except (OSError, yaml.YAMLError) as error:
        raise BadInput(f"{path} cannot be read as a shop: {error}") from None
    except ValidationError as error:
        faults = "; ".join(f"{_place(fault['loc'], fields)}: {fault['msg']}" for fault in error.errors())
        raise BadInput(f"The shop {str(fields.get('name', 'default'))[:60]!r} cannot be used: {faults}") from None


def _place(loc: tuple[int | str, ...], fields: Mapping[str, Any]) -> str:
    """Return where in a shop's file a fault is: a rule by its name, as it may be the fiftieth."""
    rules = fields.get("rules")
    if len(loc) > 1 and loc[0] == "rules" and isinstance(loc[1], int) and isinstance(rules, list):
        rule = rules[loc[1]]
        name = str(rule.get("name", ""))[:40] if isinstance(rule, dict) else ""
        return ".".join(["rules", name or str(loc[1] + 1), *map(str, loc[2:])])
    return ".".join(map(str, loc))


def _given(*, platform: str | None, region: str | None) -> Line:
    """Return the platform and the market that were asked for. Raises BadInput where there is no such one."""
    if platform is not None and platform not in (known := get_args(Platform)):
        raise BadInput(f"There is no platform {platform!r}. Known are {', '.join(known)}.")
    code = None if region is None else region.upper()
    if code is not None and not is_market(code):
        own = ", ".join(packs()[platform or Shop().platform].regions) or "none"
        raise BadInput(
            f"There is no market {region!r}. Give a country's two letters or EU; {platform or Shop().platform} has "
            f"entries of its own for {own}, and every other country gets the strictest rules."
        )
    return {name: value for name, value in (("platform", platform), ("region", code)) if value is not None}


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
