"""`insights`: how good the drafts were, and what is mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from drafter import compose
from drafter.domain.errors import BadInput
from drafter.domain.share import Share
from drafter.insights.drafts import WINDOW, DraftFigures, DraftsReport, drafts_report
from drafter.insights.wording import percent, share_phrase, short_hash
from drafter.settings import load_settings
from drafter.store import shops

insights = typer.Typer(help="What can be learnt from decisions and tries.", no_args_is_help=True)


@insights.callback()
def _group() -> None:
    """Keep `drafts` a command of its own, however few there are."""


@insights.command("drafts")
def drafts(
    *,
    shop: Annotated[str | None, typer.Option(help="Only one shop.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From that time on, UTC; by default 30 days ago.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Tell how many drafts were approved as they were, how far others were edited, and what repairs mend."""
    application = compose.application(load_settings(), role="command")
    now = application.clock.now()
    start = since.replace(tzinfo=UTC) if since else now - WINDOW
    if start > now:
        raise BadInput("--since is in the future. Name a time that has passed.")
    if shop is not None:
        with application.database.reading() as session:
            shops.get(session, shop)  # a wrong name is told, instead of nothing found
    report = drafts_report(application.database, since=start, until=now, shop=shop)
    application.database.close()
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        _print(report)


def _print(report: DraftsReport) -> None:
    console = Console()
    where = f"the shop {report.shop}" if report.shop else "all shops"
    console.print(f"Drafts decided on since {report.since:%Y-%m-%d %H:%M} UTC in {where}", highlight=False)
    if not (report.total.judged or report.total.unused or report.repairs):
        console.print("Nobody has decided on a draft, and no draft was held back.")
        return
    console.print(_drafts_table("situation", [report.total, *report.by_situation]))
    console.print(_drafts_table("writer", report.by_version))
    if report.reasons:
        console.print(_reasons_table(report))
    if report.repairs:
        console.print(_repairs_table(report))


def _drafts_table(first: str, rows: Sequence[DraftFigures]) -> Table:
    table = Table(first, "drafts", "approved as is", "edited", "by", "rejected", "asked again", "not used")
    for row in rows:
        name = _version(row.writer, row.model, row.prompt_hash) if row.writer else row.situation or "all"
        shares = [_told(one) for one in (row.approved, row.edited)]
        edits = "" if row.edit_distance is None else percent(row.edit_distance)
        counts = [str(one.count) for one in (row.rejected, row.regenerated)]
        table.add_row(name, str(row.judged), *shares, edits, *counts, str(row.unused))
    return table


def _reasons_table(report: DraftsReport) -> Table:
    table = Table("times", "step", "what people wrote", "situations")
    for reason in report.reasons:
        table.add_row(str(reason.count), reason.kind.value, reason.text, ", ".join(reason.situations))
    return table


def _repairs_table(report: DraftsReport) -> Table:
    table = Table("finding", "writer", "found", "in one round", "in two", "never", "not tried", "brought", "mended")
    for one in report.repairs:
        counts = (one.found, one.first, one.second, one.never, one.not_tried, one.brought)
        name = _version(one.writer, one.model, one.prompt_hash)
        table.add_row(one.code, name, *map(str, counts), _told(one.mended))
    return table


def _told(share: Share) -> str:
    first, beside = share_phrase(share)
    return f"{first} ({beside})" if beside else first


def _version(writer: str, model: str | None, prompt_hash: str | None) -> str:
    return " ".join(filter(None, (model or writer, short_hash(prompt_hash) if prompt_hash else None)))
