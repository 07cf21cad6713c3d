"""Filipino in the formal tone: "po" and "kayo", and none of the chatty wordings."""

from __future__ import annotations

import re
from itertools import product

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.review import Product, Review
from drafter.domain.shop import BrandVoice, Shop
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.languages import Languages
from drafter.rounds import reply_to_check
from drafter.writers.template import TemplateWriter
from drafter.writers.voicing import Voicing
from guardrails.runner import Guardrails
from prompts.library import Library

LIBRARY = Library()
WRITER = TemplateWriter(LIBRARY)
FORMAL = BrandVoice(tone="formal")
VOICING = Voicing(common=LIBRARY.common("fil"), voice=FORMAL)
QUOTED = re.compile("“[^”]*”")
#: Chatty words, and the second person without respect.
INFORMAL = re.compile(
    r"\b(?:ikaw|mo|iyo|naku|gets|enjoy|napangiti|hassle|wow|hello|hi|kuwentuhan|"
    r"ang saya|okay sa inyo ang|chat lang po kayo)\b",
    re.IGNORECASE,
)
TEXTS = {
    SituationName.QUALITY: ("nasira agad ang zipper ko", "manipis ang tela"),
    SituationName.SHIPPING: ("hindi ko pa natanggap ang order", "ang tagal ng delivery"),
    SituationName.SIZING: ("masikip sa akin ang size", "maluwag sa balikat"),
    SituationName.MISUNDERSTANDING: ("iba sa picture", "maliit"),
    SituationName.WRONG_ITEM: ("maling kulay ang dumating", "kulang ng turnilyo"),
    SituationName.SERVICE: ("hindi sumasagot ang seller", "wala pa ang refund"),
    SituationName.SAFETY: ("napaso po ako", "umusok ang battery"),
    SituationName.OTHER: ("mahal ang presyo", "okay lang"),
    SituationName.POSITIVE: ("nagustuhan ko ang kulay", "ang bilis ng delivery"),
}
CHANNELS = {
    SituationName.SAFETY: (Channel.PRIVATE,),
    SituationName.POSITIVE: (Channel.PUBLIC,),
    SituationName.OTHER: (Channel.PUBLIC,),
}


async def written(
    name: SituationName,
    text: str,
    channel: Channel,
    *,
    number: int = 1,
    voice: BrandVoice = FORMAL,
    quotes: bool = False,
) -> tuple[Case, Situation, Draft]:
    review = Review(
        external_id=str(number),
        text=text,
        author=None if number == 3 else "Ana",
        product=Product(name="Lampara mo") if quotes else Product(),
        language="fil",
    )
    read = Situation(
        situation=name,
        language="fil",
        sentiment=1 if name is SituationName.POSITIVE else -1,
        details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
        channel=channel,
        confidence=0.9,
        reader="scripted",
    )
    case = Case(review=review, shop=Shop(default_language="fil", brand_voice=voice))
    return case, read, await WRITER.write(case, read, Brief(attempt=number))


@pytest.mark.parametrize("name", TEXTS)
async def test_no_sentence_of_the_shop_is_informal(name: SituationName) -> None:
    for channel, text in product(CHANNELS.get(name, tuple(Channel)), TEXTS[name]):
        for number, person in ((1, "we"), (2, "I"), (3, "we"), (4, "we")):
            voice = BrandVoice.model_validate({"tone": "formal", "person": person})
            _, _, draft = await written(name, text, channel, number=number, voice=voice, quotes=number == 4)
            said = QUOTED.sub("“”", f"{draft.public_reply}\n{draft.private_message or ''}")
            assert not INFORMAL.search(said), said
            assert draft.provenance.fallback_reason is None
            assert "formal" not in str(draft.provenance)


def test_the_formal_tone_is_no_shortfall() -> None:
    assert VOICING.shortfalls([["Salamat po."]]) == ()


def test_each_listed_point_is_told_formally() -> None:
    points = LIBRARY.points("fil")
    assert points is not None
    listed = [point.says for group in (points.complaints, points.praise) for found in group.values() for point in found]
    assert [said for said in listed if INFORMAL.search(VOICING.in_tone(said))] == []


@pytest.mark.parametrize("name", TEXTS)
async def test_formal_drafts_pass_the_guardrails(name: SituationName) -> None:
    guardrails = Guardrails(languages=Languages())
    for channel, text in product(CHANNELS.get(name, (Channel.PUBLIC, Channel.HYBRID)), TEXTS[name][:2]):
        case, situation, draft = await written(name, text, channel)
        found = guardrails.inspect(reply_to_check(case, situation, draft))
        assert [finding for finding in found if finding.blocks] == [], draft
