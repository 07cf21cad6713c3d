"""Spending: what models took, by day, shop, model and role, and what the daily budgets held back."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from drafter.domain.record import Record
from drafter.domain.share import Share, share
from drafter.store.costs import Cost, costs
from drafter.store.database import Database


class CostFigures(Cost):
    """What models took, and for how many drafts, with what that makes of each."""

    cost_usd_per_draft: float | None  # None where there was no draft, or a price is not known
    by_template: Share  # of the drafts, those that the budget left to the template writer


class CostsReport(Record):
    """What models took in a time. Days are those of UTC; a budget's day is the shop's own."""

    since: AwareDatetime
    until: AwareDatetime
    shop: str | None  # None: all
    total: CostFigures
    by_day: tuple[CostFigures, ...]  # and shop
    by_model: tuple[CostFigures, ...]  # and role
    by_all: tuple[CostFigures, ...]  # day, shop, model and role


def costs_report(database: Database, *, since: datetime, until: datetime, shop: str | None = None) -> CostsReport:
    """Return what models took.

    Args:
        database: of the installation; nothing is written.
        since: tries of that time or later.
        until: now; it is told with the figures.
        shop: of that name; None: all shops.
    """
    with database.reading() as session:
        total = costs(session, since, shop=shop)[0]
        by_day = costs(session, since, "day", "shop", shop=shop)
        by_model = costs(session, since, "model", "role", shop=shop)
        by_all = costs(session, since, "day", "shop", "model", "role", shop=shop)
    return CostsReport(
        since=since,
        until=until,
        shop=shop,
        total=_figures(total),
        by_day=tuple(map(_figures, by_day)),
        by_model=tuple(map(_figures, by_model)),
        by_all=tuple(map(_figures, by_all)),
    )


def _figures(cost: Cost) -> CostFigures:
    each = cost.cost_per_draft
    return CostFigures(
        **cost.model_dump(),
        cost_usd_per_draft=None if each is None else round(each, 6),
        by_template=share(cost.over_budget, cost.drafts + (cost.over_budget if cost.model else 0)),
    )
