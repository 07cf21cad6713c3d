"""The page that tells leads what models took, and what the daily budgets held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from drafter.insights.spending import CostFigures, costs_report
from drafter.insights.wording import SharePhrase, cost_phrase, each_phrase, share_phrase
from drafter.web.chosen import Choice
from drafter.web.guard import Lead, common
from drafter.web.site import Here, Site

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table of costs."""

    day: date | None
    shop: str | None
    model: str | None
    role: str | None
    drafts: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost: str
    each: str  # draft
    by_template: SharePhrase | None  # because of the budget; None where that held nothing back


@router.get("/insights/costs")
def costs(here: Here, lead: Lead, choice: Choice) -> Response:
    """Show what models took in the last days, in one shop or in all."""
    report = costs_report(here.application.database, since=choice.since, until=choice.until, shop=choice.shop)
    shown: dict[str, Any] = {
        "total": _row(here, report.total),
        "by_day": _rows(here, reversed(report.by_day)),
        "by_model": _rows(here, report.by_model),
        "unpriced": report.total.unpriced_calls,
    }
    return here.render("insights_costs.html", **common(lead), here="costs", **shown, **choice.form)


def _rows(site: Site, figures: Iterable[CostFigures]) -> list[Row]:
    return [_row(site, one) for one in figures]


def _row(site: Site, one: CostFigures) -> Row:
    return Row(
        day=one.day,
        shop=one.shop,
        model=one.model,
        role=None if one.role is None else site.say("model_roles", one.role),
        drafts=one.drafts,
        calls=one.calls,
        tokens_in=one.tokens_in,
        tokens_out=one.tokens_out,
        cost=cost_phrase(one.cost_usd, one.unpriced_calls),
        each=each_phrase(one),
        by_template=share_phrase(one.by_template) if one.over_budget else None,
    )
