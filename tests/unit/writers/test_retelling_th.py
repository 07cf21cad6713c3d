"""Reviews in Thai: where their clauses end, and how a reply says them again."""

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Situation, SituationName, Statement
from drafter.reports.clauses import Lists, parts_of
from drafter.reports.spirit import Spirit, spirit_of
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()
LISTS = Lists(language="th", library=LIBRARY)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ผ้าสวยแต่ซิปฝืด", ["ผ้าสวย", "แต่ซิปฝืด"]),
        ("ซิปเสียตั้งแต่วันแรก กระดุมหลุด", ["ซิปเสียตั้งแต่วันแรก", "กระดุมหลุด"]),
        ("ของตกแต่งแต่ละชิ้นสวยมาก ๆ", ["ของตกแต่งแต่ละชิ้นสวยมาก ๆ"]),
        ("ใช้ไป 2 วัน ก็พัง", ["ใช้ไป 2 วัน ก็พัง"]),
        ("สั่งไซส์ M ได้ L มา ใส่ไม่ได้", ["สั่งไซส์ M ได้ L มา", "ใส่ไม่ได้"]),
        ("ลำโพงเสียงเพราะมาก เพราะเบสแน่น", ["ลำโพงเสียงเพราะมาก", "เพราะเบสแน่น"]),
        ("ของดีมากค่ะส่งไวครับ555ถูกใจ", ["ของดีมากค่ะ", "ส่งไวครับ", "ถูกใจ"]),
    ],
)
def test_a_clause_is_not_parted_within_a_word_or_at_a_number(text: str, parts: list[str]) -> None:
    assert [part.strip() for part in parts_of(text, LISTS)] == parts


@pytest.mark.parametrize(("text", "holds"), [("เนื้อผ้าดี", True), ("ใช้ครั้งเดียว", False), ("วางไว้", False), ("ส่งไว", True)])
def test_a_word_is_not_found_in_part_of_a_syllable(text: str, holds: bool) -> None:
    assert LISTS.hold("praise", text) is holds


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("ซิปแตกตั้งแต่วันแรกเลยค่ะ", "ซิปแตกตั้งแต่วันแรก"),  # particles are left out
        ("แต่สีซีดกว่าในรูปมากกกกก", "สีซีดกว่าในรูปมาก"),  # drawn out letters, a joining word
        ("แพคมาดีมากๆคับ", "แพ็กมาดีมาก"),  # the standard spelling, no doubled word
        ("ชอบที่ผ้านิ่มใส่สบาย", "ผ้านิ่มใส่สบาย"),
        ("ร้านส่งของไวมาก", "ส่งของไวมาก"),  # the shop is who speaks
        ("เล็กไปหน่อยค่ะ", "ขนาดเล็กไปหน่อย"),  # a subject where one is wanted
        ("แตกมา 2 ใบ", "ของแตกมา 2 ใบ"),
        ("ไม่ตรงปกเลย", "ของไม่ตรงกับรูป"),
        ("เราสั่งไซส์ XL ได้ M มา", "คุณลูกค้าสั่งไซซ์ XL แต่ได้ M มา"),  # it was not the shop that ordered
        ("รอของมา 20 วันแล้วยังไม่ได้", "ต้องรอของมา 20 วันแล้วยังไม่ได้"),
        ("แม่ชอบมากจ้า", "คุณแม่ชอบมาก"),
        ("ทักร้านไปก็ไม่ตอบ", "ทักแชทมาแล้วไม่ได้รับคำตอบ"),
        ("งานเนี้ยบมาก", "งานเนี้ยบมาก"),  # "เนี้ย" is a particle, but not here
        ("งานไม่เนี๊ยบเท่าไหร่", "งานไม่ค่อยเนี้ยบ"),
        ("ร่มคันเล็กกว่าในรูป", "ร่มคันเล็กกว่าในรูป"),  # "คัน" counts umbrellas, and is "to itch"
        ("โคมไฟปรับได้ 3 ระดับ", "โคมไฟปรับได้ 3 ระดับ"),  # "รับได้" is "acceptable"
        ("กางเกงต้นขาคับ", "กางเกงต้นขาคับไป"),  # "คับ" is tight, and how "ครับ" is written
        ("ซิปแตกคับ", "ซิปแตก"),
        ("เสียดายทรงสวย", None),  # praise that is regretted
        ("หม้อใช้ได้ 3 ครั้งก็พัง", "หม้อใช้ได้ 3 ครั้งก็พัง"),
        ("ฝากล่องก็หลวม", "ฝากล่องหลวม"),  # "too", where no time goes before it
        ("แก้วเก็บความเย็นดี", "แก้วเก็บความเย็นดี"),  # "ก็" is no part of "เก็บ"
        ("เด็กๆชอบมาก", "เด็ก ๆ ชอบมาก"),
        ("ของดี package สวย", None),  # English
        ("แม่ค้าน่ารักมาก", None),  # about the people
        ("ของที่ส่งมา", None),  # no statement
        ("แพ็คดีมากแม่ค้าใส่ใจ", None),
        ("ผมว่าผ้าบาง", None),  # "I"
        ("แชมพูใช้แล้วผมนุ่ม", None),  # hair, which is written like "I"
        ("ผ้าดีกว่าร้านอื่น", None),  # another shop
        ("ผ้าน่าจะหนากว่านี้", None),  # a wish
        ("ผ้าบางมั้ย", None),  # a question
        ("คุณภาพแย่มาก", None),  # a verdict
        ("ราคา 199 บาทคุ้มมาก", None),  # a price
        ("แอดมินไม่มีมารยาท", None),
        ("สั่งสีขาว ส่งสีดำมา", "คุณลูกค้าสั่งสีขาวแต่ได้สีดำมา"),
        ("สินค้าแท้แน่นอน", None),
        ("สายชาร์จร้อนจนไหม้", None),  # harm
        ("รอยเปื้อน", None),  # "รอ" is "wait", and begins other words
        ("ใช้ดีแค่แรกๆ", None),
    ],
)
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str | None) -> None:
    assert retold(clause, "th", LIBRARY) == said


def reading(text: str, *told: tuple[str, str], situation: str) -> Situation:
    """Return a situation whose clauses were read so, without doubt."""
    return Situation(
        situation=SituationName(situation),
        language="th",
        sentiment=0,
        statements=tuple(
            Statement(about=SituationName(about), share=0.95, start=text.index(part), end=text.index(part) + len(part))
            for part, about in told
        ),
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )


def case(text: str) -> Case:
    return Case(review=Review(external_id="1", text=text, rating=3), shop=Shop(default_language="th"))


async def test_a_draft_says_again_what_is_complained_of_and_what_is_praised() -> None:
    text = "กระเป๋าสวยมากค่ะ จุของได้เยอะ แต่ซิปฝืดรูดยากค่ะ555"
    told = (("กระเป๋าสวยมากค่ะ จุของได้เยอะ", "positive"), ("แต่ซิปฝืดรูดยากค่ะ", "quality"))
    draft = await TemplateWriter(LIBRARY).write(case(text), reading(text, *told, situation="quality"), Brief())
    reply = str(draft.public_reply)
    assert "ขออภัย" in reply
    assert "ซิปฝืดรูดยาก" in reply
    assert "กระเป๋าสวยมากและจุของได้เยอะ" in reply
    assert "555" not in reply


async def test_praise_is_said_again_in_two_sentences_with_thanks_once() -> None:
    text = "โต๊ะสวยแข็งแรงดี ประกอบง่าย ส่งไวมากค่ะ"
    draft = await TemplateWriter(LIBRARY).write(
        case(text), reading(text, (text, "positive"), situation="positive"), Brief()
    )
    reply = str(draft.public_reply)
    assert "โต๊ะสวยแข็งแรงดี" in reply  # "แข็ง" is stiff, but not within "strong"
    assert "ประกอบง่าย" in reply
    assert reply.count("ขอบคุณ") == 1


@pytest.mark.parametrize(
    ("clause", "about", "spirit"), [("ผ้าไม่บาง", "quality", None), ("ผ้าไม่บาง", "positive", Spirit.PRAISE)]
)
def test_a_fault_that_is_denied_is_no_complaint(clause: str, about: str, spirit: Spirit | None) -> None:
    points = LIBRARY.points("th")
    assert points is not None
    read = Statement(about=SituationName(about), share=0.95, start=0, end=len(clause))
    assert spirit_of(clause, read, points, LISTS) is spirit
