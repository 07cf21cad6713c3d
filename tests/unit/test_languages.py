"""The language of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.languages import Languages, looks_like_noise, visible

LANGUAGES = Languages()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The lid leaks and nobody writes back"),
        ("en", "I want to kill time with it"),
        ("es", "La cremallera se rompió al segundo día"),
        ("pt", "Veio faltando uma peça, péssimo"),
        ("fr", "La couture a lâché dès le premier lavage"),
        ("de", "Nach zwei Wochen ist der Henkel abgebrochen"),
        ("it", "Il manico si è staccato dopo una settimana"),
        ("id", "resletingnya rusak padahal baru dipakai sekali"),
        ("ms", "zip dah rosak padahal baru pakai sekali je"),
        ("th", "ซิปพังตั้งแต่วันแรก"),
        ("vi", "khóa kéo hỏng ngay lần đầu dùng"),
        ("fil", "sira agad yung zipper, isang gamit pa lang"),
        ("ja", "一度使っただけでファスナーが壊れました"),
        ("nl", "De rits was na een dag al kapot"),
        ("ko", "지퍼가 바로 고장났어요"),
        ("zh", "拉链第一天就坏了"),
        ("ru", "Молния сломалась в первый день"),
        ("tr", "Fermuar ilk gün bozuldu, çok kötü bir ürün"),
    ],
)
def test_a_sentence_in_its_language(language: str, text: str) -> None:
    assert LANGUAGES.identify(text) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fil", "super ganda ng quality, fast delivery, thank you po seller"),
        ("fil", "wrong color yung dumating pero ok naman"),
        ("ms", "parcel sampai cepat, packing kemas, tq seller"),
        ("ms", "kualiti ok je, saiz kecil sikit"),
        ("id", "packing aman, seller fast respon, recommended banget"),
        ("pt", "chegou rapido mas veio quebrado"),
        ("es", "llego rapido pero vino roto"),
        ("vi", "hang dep, giao nhanh, chat luong tot"),
    ],
)
def test_neighbours_and_mixtures(language: str, text: str) -> None:
    """Malay is not Indonesian, Portuguese not Spanish, and English words do not make a text English."""
    assert LANGUAGES.identify(text) == language


@pytest.mark.parametrize(
    "text", ["", "   ", "👍👍👍", "10/10", "asdfghjkl", "qwerty asdf", "!!!", "https://example.com/a"]
)
def test_texts_in_no_language(text: str) -> None:
    assert LANGUAGES.identify(text) == "und"


def test_the_hint_counts_where_the_text_does_not_decide() -> None:
    assert LANGUAGES.identify("ok", hint="ms") == "ms"
    assert LANGUAGES.identify("Der Stoff ist leider sehr dünn", hint="ms") == "de"


def test_chinese_characters_alone_follow_a_japanese_hint() -> None:
    assert LANGUAGES.identify("最高品質", hint="ja") == "ja"
    assert LANGUAGES.identify("最高品質") == "zh"


def test_entities_and_invisible_characters_do_not_count() -> None:
    assert visible("It&#39;s\u200b fine") == "It's fine"
    assert LANGUAGES.identify("C&#39;est tr&egrave;s joli, merci") == "fr"


@pytest.mark.parametrize("text", ["asdf", "hjkl hjkl", "aaaaaaaaaa", "dfgdfgdfgdfg", "xcvbnm"])
def test_keyboard_noise(text: str) -> None:
    assert looks_like_noise(text)


@pytest.mark.parametrize("text", ["good", "ok", "Strengths", "TQVM", "brb", "très bien", "555", "hahaha nice"])
def test_words_are_not_noise(text: str) -> None:
    assert not looks_like_noise(text)


@given(st.text(max_size=300), st.sampled_from([None, "en", "th", "xx"]))
def test_any_text_has_a_subtag(text: str, hint: str | None) -> None:
    found = LANGUAGES.identify(text, hint=hint)
    assert found.isalpha()
    assert 2 <= len(found) <= 3
