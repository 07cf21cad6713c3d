"""`insights`: how good the drafts were, what is mended, and what models took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from drafter import compose
from drafter.domain.errors import BadInput
from drafter.domain.share import Share
from drafter.insights.drafts import WINDOW, DraftFigures, DraftsReport, drafts_report
from drafter.insights.spending import CostFigures, CostsReport, costs_report
from drafter.insights.wording import cost_phrase, each_phrase, percent, share_phrase, short_hash
from drafter.settings import load_settings
from drafter.store import shops

Report = TypeVar("Report", DraftsReport, CostsReport)

OneShop = Annotated[str | None, typer.Option(help="Only one shop.")]
Since = Annotated[datetime | None, typer.Option(help="From that time on, UTC; by default 30 days ago.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]

insights = typer.Typer(help="What can be learnt from decisions and tries.", no_args_is_help=True)


@insights.command("drafts")
def drafts(*, shop: OneShop = None, since: Since = None, as_json: AsJson = False) -> None:
    """Tell how many drafts were approved as they were, how far others were edited, and what repairs mend."""
    _tell(_report(drafts_report, shop, since), _print_drafts, as_json=as_json)


def _report(make: Callable[..., Report], shop: str | None, since: datetime | None) -> Report:
    """Return a report of this installation. Raises BadInput and UnknownShop for what was asked wrongly."""
    application = compose.application(load_settings(), role="command")
    now = application.clock.now()
    start = since.replace(tzinfo=UTC) if since else now - WINDOW
    try:
        if start > now:
            raise BadInput("--since is in the future. Name a time that has passed.")
        if shop is not None:
            with application.database.reading() as session:
                shops.get(session, shop)  # a wrong name is told, instead of nothing found
        return make(application.database, since=start, until=now, shop=shop)
    finally:
        application.database.close()


def _tell(report: Report, show: Callable[[Report], None], *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=1))
    else:
        show(report)


def _print_drafts(report: DraftsReport) -> None:
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


@insights.command("costs")
def costs(*, shop: OneShop = None, since: Since = None, as_json: AsJson = False) -> None:
    """Tell what models took, by day and shop, by model and role, and what the daily budgets held back."""
    _tell(_report(costs_report, shop, since), _print_costs, as_json=as_json)


def _print_costs(report: CostsReport) -> None:
    console = Console()
    where = f"the shop {report.shop}" if report.shop else "all shops"
    console.print(f"What models took since {report.since:%Y-%m-%d %H:%M} UTC in {where}", highlight=False)
    if not report.by_model:
        console.print("No model was asked.")
        return
    console.print(_costs_table("day, UTC", "shop", [report.total, *report.by_day]))
    console.print(_costs_table("model", "as", report.by_model))


def _costs_table(first: str, second: str, rows: Sequence[CostFigures]) -> Table:
    table = Table(first, second, "drafts", "requests", "tokens in", "out", "cost", "a draft", "over budget")
    for one in rows:
        names = (one.model, one.role) if one.model else (str(one.day or "all"), one.shop or "")
        counts = (one.drafts, one.calls, one.tokens_in, one.tokens_out)
        told = cost_phrase(one.cost_usd, one.unpriced_calls), each_phrase(one)
        table.add_row(*map(str, names), *(f"{count:,}" for count in counts), *told, _told(one.by_template))
    return table
