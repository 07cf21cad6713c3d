"""Where reviews are parted, and where words are found, in scripts without spaces between words."""

from __future__ import annotations

import pytest

from drafter.domain.situation import SituationName, Statement
from drafter.reports.clauses import Lists, parts_of
from drafter.reports.spirit import Spirit, spirit_of
from prompts.library import Library

LIBRARY = Library()
THAI = Lists(language="th", library=LIBRARY)


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
    assert [part.strip() for part in parts_of(text, THAI)] == parts


@pytest.mark.parametrize(("text", "holds"), [("เนื้อผ้าดี", True), ("ใช้ครั้งเดียว", False), ("วางไว้", False), ("ส่งไว", True)])
def test_a_word_is_not_found_in_part_of_a_syllable(text: str, holds: bool) -> None:
    assert THAI.hold("praise", text) is holds


@pytest.mark.parametrize(
    ("clause", "about", "spirit"), [("ผ้าไม่บาง", "quality", None), ("ผ้าไม่บาง", "positive", Spirit.PRAISE)]
)
def test_a_fault_that_is_denied_is_no_complaint(clause: str, about: str, spirit: Spirit | None) -> None:
    points = LIBRARY.points("th")
    assert points is not None
    read = Statement(about=SituationName(about), share=0.95, start=0, end=len(clause))
    assert spirit_of(clause, read, points, THAI) is spirit


def test_a_clause_ends_with_a_conjunction_even_without_a_mark() -> None:
    clauses = parts_of("形は可愛いですが底が抜けました。軽いけど倒れやすい", Lists(language="ja", library=LIBRARY))
    assert clauses == ["形は可愛いですが", "底が抜けました", "軽いけど", "倒れやすい"]
