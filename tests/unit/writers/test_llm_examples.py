"""Examples: which are shown to a model, and how it is seen that their words were copied."""

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.example import Example
from drafter.domain.review import Review
from drafter.domain.shop import BrandVoice, Shop, VoiceExample
from drafter.domain.situation import SituationName
from drafter.writers.examples import Shown, copied, examples_for, shortened

REPLY = "We are glad that the strap sits well and that the colour is what you had hoped for."
OWN = VoiceExample(reply="Glad it fits. Thank you for telling us.", review="Fits.")


def an_example(reply: str = REPLY, language: str = "en") -> Example:
    return Example(reply=reply, review_excerpt="Sits well", situation=SituationName.POSITIVE, language=language)


def shown(*replies: str) -> list[Shown]:
    return [Shown(reply=reply, review=None) for reply in replies]


def test_approved_replies_come_before_the_shops_own_and_two_are_enough() -> None:
    case = Case(review=Review(external_id="1"), shop=Shop(brand_voice=BrandVoice(examples=(OWN, OWN))))
    assert [one.reply for one in examples_for(case, Brief(examples=(an_example(),)), "en")] == [REPLY, OWN.reply]
    three = Brief(examples=(an_example("One."), an_example("Two."), an_example("Three.")))
    assert [one.reply for one in examples_for(case, three, "en")] == ["One.", "Two."]


def test_an_approved_reply_in_another_language_is_not_shown() -> None:
    case = Case(review=Review(external_id="1"))
    assert examples_for(case, Brief(examples=(an_example(language="de"),)), "en") == ()


@pytest.mark.parametrize(
    ("text", "short"), [("A bag.", "A bag."), ("Good  and\nplain words", "Good and …"), ("長" * 20, "長" * 12 + " …")]
)
def test_a_long_text_is_cut_between_words_where_it_has_some(text: str, short: str) -> None:
    assert shortened(text, 12) == short


def test_a_run_of_words_is_found_where_it_stands_whatever_parts_them() -> None:
    text = "Hi Ana! Glad that THE strap sits well, and that the colour pleases you."
    found = copied(text, shown(REPLY), (), "en")
    assert [span.of(text) for span in found] == ["Glad that THE strap sits well, and that the colour"]


def test_seven_words_are_no_copy_and_words_of_the_case_belong_to_any_reply() -> None:
    assert (
        copied(
            "Glad that the strap sits well and that it arrived.", shown("so glad that the strap sits well"), (), "en"
        )
        == []
    )
    assert copied(REPLY, shown(REPLY), (), "en") != []
    assert copied(REPLY, shown(REPLY), (REPLY,), "en") == []


@pytest.mark.parametrize(
    ("language", "example", "other"),
    [
        (
            "ja",
            "肩にかけやすいとのこと、うれしく拝見しました。ありがとうございます。",
            "ありがとうございます。またお困りの際はチャットへ。",
        ),
        ("th", "ดีใจมากเลยที่สายกระเป๋าสะพายสบายและสีตรงใจคุณลูกค้าค่ะ", "ขอบคุณที่บอกกันค่ะ ทักแชตร้านได้เลยนะคะ"),
    ],
)
def test_scripts_without_spaces_are_compared_by_characters(language: str, example: str, other: str) -> None:
    assert copied(f"{example[:-1]} 😊", shown(example), (), language) != []
    assert copied(other, shown(example), (), language) == []
