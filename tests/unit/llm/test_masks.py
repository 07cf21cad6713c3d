"""Masks: nothing personal leaves, everything comes back, and nobody's own words are taken for a mark of ours."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drafter.domain.personal_data import find_personal_data
from drafter.llm.masks import Masks
from drafter.llm.name_words import NameWords

DATA = st.sampled_from(
    [
        "ana.souza@example.com",
        "ana (at) example dot com",
        "+1 212 555 0142",
        "(212) 555-0142",
        "order #A1234567",
        "pedido nº 55 1234 9876 0001",
        "注文番号 2026112200417",
        "123.456.789-09",
        "4111 1111 1111 1111",
        "https://example.com/ana@example.com/x",
        "www.example.org",
        "@ana_souza",
        "221B Baker Street",
        "東京都渋谷区神南1",
        "Hauptstraße 12",
    ]
)
MARKS = st.sampled_from(
    ["[EMAIL_1]", "[name]", "【NAME】", "EMAIL_1", "[PHONE_2]", "{Order Number 1}", "[TEXT_1]", "[", "]"]
)
NAMES = st.sampled_from(["Ana", "ANA", "ana", "Souza", "Ana's", "banana"])
TEXTS = st.lists(st.one_of(DATA, MARKS, NAMES, st.text(max_size=8), st.sampled_from([" ", "\n", ", "]))).map("".join)
WORDS = st.text(st.characters(exclude_categories=["N", "Cs"]), max_size=8)
SPACED = st.lists(st.one_of(DATA, NAMES, WORDS)).map(" ".join)
AUTHORS = st.sampled_from([None, "Ana Souza", "ana", "Email Name", "佐藤 花子", "the best shop"])
REGIONS = st.sampled_from([None, "US", "JP", "EU"])


@given(TEXTS, AUTHORS, REGIONS)
@example("東京都渋谷区[NAME]1", "Ana", None)
@example("https://x.com/ana@example.com/[EMAIL_1]", "Ana", None)
@example("EMAIL_1https://example.com/ana@example.com/x", None, None)
@example("\\ana@example.com", None, None)
def test_what_was_hidden_is_put_back_whole(text: str, author: str | None, region: str | None) -> None:
    masks = Masks(author=author, region=region)
    assert masks.put_back(masks.hide(text)) == text


@given(TEXTS, AUTHORS, REGIONS)
def test_no_personal_datum_and_no_name_survives(text: str, author: str | None, region: str | None) -> None:
    masks = Masks(author=author, region=region)
    hidden = masks.hide(text)
    assert find_personal_data(hidden, region=region) == ()
    bare = re.sub(r"\[[A-Z_]+(?:_\d+)?\]", "[]", hidden)
    assert list(NameWords(author).find(bare)) == []


@given(TEXTS, TEXTS)
def test_hiding_is_stable_within_a_request_and_between_two(first: str, second: str) -> None:
    masks = Masks(author="Ana Souza")
    before = masks.hide(first)
    masks.hide(second)
    assert masks.hide(first) == before
    assert Masks(author="Ana Souza").hide(first) == before


@given(SPACED)
def test_in_public_only_the_first_name_comes_back(text: str) -> None:
    masks = Masks(author="Ana Souza", region="US")
    public = masks.put_back_name(masks.hide(text))
    assert not re.search(r"\w@\w+\.\w|www|\d{4}", public)
    assert not re.search(r"(?<![^\W\d_])souza(?![^\W\d_])", public, re.IGNORECASE)


def test_marks_are_numbered_by_kind_and_the_same_datum_has_the_same() -> None:
    masks = Masks(author="Ana Souza", region="US")
    hidden = masks.hide("Ana here: ana@example.com, not bo@example.com. Again: ana@example.com, +1 212 555 0142")
    assert hidden == "[NAME] here: [EMAIL_1], not [EMAIL_2]. Again: [EMAIL_1], [PHONE_1]"
    assert masks.hide("Write to bo@example.com") == "Write to [EMAIL_2]"


@pytest.mark.parametrize("text", ["size 2 (212) 555-0142 or 41", "4111 1111 1111 1111 2", "12 0912 345 678"])
def test_a_long_number_is_hidden_where_another_one_stands_beside_it(text: str) -> None:
    """The patterns of phones and cards see one number too many there, and find none."""
    masks = Masks(region="US")
    assert not re.search(r"\d{3}", re.sub(r"\[[A-Z_]+_\d+\]", "", masks.hide(text)))


def test_what_the_seller_knows_to_be_personal_is_hidden_as_it_is_written() -> None:
    masks = Masks(author="M***a", names=["Maria Lindqvist"], known=["ZX-4411-B", "12"])
    assert masks.hide("Maria here, zx-4411-b, 12 days") == "[NAME_2] here, [DATUM_1], 12 days"
    assert masks.first_name is None


def test_a_mark_that_the_customer_wrote_is_his_own_text() -> None:
    """Else a review could have another text of the request put into the private message."""
    masks = Masks()
    hidden = masks.hide("I am [EMAIL_1], mail ana@example.com")
    assert hidden == "I am [TEXT_1], mail [EMAIL_2]"
    assert masks.put_back(hidden) == "I am [EMAIL_1], mail ana@example.com"
    assert masks.put_back("[EMAIL_1]") == "[EMAIL_1]"


def test_a_mark_left_in_public_never_reads_as_what_the_customer_wrote() -> None:
    """The check for unfilled fields lets pass what stands in the review; our marks are therefore others."""
    masks = Masks()
    masks.hide("[EMAIL_1] [EMAIL_2] EMAIL_3 ana@example.com")
    assert masks.put_back_name("Write to [EMAIL_4]") == "Write to [EMAIL_4]"


@pytest.mark.parametrize(
    "written",
    [
        "[ORDER_NUMBER_1]",
        "[Order number 1]",
        "[order_number]",
        r"\[ORDER\_NUMBER\_1\]",
        "【ORDER_NUMBER_1】",
        "<ORDER-NUMBER-1>",
        "ORDER_NUMBER_1",
    ],
)
def test_a_mangled_mark_is_told_where_there_is_no_doubt(written: str) -> None:
    masks = Masks()
    masks.hide("order #A1234567")
    assert masks.put_back(f"About {written}: sorry.") == "About order #A1234567: sorry."
    assert masks.put_back_name(f"About {written}: sorry.") == "About [ORDER_NUMBER_1]: sorry."


@pytest.mark.parametrize("written", ["[EMAIL]", "[EMAIL_3]", "[E-MAIL]", "[customer name]", "EMAIL 1", "[NAME]"])
def test_a_mark_that_could_mean_two_or_none_stays(written: str) -> None:
    masks = Masks()
    masks.hide("ana@example.com or bo@example.com")
    assert masks.put_back(written) == written
    assert masks.put_back_name(written) == written


@pytest.mark.parametrize("written", ["[NAME]", "[Name]", "[name]", "【NAME】", "[NAME_1]", "{NAME}", r"\[NAME\]"])
def test_the_first_name_is_put_back_in_public_and_private(written: str) -> None:
    masks = Masks(author="Ana Souza")
    masks.hide("Souza")
    assert masks.put_back(f"Hi {written},") == "Hi Ana,"
    assert masks.put_back_name(f"Hi {written}, [NAME_2]") == "Hi Ana, [NAME_2]"


def test_the_first_name_in_small_letters_greets_as_it_should() -> None:
    masks = Masks(author="Ana Souza")
    hidden = masks.hide("ana was here")
    assert masks.put_back_name(hidden) == "Ana was here"
    assert masks.put_back(hidden) == "ana was here"


@pytest.mark.parametrize(
    ("author", "text", "hidden"),
    [
        ("Ana Souza", "ANA souza, banana, Ana's", "[NAME_2] [NAME_3], banana, [NAME]'s"),
        ("Ana-Lena K.", "Ana-Lena or Lena K.", "[NAME] or [NAME_2] K."),
        ("José", "Jose and Jose\u0301 and José", "[NAME_2] and [NAME_3] and [NAME]"),
        ("Đặng Thị Hoa", "Dang thi hoa day, hoang", "[NAME_2] thi [NAME_3] day, hoang"),
        ("佐藤 花子", "佐藤です。花子様", "[NAME]です。[NAME_2]様"),
        ("さくら", "さくらです", "[NAME]です"),
        ("นก", "นกหวีด นก", "นกหวีด [NAME]"),
        ("สมชาย", "ผมสมชายครับ", "ผม[NAME]ครับ"),
        ("김민수", "김민수입니다", "[NAME]입니다"),
        ("ana_souza92", "ana_souza92, Souza", "[NAME_2], [NAME_3]"),
        ("j***n", "jan jon n", "jan jon n"),
        ("A", "A bag", "A bag"),
    ],
)
def test_the_words_of_the_name_are_hidden_whole_and_in_any_case(author: str, text: str, hidden: str) -> None:
    assert Masks(author=author).hide(text) == hidden


@pytest.mark.parametrize(
    ("author", "text", "hidden"),
    [
        ("the best shop", "The best shop, the best.", "The best shop, the best."),
        ("Customer", "A customer writes.", "A customer writes."),
        ("good", "Good bag, very good.", "Good bag, very good."),
        ("Will S.", "I will buy it. Will", "I will buy it. [NAME]"),
        ("An Nguyen", "Das ist an der Tasche. An", "Das ist an der Tasche. [NAME]"),
    ],
)
def test_a_common_word_as_a_name_does_not_blank_the_review(author: str, text: str, hidden: str) -> None:
    assert Masks(author=author).hide(text) == hidden
