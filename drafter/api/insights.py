"""Insights: how good the drafts were that people decided on, and what models took for them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from drafter.api.auth import ItemsReader
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.insights.drafts import WINDOW, DraftsReport, drafts_report
from drafter.insights.spending import CostsReport, costs_report

router = APIRouter(prefix="/insights", tags=["insights"])

Since = Annotated[AwareDatetime | None, Query(description="From that time on, with its zone; by default 30 days ago.")]


@router.get(
    "/drafts",
    summary="How good the drafts were",
    responses={200: answers("DRAFTS_REPORT"), **refusals("invalid")},
)
def drafts(
    key: ItemsReader,
    app: App,
    since: Since = None,
) -> DraftsReport:
    """Return what people made of the shop's drafts, by situation and by writer, model and prompt, and what is mended.

    Shares come with their 95 % interval by Wilson: of a few drafts they say little. Texts of people's own are not
    counted.
    """
    now = app.clock.now()
    return drafts_report(app.database, since=since or now - WINDOW, until=now, shop=key.shop)


@router.get(
    "/costs",
    summary="What models took",
    responses={200: answers("COSTS_REPORT"), **refusals("invalid")},
)
def costs(key: ItemsReader, app: App, since: Since = None) -> CostsReport:
    """Return what models took for the shop: by day, by model and role, and by both.

    `by_template` is the share of drafts that a used-up daily budget left to the template writer. Days are those of UTC.
    """
    now = app.clock.now()
    return costs_report(app.database, since=since or now - WINDOW, until=now, shop=key.shop)
