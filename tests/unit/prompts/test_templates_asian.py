"""What the templates in Indonesian, Malay, Thai, Vietnamese and Japanese owe to their languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from drafter.languages import Languages
from drafter.testing.wordings import slots, topics_in_turn
from prompts.library import Library, render

LIBRARY = Library()
LANGUAGES = Languages()
DETAILS = {
    "id": "ritsletingnya rusak",
    "ms": "zipnya rosak",
    "th": "ซิปเสียตั้งแต่วันแรก",
    "vi": "khóa kéo bị hỏng",
    "fil": "sira ang zipper",
    "ja": "ファスナーが壊れてしまい",
}
PRODUCTS = {"th": "กระเป๋าผ้าแคนวาส", "ja": "キャンバストートバッグ"}
CASES = [(language, situation) for language in DETAILS for situation in LIBRARY.situations(language)]
THAI_ENDS = ("ค่ะ", "คะ")

#: Words that only one of the two neighbours has; a reader of the other stumbles over them.
INDONESIAN_ONLY = (
    "bisa karena toko kualitas ukuran pengiriman paket nomor foto kapan silakan mengerti butuh uang coba kakak kak"
    " pelayanan berbeda beda beritahukan senang kabar dikirim makasih lewat obrolan nyaman seharusnya rusak"
)
MALAY_ONLY = (
    "kerana kedai kualiti saiz penghantaran bungkusan nombor gambar sila faham anda sembang layanan berbeza"
    " beritahu gembira mesej sahaja padan jawapan butiran sepatutnya rosak selesa semak"
)


def entries(language: str, situation: str) -> Iterator[str]:
    for _, slot in slots(LIBRARY.templates(language, situation)):
        yield from slot


def all_texts(language: str) -> Iterator[str]:
    """Yield every wording of a language, as it is written in the files, and what its topics are called."""
    common, topics = LIBRARY.common(language), LIBRARY.topics(language)
    yield from (*common.greeting.with_name, *common.greeting.without_name)
    yield from (*common.invites.public, *common.invites.hybrid)
    for sentences in common.also.values():
        yield from sentences
    for situation in LIBRARY.situations(language):
        yield from entries(language, situation)
    for group in topics.topics.values() if topics else ():
        for topic in group:
            yield from topic.said(topics.forms).values() if topics else ()


def test_thai_has_no_full_stop_and_ends_each_sentence_with_its_particle() -> None:
    for text in all_texts("th"):
        assert "." not in text, text
        assert not text.endswith(("ครับ", "จ้า")), text
    for situation in LIBRARY.situations("th"):
        for entry in entries("th", situation):
            assert entry.endswith(THAI_ENDS), entry


def test_thai_parts_a_product_and_a_quotation_from_the_words_around_them() -> None:
    for text in all_texts("th"):
        assert not re.search(r"[^\s“]\{(?:product|detail)|(?:product|detail)\}[^\s”]", text), text
        assert not re.search(r"[^\s]“|”[^\s]", text), text


def test_japanese_ends_each_sentence_with_its_mark_and_quotes_in_its_own_way() -> None:
    for situation in LIBRARY.situations("ja"):
        for entry in entries("ja", situation):
            assert entry.endswith(("。", "？")), entry
            assert not re.search(r"[“”\".,!?]", entry), entry
            assert ("{detail}" in entry) == ("「{detail}」" in entry), entry


@pytest.mark.parametrize(("language", "foreign"), [("ms", INDONESIAN_ONLY), ("id", MALAY_ONLY)])
def test_malay_and_indonesian_keep_to_their_own_words(language: str, foreign: str) -> None:
    for text in all_texts(language):
        found = {re.sub(r"nya$", "", word) for word in re.findall(r"[a-z]+", text.casefold())}
        assert not found.intersection(foreign.split()), text


def test_vietnamese_does_not_guess_at_the_gender_of_the_customer() -> None:
    for text in all_texts("vi"):
        assert not re.search(r"(?<!\w)(?:anh|chị|ông|bà|cô|chú)(?!\w)", text.casefold()), text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_a_filled_wording_reads_as_its_language(language: str, situation: str) -> None:
    """Neighbouring wordings together, since a single short one tells a language no better than a name."""
    topics, join = topics_in_turn(LIBRARY, language, situation), LIBRARY.common(language).join
    product = PRODUCTS.get(language, "Canvas Bag")
    texts = [
        render(entry, {"detail": DETAILS[language], "product": product, **next(topics).said})
        for entry in entries(language, situation)
    ]
    for at in range(0, len(texts) - 2, 3):
        text = join.join(texts[at : at + 3])
        assert LANGUAGES.identify(text) == language, text
