"""The page of a shop's brand voice, for leads: change it, and hear it beside the one that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from drafter.domain.case import Prepared
from drafter.domain.errors import StaleVersion
from drafter.domain.finding import Finding
from drafter.domain.shop import BrandVoice, Shop
from drafter.voices import Compared, VoiceChange, VoicePreview, fingerprint
from drafter.web.guard import Lead, Posted, Visitor, common, text_of
from drafter.web.origin import took
from drafter.web.pages import Notice, status_of
from drafter.web.passages import Passage, passages_of
from drafter.web.site import Here, Site

router = APIRouter()

ShopName = Annotated[str, Query(alias="shop", max_length=60)]
PLACES = 6  # for examples: as many as a voice may have


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """One review's draft in one voice."""

    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]  # that no text is there for
    note: str | None  # why there is no draft, or what its writer could not do
    took: str | None  # of models; None where none was asked


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One review's drafts in both voices."""

    need: str
    own: bool
    rating: int | None
    product: str | None
    text: str
    language: str
    before: Spoken
    after: Spoken

    @property
    def alike(self) -> bool:
        """Whether nobody would hear a difference."""
        before, after = ([one.text for one in spoken.passages] for spoken in (self.before, self.after))
        return before == after


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a person wrote into the form: as it is shown again, and the voice that it makes."""

    fields: dict[str, Any]
    voice: VoiceChange | None  # None: it makes none
    fault: str = ""  # why it makes none


@router.get("/voice")
def show(
    here: Here, lead: Lead, name: ShopName = "default", saved: Annotated[str | None, Query(max_length=1)] = None
) -> Response:
    """Show a shop's voice."""
    shop = here.application.voices.shop(name)
    notice = Notice(**here.desk["voice_saved"], level="calm") if saved else None
    return _page(here, lead, shop, fields_of(shop.brand_voice), notice=notice)


@router.post("/voice")
async def change(here: Here, lead: Lead, form: Posted, name: ShopName) -> Response:
    """Keep the voice as it stands in the form, or let it be heard."""
    voices, written = here.application.voices, written_in(form)
    shop = await run_in_threadpool(voices.shop, name)
    if written.voice is None:
        notice = Notice(title="This cannot be used", text=written.fault)
        return await run_in_threadpool(_page, here, lead, shop, written.fields, notice=notice, status=422)
    if text_of(form, "step") == "preview":
        heard = await voices.preview(name, written.voice.changes)
        return await run_in_threadpool(_page, here, lead, shop, written.fields, heard=heard)
    try:
        await run_in_threadpool(
            voices.change, name, written.voice.changes, by=lead.actor.id, seen=text_of(form, "seen") or ""
        )
    except StaleVersion as error:
        return await run_in_threadpool(_refused, here, lead, name, written.fields, error)
    return RedirectResponse(f"/voice?{urlencode({'shop': name, 'saved': '1'})}", status_code=303)


def fields_of(voice: BrandVoice) -> dict[str, Any]:
    """Return a voice as the form shows it."""
    return {
        "tone": voice.tone,
        "person": voice.person,
        "emoji": voice.emoji,
        "sign_off": voice.sign_off or "",
        "use": "\n".join(voice.use),
        "avoid": "\n".join(voice.avoid),
        "examples": [(one.review or "", one.reply) for one in voice.examples],
    }


def written_in(form: FormData) -> Written:
    """Return what a form says; a line or an example in which nothing stands is none."""
    given = {field: text_of(form, field) or "" for field in ("tone", "person", "sign_off", "use", "avoid")}
    columns = [map(_text, form.getlist(field)) for field in ("example_review", "example_reply")]
    pairs = [(review, reply) for review, reply in zip(*columns, strict=False) if review or reply]
    fields: dict[str, Any] = given | {"emoji": "emoji" in form, "examples": pairs}
    wish = fields | {
        "use": _lines(given["use"]),
        "avoid": _lines(given["avoid"]),
        "examples": [{"review": review or None, "reply": reply} for review, reply in pairs],
    }
    try:
        return Written(fields=fields, voice=VoiceChange.model_validate(wish))
    except ValidationError as error:
        faults = dict.fromkeys(_FAULTS[str(fault["loc"][0])] for fault in error.errors())
        return Written(fields=fields, voice=None, fault=" ".join(faults))


#: What is wrong with a field; the record says only that it is.
_FAULTS = {
    "tone": "Choose one of the three tones.",
    "person": "Choose whether the shop says I or we.",
    "emoji": "Emoji are allowed or they are not.",
    "sign_off": "The sign-off has at most 40 characters.",
    "use": "There are at most 20 phrases to use, one a line, each of at most 120 characters.",
    "avoid": "There are at most 50 phrases to avoid, one a line, each of at most 120 characters.",
    "examples": "An example needs a reply; reviews and replies have at most 600 characters each.",
}


def _text(value: object) -> str:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _refused(site: Site, lead: Visitor, name: str, fields: dict[str, Any], error: StaleVersion) -> Response:
    """Show the form with what the person wrote; saved once more, it replaces the newer voice."""
    notice = Notice(**site.desk["voice_stale"])
    return _page(site, lead, site.application.voices.shop(name), fields, notice=notice, status=status_of(error)[0])


def _page(
    site: Site,
    lead: Visitor,
    shop: Shop,
    fields: dict[str, Any],
    *,
    notice: Notice | None = None,
    heard: VoicePreview | None = None,
    status: int = 200,
) -> Response:
    voices = site.application.voices
    places = [*fields["examples"], *[("", "")] * PLACES][: max(PLACES, len(fields["examples"]))]
    context = {
        "here": "voice",
        "shop": shop,
        "shops": voices.shops(),
        "seen": fingerprint(shop.brand_voice),
        "voice": fields | {"examples": places},
        "calls": voices.calls,
        "heard": heard is not None,
        "pairs": [pair_of(one) for one in heard.compared] if heard else [],
        "took": took(heard.usage) if heard else None,
    }
    return site.render("voice.html", status, **common(lead), **context, notice=notice)


def pair_of(compared: Compared) -> Pair:
    """Return one review's drafts as the page shows them."""
    review = compared.sample.case.review
    return Pair(
        need=compared.sample.need,
        own=compared.sample.own,
        rating=review.rating,
        product=review.product.name,
        text=review.full_text,
        language=compared.sample.situation.language,
        before=_spoken(compared.before),
        after=_spoken(compared.after),
    )


def _spoken(prepared: Prepared) -> Spoken:
    draft = prepared.draft
    return Spoken(
        passages=passages_of(draft, prepared.findings),
        findings=() if draft else prepared.findings,
        note=draft.provenance.fallback_reason if draft else prepared.reason,
        took=took(prepared.usage),
    )
