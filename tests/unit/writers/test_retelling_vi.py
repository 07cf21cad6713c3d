"""What reviews in Vietnamese say, said again in a reply."""

from __future__ import annotations

import asyncio

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()

RETOLD = {
    "Quai túi mình bị bung chỉ sau 2 tuần": "quai túi bạn bị bung chỉ sau 2 tuần",
    "em mặc size M hơi chật ạ": "bạn mặc size M hơi chật",
    "mới dùng 3 ngày đã ko lên nguồn": "hàng mới dùng 3 ngày đã không lên nguồn",
    "mình đặt màu be shop giao nhầm màu xám": "bạn đặt màu be nhận nhầm màu xám",
    "shop giao thiếu 2 con ốc": "bạn nhận thiếu 2 con ốc",
    "nắp bình hở nên nước rỉ ra ngoài": "nắp bình hở nên nước rỉ ra ngoài",
    "vải siêu mềm luôn ạ": "vải rất mềm",
    "shop đóng gói rất kỹ": "hàng được đóng gói rất kỹ",
    "chưa nhận đc hàng": "bạn chưa nhận được hàng",
    "nhưng mà dây sạc hơi ngắn": "dây sạc hơi ngắn",
    "con mình mặc rất vừa": "con bạn mặc rất vừa",
    "tui xài thấy máy chạy êm": "bạn xài thấy máy chạy êm",
    "thân hộp móp méo hết": "thân hộp móp méo hết",
    "mở hộp ra thấy nắp bình nứt": "nắp bình nứt",
    "viền hơi cong chút xíu": "viền hơi cong một chút",
    "nồi nhỏ xíu": "nồi rất nhỏ",
    "chỉ hơi khó lắp": "hàng hơi khó lắp",  # a shop does not make light of it
    "bé nhà mình mê cái trống này": "bé mê cái trống này",
}

NEVER = [
    "vai mong qua mac 2 lan da rach",  # without marks it may mean anything
    "giao hang rat nhanh",
    "bạn nào mua nên lấy lên 1 size",
    "vải mỏng quá shop ơi",
    "shop khác bán vải dày hơn",
    "hôm qua mới nhận hàng đã bị hỏng",
    "nếu vải dày hơn thì đẹp",
    "màu này có bị phai không",
    "mặc vào bị ngứa khắp người",
    "hàng tệ nhất từng mua",
    "mình cao 1m60 mặc hơi ngắn",
    "áo mua ở chợ còn đẹp hơn",
    "chồng mình mặc không vừa",
    "mình đặt nhầm size M",
    "hàng giả dùng 2 hôm là hỏng",
    "chảo không dính trứng",  # praise that reads as a complaint
    "chất lượng tuyệt vời",
    "chất lượng quá kém",
]


@pytest.mark.parametrize(("clause", "said"), RETOLD.items())
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str) -> None:
    """The customer is "bạn", chat spellings are written out, and what lacks a subject gets one."""
    assert retold(clause, "vi", LIBRARY) == said


@pytest.mark.parametrize("clause", NEVER)
def test_what_would_not_read_well_is_left_to_our_own_words(clause: str) -> None:
    """Clauses without marks, to others, on other shops, bodies, times and wishes are not said again."""
    assert retold(clause, "vi", LIBRARY) is None


def test_a_draft_repeats_what_the_customer_reports() -> None:
    """The public reply and the private message hold the customer's own particulars."""
    review = Review(external_id="1", text="Mình mới giặt 1 lần, cổ áo đã giãn. Vải thì mềm.", rating=2, language="vi")
    read = Situation(
        situation=SituationName.QUALITY,
        language="vi",
        sentiment=-1,
        channel=Channel.HYBRID,
        confidence=0.9,
        reader="test",
        details=(),
    )
    draft = asyncio.run(TemplateWriter(LIBRARY).write(Case(review=review), read, Brief()))
    assert "cổ áo đã giãn" in (draft.public_reply or "")
    assert "cổ áo đã giãn" in (draft.private_message or "")


def test_further_praise_gets_a_sentence_of_its_own() -> None:
    """A reply to praise thanks for the first point and is glad of the others after that."""
    review = Review(external_id="1", text="Chăn rất mềm. Hàng được gói cẩn thận.", rating=5, language="vi")
    read = Situation(
        situation=SituationName.POSITIVE,
        language="vi",
        sentiment=1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="test",
        details=(),
    )
    reply = asyncio.run(TemplateWriter(LIBRARY).write(Case(review=review), read, Brief())).public_reply or ""
    first, second = reply.split(". ", maxsplit=1)
    assert "chăn rất mềm" in first
    assert "gói" in second
