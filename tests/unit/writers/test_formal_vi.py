"""Vietnamese in the formal tone: a shop that says "quý khách" says it in every sentence of its own."""

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
VOICING = Voicing(common=LIBRARY.common("vi"), voice=FORMAL)
QUOTED = re.compile("“[^”]*”")
#: What the formal tone has no place for: "bạn", "shop", "mình" for the shop, particles and chatty verbs.
INFORMAL = re.compile(r"\b(?:bạn|shop|(?<!của )mình|nhé|nha|ơi|dạ|kể|áy náy|bực)\b", re.IGNORECASE)
TEXTS = {  # what is told of the customer again, what is found by listed words, and what is neither
    SituationName.QUALITY: ("Quai túi mình bị bung chỉ sau 2 tuần", "màu rất xấu, vải mỏng tanh", "Ừm."),
    SituationName.SHIPPING: ("mình chưa nhận đc hàng", "giao quá chậm, thất lạc", "!"),
    SituationName.SIZING: ("em mặc size M hơi chật ạ", "chật quá, ngắn quá", "Cỡ"),
    SituationName.MISUNDERSTANDING: ("nồi nhỏ xíu", "khác với hình", "Hả."),
    SituationName.WRONG_ITEM: ("mình đặt màu be shop giao nhầm màu xám", "giao sai size, thiếu ốc vít", "?"),
    SituationName.SERVICE: ("mình nhắn tin không ai trả lời", "thái độ thô lỗ, chưa hoàn tiền", "Dịch vụ"),
    SituationName.SAFETY: ("mình bị bỏng tay", "pin nóng và bốc khói", "Nguy hiểm"),
    SituationName.OTHER: ("mình dùng mỗi ngày", "giá hơi cao", "Tạm."),
    SituationName.POSITIVE: ("con mình mặc rất vừa", "giao nhanh, vải mềm mịn", "Tốt"),
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
        author=None if number == 3 else "Linh",
        product=Product(name="Đèn của bạn") if quotes else Product(),
        language="vi",
    )
    read = Situation(
        situation=name,
        language="vi",
        sentiment=1 if name is SituationName.POSITIVE else -1,
        details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
        channel=channel,
        confidence=0.9,
        reader="scripted",
    )
    case = Case(review=review, shop=Shop(default_language="vi", brand_voice=voice))
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
    assert VOICING.shortfalls([["Cảm ơn bạn."]]) == ()


def test_each_listed_point_is_told_formally() -> None:
    points = LIBRARY.points("vi")
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


@pytest.mark.parametrize(
    ("name", "text", "channel", "public"),
    [
        (
            SituationName.SHIPPING,
            "mình chưa nhận đc hàng",
            Channel.HYBRID,
            "Kính gửi quý khách Linh, cảm ơn quý khách đã phản ánh. Cửa hàng thành thật xin lỗi vì quý khách chưa nhận "
            "được hàng. Mời quý khách nhắn vào khung chat để cửa hàng xem tình hình cùng quý khách.",
        ),
        (
            SituationName.POSITIVE,
            "con mình mặc rất vừa",
            Channel.PUBLIC,
            "Kính chào quý khách Linh, cảm ơn quý khách đã viết cho cửa hàng. Mừng là con quý khách mặc rất vừa.",
        ),
        (
            SituationName.SAFETY,
            "mình bị bỏng tay",
            Channel.PRIVATE,
            "Kính gửi quý khách Linh, cảm ơn quý khách đã báo việc này, "
            "mời quý khách nhắn cho cửa hàng qua khung chat.",
        ),
    ],
)
async def test_a_whole_reply_is_formal(name: SituationName, text: str, channel: Channel, public: str) -> None:
    _, _, draft = await written(name, text, channel)
    assert draft.public_reply == public
