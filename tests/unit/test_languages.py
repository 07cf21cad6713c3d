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
        ("vi", "mua lan thu 2 roi ma shop dong goi so sai qua"),
        ("fr", "tres decu, la fermeture a lache des le debut"),
        ("pt", "nao gostei, o tecido e muito fino e veio sujo"),
        ("es", "no lo recomiendo, la tela es muy fina y llego sucio"),
        ("ms", "bungkusan lambat sampai, dah dua minggu tunggu"),
        ("id", "paket telat sampai, udah dua minggu nungguin"),
        ("ms", "tali beg putus masa baru guna dua hari, kecewa sangat"),
        ("id", "tali tas putus padahal baru dipakai dua hari, kecewa berat"),
        ("ms", "Kami memohon maaf atas kesulitan ini dan akan menyemak pesanan anda dengan segera."),
        ("id", "Kami mohon maaf atas kendala ini dan akan memeriksa pesanan Kakak."),
        ("fil", "the seller never replied to any of my messages, sira pa yung item, sayang lang pera"),
        ("en", "My friend from Manila said salamat when I gave it to her, she loves the bag"),
    ],
)
def test_neighbours_and_mixtures(language: str, text: str) -> None:
    """Malay is not Indonesian, Portuguese not Spanish, and English words do not make a text English."""
    assert LANGUAGES.identify(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍👍👍",
        "10/10",
        "asdfghjkl",
        "qwerty asdf",
        "!!!",
        "https://example.com/a",
        "M",
        "ok",
        "haha",
        "super",
    ],
)
def test_texts_in_no_language(text: str) -> None:
    assert LANGUAGES.identify(text) == "und"


@pytest.mark.parametrize("text", ["hyvä tuote nopea toimitus", "produkti është shumë i mirë", "labai gera prekė"])
def test_a_language_that_nobody_here_knows_is_unknown(text: str) -> None:
    """A guess would answer a Finn in French; the shop's own language is the better one."""
    assert LANGUAGES.identify(text) == "und"
    assert LANGUAGES.identify(text, hint="en") == "en"


def test_the_hint_counts_where_the_text_does_not_decide() -> None:
    assert LANGUAGES.identify("ok", hint="ms") == "ms"
    assert LANGUAGES.identify("ok normal", hint="pt") == "pt"
    assert LANGUAGES.identify("bagus", hint="ms") == "ms"
    assert LANGUAGES.identify("Der Stoff ist leider sehr dünn", hint="ms") == "de"


def test_chinese_characters_alone_follow_a_japanese_hint() -> None:
    assert LANGUAGES.identify("最高品質", hint="ja") == "ja"
    assert LANGUAGES.identify("最高品質") == "zh"


def test_entities_and_invisible_characters_do_not_count() -> None:
    assert visible("It&#39;s\u200b fine") == "It's fine"
    assert LANGUAGES.identify("C&#39;est tr&egrave;s joli, merci") == "fr"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The zірper brоke on dаy one and nоbody answers"),
        ("en", "Ｂｒｏｋｅｎ　ａｆｔｅｒ　ｏｎｅ　ｄａｙ"),
        ("en", "𝓣𝓱𝓮 𝔃𝓲𝓹𝓹𝓮𝓻 𝓫𝓻𝓸𝓴𝓮 𝓸𝓷 𝓭𝓪𝔂 𝓸𝓷𝓮"),
        ("vi", "kho\u0301a ke\u0301o ho\u0309ng ngay la\u0302\u0300n \u0111a\u0302\u0300u"),
        ("id", "res\u200blet\u200bing\u200bnya ru\u00adsak, kecewa ba\u2060nget"),
        ("en", "\u202eeno yad no ekorb reppiz eht\u202c"),
    ],
)
def test_a_language_shows_through_a_disguise(language: str, text: str) -> None:
    assert LANGUAGES.identify(text) == language


def test_the_end_of_a_long_text_counts_as_well() -> None:
    """Ten thousand characters of emoji and a sentence at the end are in the language of the sentence."""
    assert LANGUAGES.identify("⭐ " * 5_000 + "Der Reißverschluss war nach zwei Tagen kaputt") == "de"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Love it! Me encantó el color, la tela es suavecita y llegó antes de lo que esperaba."),
        ("en", "Arrived broken and nobody writes back. הגיע שבור"),
        ("he", "הגיע שבור ואף אחד לא עונה, very bad"),
        ("th", "ซิปพังตั้งแต่วันแรก very bad seller"),
        ("ja", "Amazonで買ったiPhone caseが壊れた"),
    ],
)
def test_the_larger_part_decides_in_a_text_of_two_languages(language: str, text: str) -> None:
    assert LANGUAGES.identify(text) == language


@pytest.mark.parametrize(
    "text",
    [
        *("asdf", "hjkl hjkl", "aaaaaaaaaa", "dfgdfgdfgdfg", "xcvbnm", "asdasdasd", "lsdkjflskdjf fgjhk"),
        *(
            "hldkgzltsltñdltdlydoydoyñdoyx",
            "ฟหกด ่าสว",
            "กกกกกกกกกก",
            "ああああああああ",
            "фывапролд",
            "ㅁㄴㅇㄹㅁㄴㅇㄹ",
        ),
    ],
)
def test_keyboard_noise(text: str) -> None:
    assert looks_like_noise(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "good",
            "ok",
            "Strengths",
            "TQVM",
            "brb",
            "très bien",
            "555",
            "hahaha nice",
            "hahahahaha",
            "kkkkkkkk",
            "jajajaja",
        ),
        *(
            "wkwkwkwk",
            "55555555",
            "ㅋㅋㅋㅋㅋ",
            "durchschnittlich",
            "Schwarzkopf",
            "hyvä tuote nopea toimitus",
            "XGK-330 USB",
        ),
        *("вишневый", "ดีมากกกกกกก", "すごーーーーい"),
    ],
)
def test_words_are_not_noise(text: str) -> None:
    assert not looks_like_noise(text)


@given(st.text(max_size=300), st.sampled_from([None, "en", "th", "xx"]))
def test_any_text_has_a_subtag(text: str, hint: str | None) -> None:
    found = LANGUAGES.identify(text, hint=hint)
    assert found.isalpha()
    assert 2 <= len(found) <= 3
