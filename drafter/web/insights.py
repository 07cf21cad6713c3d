"""The page that tells leads how good the drafts were, what was changed in them, and what repairs mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from drafter.domain.edits import Change, differences
from drafter.insights.drafts import DraftFigures, DraftsReport, drafts_report
from drafter.insights.wording import SharePhrase, percent, share_phrase, short_hash
from drafter.store import changed
from drafter.store.changed import ChangedDraft
from drafter.web.chosen import Choice
from drafter.web.guard import Lead, common
from drafter.web.site import Here, Site
from drafter.web.times import ago

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a table of drafts."""

    name: str
    prompt: str | None  # the beginning of its hash
    prompt_hash: str | None
    judged: int
    approved: SharePhrase
    edited: SharePhrase
    edits: str  # the mean distance
    rejected: SharePhrase
    regenerated: SharePhrase
    unused: int


@dataclass(frozen=True, kw_only=True)
class Altered:
    """A draft that did not leave as it was, with what became of its texts."""

    item_id: str
    shop: str
    situation: str
    outcome: str
    when: str
    who: str  # wrote it
    language: str
    edits: str | None
    remark: str | None
    texts: tuple[tuple[Change, ...], ...]


@router.get("/insights/drafts")
def drafts(here: Here, lead: Lead, choice: Choice) -> Response:
    """Show how good the drafts of the last days were, in one shop or in all."""
    database, now = here.application.database, choice.until
    with database.reading() as session:
        latest = changed.latest(session, choice.since, shop=choice.shop)
    report = drafts_report(database, since=choice.since, until=now, shop=choice.shop)
    shown = _tables(here, report) | {"altered": [_altered(here, one, now) for one in latest]}
    return here.render("insights_drafts.html", **common(lead), here="drafts", **shown, **choice.form)


def _tables(site: Site, report: DraftsReport) -> dict[str, Any]:
    return {
        "total": _row(site, report.total),
        "by_situation": _rows(site, report.by_situation),
        "by_version": _rows(site, report.by_version),
        "reasons": report.reasons,
        "repairs": [
            (one, _version(site, one.writer, one.model), _prompt(one.prompt_hash), share_phrase(one.mended))
            for one in report.repairs
        ],
    }


def _rows(site: Site, figures: Iterable[DraftFigures]) -> list[Row]:
    return [_row(site, one) for one in figures]


def _row(site: Site, one: DraftFigures) -> Row:
    name = site.say("situations", one.situation.value) if one.situation else "All"
    return Row(
        name=_version(site, one.writer, one.model) if one.writer else name,
        prompt=_prompt(one.prompt_hash),
        prompt_hash=one.prompt_hash,
        judged=one.judged,
        approved=share_phrase(one.approved),
        edited=share_phrase(one.edited),
        edits="–" if one.edit_distance is None else percent(one.edit_distance),
        rejected=share_phrase(one.rejected),
        regenerated=share_phrase(one.regenerated),
        unused=one.unused,
    )


def _version(site: Site, writer: str, model: str | None) -> str:
    return model or site.say("writers", writer)


def _prompt(prompt_hash: str | None) -> str | None:
    return None if prompt_hash is None else short_hash(prompt_hash)


def _altered(site: Site, one: ChangedDraft, now: datetime) -> Altered:
    origin = one.draft.provenance
    whole = [text for text in (one.draft.public_reply, one.draft.private_message) if text]
    texts = tuple((Change(kind="kept", text=text),) for text in whole)
    return Altered(
        item_id=one.item_id,
        shop=one.shop,
        situation=site.say("situations", one.situation.value),
        outcome=one.outcome.value,
        when=ago(one.at, now),
        who=_version(site, origin.writer, origin.model),
        language=one.draft.language,
        edits=None if one.edit_distance is None else percent(one.edit_distance),
        remark=one.remark,
        texts=differences(one.draft, one.approved) if one.approved else texts,
    )
