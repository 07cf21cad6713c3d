"""A shop's brand voice: read it, change it, and hear a change before it is kept."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from drafter.api.answers import HeardDraft, HeardReview, Voice, VoiceHeard
from drafter.api.auth import ShopsReader, ShopsWriter
from drafter.api.documents import answers, refusals
from drafter.api.parts import App
from drafter.api.problems import ApiProblem
from drafter.api.requests import NewVoice
from drafter.domain.case import Prepared
from drafter.domain.shop import Shop
from drafter.people import ApiKey
from drafter.voices import Compared, fingerprint

router = APIRouter(prefix="/shops", tags=["shops"])

_ETAG = {"ETag": {"description": "What tells this voice from any other.", "schema": {"type": "string"}}}
_IF_MATCH = Header(
    description="The ETag of the voice that the change is about; left out, it is changed as it is by now."
)
_BODIES = ("invalid-json", "not-found", "too-large", "unsupported-media-type", "invalid")


@router.get(
    "/{name}/brand-voice",
    summary="How a shop sounds",
    responses={200: answers("VOICE") | {"headers": _ETAG}, **refusals("not-found")},
)
def brand_voice(name: str, key: ShopsReader, app: App, response: Response) -> Voice:
    """Return the shop's brand voice; its ETag may be sent with a change."""
    return _told(app.voices.shop(_own(name, key)), response)


@router.patch(
    "/{name}/brand-voice",
    summary="Change how a shop sounds",
    responses={200: answers("VOICE") | {"headers": _ETAG}, **refusals("stale-version", *_BODIES)},
)
def change_brand_voice(
    name: str,
    wanted: NewVoice,
    key: ShopsWriter,
    app: App,
    response: Response,
    if_match: Annotated[str | None, _IF_MATCH] = None,
) -> Voice:
    """Change the fields that are sent, and leave the others as they are. Drafts made from now on sound like it."""
    seen = None if if_match is None else if_match.strip().strip('"')
    return _told(app.voices.change(_own(name, key), wanted.changes, by=key.id, seen=seen), response)


@router.post(
    "/{name}/brand-voice/preview",
    summary="Hear a change of voice",
    responses={200: answers("VOICE_HEARD"), **refusals(*_BODIES)},
)
async def hear_brand_voice(name: str, wanted: NewVoice, key: ShopsWriter, app: App) -> VoiceHeard:
    """Draft the same three reviews in the voice as it is and with the changes; no draft is stored.

    They are the shop's own last ones: a content customer, a complaint, one who needs a remedy; ours where it has none.
    Where a model writes, it is asked at least six times, which counts for the shop's daily budget.
    """
    heard = await app.voices.preview(_own(name, key), wanted.changes)
    return VoiceHeard(reviews=tuple(map(_heard, heard.compared)), usage=heard.usage)


def _own(name: str, key: ApiKey) -> str:
    """Return the name of the key's own shop; another one is not there, whether there is one or not."""
    if name != key.shop:
        raise ApiProblem("not-found", f"This key belongs to the shop {key.shop!r} and sees no other.")
    return name


def _told(shop: Shop, response: Response) -> Voice:
    response.headers["ETag"] = f'"{fingerprint(shop.brand_voice)}"'
    return Voice.model_validate(shop.brand_voice.model_dump())


def _heard(compared: Compared) -> HeardReview:
    sample = compared.sample
    return HeardReview(
        need=sample.need,
        own=sample.own,
        review=sample.case.review,
        before=_draft(compared.before),
        after=_draft(compared.after),
    )


def _draft(prepared: Prepared) -> HeardDraft:
    reason = prepared.draft.provenance.fallback_reason if prepared.draft else prepared.reason
    return HeardDraft(draft=prepared.draft, findings=prepared.findings, reason=reason)
