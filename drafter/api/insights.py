"""Insights: how good the drafts were that people decided on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from drafter.api.auth import ItemsReader
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.insights.drafts import WINDOW, DraftsReport, drafts_report

router = APIRouter(prefix="/insights", tags=["insights"])


@router.get(
    "/drafts",
    summary="How good the drafts were",
    responses={200: answers("DRAFTS_REPORT"), **refusals("invalid")},
)
def drafts(
    key: ItemsReader,
    app: App,
    since: Annotated[
        AwareDatetime | None, Query(description="From that time on, with its zone; by default 30 days ago.")
    ] = None,
) -> DraftsReport:
    """Return what people made of the shop's drafts, by situation and by writer, model and prompt, and what is mended.

    Shares come with their 95 % interval by Wilson: of a few drafts they say little. Texts of people's own are not
    counted.
    """
    now = app.clock.now()
    return drafts_report(app.database, since=since or now - WINDOW, until=now, shop=key.shop)
