"""Reviews in Thai: where their clauses end, and how a reply says them again."""

import pytest

from drafter.reports.clauses import Lists, parts_of
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
    ],
)
def test_a_clause_is_not_parted_within_a_word_or_at_a_number(text: str, parts: list[str]) -> None:
    assert [part.strip() for part in parts_of(text, LISTS)] == parts


@pytest.mark.parametrize(("text", "holds"), [("เนื้อผ้าดี", True), ("ใช้ครั้งเดียว", False), ("วางไว้", False), ("ส่งไว", True)])
def test_a_word_is_not_found_in_part_of_a_syllable(text: str, holds: bool) -> None:
    assert LISTS.hold("praise", text) is holds
