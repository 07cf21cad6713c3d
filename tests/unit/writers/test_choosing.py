"""A reply quotes the complaint where it is sorry, praise where it is glad, and answers only points that are there."""

import pytest

from drafter.domain.case import Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.writers.choosing import answered, quotation
from prompts.library import Library

LIBRARY = Library()


def case(text: str, rating: int | None = None) -> Case:
    return Case(review=Review(external_id="1", text=text, rating=rating))


def read(
    name: SituationName, text: str, *details: str, language: str = "en", secondary: tuple[SituationName, ...] = ()
) -> Situation:
    found = tuple(
        Detail(text=words, start=text.find(words), end=text.find(words) + len(words)) for words in (details or (text,))
    )
    return Situation(
        situation=name,
        secondary=secondary,
        language=language,
        sentiment=0,
        details=found,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )


def quoted(name: str, text: str, *details: str, language: str = "en") -> str | None:
    situation = read(SituationName(name), text, *details, language=language)
    return quotation(case(text), situation, language, LIBRARY)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the parcel came fast"),
        ("es", "el paquete llegó rápido"),
        ("pt", "a entrega foi muito rápida"),
        ("fr", "la livraison était rapide"),
        ("de", "die Lieferung kam schnell"),
        ("it", "la consegna è stata veloce"),
        ("id", "pengirimannya cepat sekali"),
        ("ms", "penghantaran sangat pantas"),
        ("th", "ส่งเร็วมาก ดีมาก"),
        ("vi", "giao hàng rất nhanh"),
        ("fil", "mabilis ang delivery nila"),
        ("ja", "届くのが早かったです"),
    ],
)
def test_praise_is_not_quoted_where_we_are_sorry(language: str, text: str) -> None:
    assert quoted("shipping", text, language=language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the handle broke off"),
        ("es", "el asa está rota"),
        ("pt", "a alça veio quebrada"),
        ("fr", "la poignée est cassée"),
        ("de", "der Griff ist kaputt"),
        ("it", "il manico è rotto"),
        ("id", "gagangnya rusak"),
        ("ms", "pemegangnya sudah rosak"),
        ("th", "หูจับพังแล้ว"),
        ("vi", "tay cầm bị gãy"),
        ("fil", "sira ang hawakan"),
        ("ja", "持ち手が壊れました"),
    ],
)
def test_a_fault_is_quoted_in_a_complaint_and_never_in_praise(language: str, text: str) -> None:
    assert quoted("quality", text, language=language) == text
    assert quoted("positive", text, language=language) is None


@pytest.mark.parametrize(
    "text",
    [
        "I would recommend it to anyone",
        "do not buy from them",
        "thank you so much seller",
        "not tested yet by me",
        "so very disappointed with it",
        "never again in my life",
    ],
)
def test_a_verdict_without_a_point_is_not_quoted(text: str) -> None:
    assert quoted("quality", text) is None
    assert quoted("positive", text) is None


def test_an_opinion_is_not_read_back() -> None:
    assert quoted("other", "a bit too plain for me") is None
    assert quoted("quality", "a bit too thin for me") == "a bit too thin for me"


def test_words_about_the_delivery_are_not_quoted_as_a_fault_of_the_item() -> None:
    assert quoted("quality", "the courier was rude and late") is None
    assert quoted("shipping", "the courier came a week late") == "the courier came a week late"


def test_a_long_clause_gives_the_piece_that_tells_the_fault() -> None:
    text = "I had hoped to use it for the whole of the summer holidays but the strap tore, which is sad"
    assert quoted("quality", text) == "the strap tore"


def test_mixed_praise_gives_the_piece_that_is_praise() -> None:
    assert quoted("positive", "the fabric is lovely but the sleeves are short") == "the fabric is lovely"


def test_a_detail_that_is_cut_inside_a_clause_is_not_quoted() -> None:
    text = "We found that the lid of the larger box did not close"
    assert quoted("quality", text, "of the larger box did not close") is None
    assert quoted("quality", text, "We found that the lid of the larger box did not") is None


def test_without_a_telling_word_a_colour_may_still_be_wrong() -> None:
    assert quoted("wrong_item", "more of a mint green") == "more of a mint green"
    assert quoted("quality", "more of a mint green") is None


def test_praise_with_few_stars_gets_neutral_thanks() -> None:
    praise = read(SituationName.POSITIVE, "Not my taste.")
    assert answered(case("Not my taste.", 2), praise, LIBRARY).situation is SituationName.OTHER
    assert answered(case("Not my taste.", 5), praise, LIBRARY) == praise
    assert answered(case("Not my taste."), praise, LIBRARY) == praise


@pytest.mark.parametrize(
    ("text", "kept"), [("Came fast, love the colour.", False), ("Love the colour, but it came late.", True)]
)
def test_a_further_point_of_praise_is_answered_only_where_something_is_wrong(text: str, kept: bool) -> None:
    praise = read(SituationName.POSITIVE, text, secondary=(SituationName.SHIPPING,))
    assert bool(answered(case(text, 5), praise, LIBRARY).secondary) is kept


def test_complaints_keep_all_their_points() -> None:
    complaint = read(SituationName.QUALITY, "It broke.", secondary=(SituationName.SHIPPING,))
    assert answered(case("It broke.", 1), complaint, LIBRARY) == complaint


def test_a_question_is_not_quoted_also_where_the_detail_leaves_its_mark_out() -> None:
    assert (
        quoted("wrong_item", "Got the wrong lid. Must I pay the return myself ?", "Must I pay the return myself")
        is None
    )
