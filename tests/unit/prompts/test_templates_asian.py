"""The templates in Indonesian, Malay, Thai, Vietnamese, Filipino and Japanese, every wording of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import blocking
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.domain.text import counted_sentences
from drafter.languages import Languages
from guardrails.runner import Guardrails
from prompts.library import Library, Message, Reply, Templates, render, variables_of

LIBRARY = Library()
LANGUAGES = Languages()
REMEDY = ("shipping", "quality", "sizing", "wrong_item", "service")
SITUATIONS = ("positive", "other", "misunderstanding", "safety", *REMEDY)
THAI_ENDS = ("ค่ะ", "คะ")
UNSPACED_LIMIT = 240  # characters of a public reply in Thai and Japanese


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A review of the language, and what a reply may take from it."""

    text: str
    detail: str
    product: str
    name: str
    apology: tuple[str, ...]  # stems of every way to say sorry


SAMPLES = {
    "id": Sample(
        text="Ritsletingnya rusak, saya kecewa banget. Barangnya belum bisa dipakai.",
        detail="ritsletingnya rusak",
        product="Tas Kanvas",
        name="Ana",
        apology=("maaf",),
    ),
    "ms": Sample(
        text="Zipnya rosak, saya kecewa sangat dengan barang ni.",
        detail="zipnya rosak",
        product="Beg Kanvas",
        name="Aina",
        apology=("maaf",),
    ),
    "th": Sample(
        text="ซิปเสียตั้งแต่วันแรกที่ใช้ ผิดหวังมากค่ะ",
        detail="ซิปเสียตั้งแต่วันแรกที่",  # 24 characters, the longest that is quoted
        product="กระเป๋าผ้าแคนวาส",
        name="แอน",
        apology=("ขออภัย", "ขอโทษ"),
    ),
    "vi": Sample(
        text="Khóa kéo bị hỏng, mình thất vọng quá.",
        detail="khóa kéo bị hỏng",
        product="Túi vải",
        name="Linh",
        apology=("xin lỗi",),
    ),
    "fil": Sample(
        text="Sira ang zipper, nakakadismaya po talaga.",
        detail="sira ang zipper",
        product="Canvas Bag",
        name="Liza",
        apology=("pasensya", "paumanhin"),
    ),
    "ja": Sample(
        text="使い始めて二日でファスナーが壊れてしまいました。がっかりです。",
        detail="使い始めて二日でファスナーが壊れてしまい",
        product="キャンバストートバッグ",
        name="佐藤",
        apology=("申し訳", "お詫び", "すみません"),
    ),
}
CASES = [(language, situation) for language in SAMPLES for situation in SITUATIONS]

#: Words that only one of the two neighbours has; a reader of the other stumbles over them.
INDONESIAN_ONLY = (
    "bisa karena toko kualitas ukuran pengiriman paket nomor foto kapan silakan mengerti butuh uang coba kakak kak"
    " pelayanan berbeda beda beritahukan senang kabar dikirim makasih lewat obrolan nyaman seharusnya rusak"
)
MALAY_ONLY = (
    "kerana kedai kualiti saiz penghantaran bungkusan nombor gambar sila faham anda sembang layanan berbeza"
    " beritahu gembira mesej sahaja padan jawapan butiran sepatutnya rosak selesa semak"
)


def filled(language: str, entry: str) -> str:
    sample = SAMPLES[language]
    return render(entry, {"detail": sample.detail, "product": sample.product})


def replies(templates: Templates) -> Iterator[tuple[Channel, Reply]]:
    if templates.public:
        yield Channel.PUBLIC, templates.public
    if templates.hybrid:
        yield Channel.HYBRID, templates.hybrid


def entries(templates: Templates) -> Iterator[str]:
    for _, reply in replies(templates):
        yield from (*reply.acknowledge, *reply.resolve, *reply.invite)
    if templates.private:
        yield from templates.private.line
    if templates.message:
        yield from (*templates.message.open, *templates.message.ask, *templates.message.close)


def all_texts(language: str) -> Iterator[str]:
    """Return every wording of a language, as it is written in the files."""
    common = LIBRARY.common(language)
    yield from (*common.greeting.with_name, *common.greeting.without_name)
    for sentences in common.also.values():
        yield from sentences
    for situation in LIBRARY.situations(language):
        yield from entries(LIBRARY.templates(language, situation))


def composed(language: str, reply: Reply) -> Iterator[tuple[int, str]]:
    """Return public replies in which every wording stands once, each with its number of sentences."""
    common, sample = LIBRARY.common(language), SAMPLES[language]
    for turn in range(max(len(reply.acknowledge), len(reply.resolve), len(reply.invite))):
        slots = [slot for slot in (reply.acknowledge, reply.resolve, reply.invite) if slot]
        chosen = [filled(language, slot[turn % len(slot)]) for slot in slots]
        greetings = common.greeting.with_name if turn % 3 else common.greeting.without_name
        greeting = greetings[turn % len(greetings)].replace("{name}", sample.name)
        yield len(slots), common.join.join(part for part in (greeting, *chosen) if part)


def messages(language: str, message: Message) -> Iterator[str]:
    """Return private messages in which every wording stands once."""
    for turn in range(max(len(message.open), len(message.ask), len(message.close))):
        slots = (message.open, message.ask, message.close)
        yield LIBRARY.common(language).join.join(filled(language, slot[turn % len(slot)]) for slot in slots)


def blocked(language: str, channel: Channel, *, public: str | None = None, private: str | None = None) -> list[str]:
    sample = SAMPLES[language]
    review = Review(
        external_id="1", rating=2, text=sample.text, author=sample.name, product=Product(name=sample.product)
    )
    reply = ReplyToCheck(
        case=Case(review=review), channel=channel, language=language, public_reply=public, private_message=private
    )
    text = public or private or ""
    found = blocking(Guardrails(languages=LANGUAGES).inspect(reply))
    return [f"{finding.code}: {text[finding.start : finding.end]!r} in {text!r}" for finding in found]


@pytest.mark.parametrize("language", SAMPLES)
def test_a_language_has_each_situation_that_gets_a_reply(language: str) -> None:
    assert set(LIBRARY.situations(language)) == set(SITUATIONS)


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_a_situation_has_the_sections_of_its_channels(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    sections = {name for name in ("public", "hybrid", "private", "message") if getattr(templates, name)}
    expected = {"positive": {"public"}, "other": {"public"}, "safety": {"private", "message"}}
    expected["misunderstanding"] = {"public", "hybrid", "message"}
    assert sections == expected.get(situation, {"public", "hybrid", "private", "message"})


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_each_slot_has_plain_wordings_and_variety(language: str, situation: str) -> None:
    for _, reply in replies(LIBRARY.templates(language, situation)):
        assert sum("detail" in variables_of(entry) for entry in reply.acknowledge) >= 3
        assert len(reply.acknowledge) >= 6
        for slot in (reply.acknowledge, reply.resolve, *([] if situation == "positive" else [reply.invite])):
            assert sum(not variables_of(entry) for entry in slot) >= 2
            assert len(slot) == len(set(slot)) >= 4
    message = LIBRARY.templates(language, situation).message
    for slot in (message.open, message.ask, message.close) if message else ():
        assert sum(not variables_of(entry) for entry in slot) >= 2


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_every_wording_fills_to_whole_sentences(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    two_allowed = templates.message.ask if templates.message else ()
    for entry in entries(templates):
        text = filled(language, entry)
        assert not re.search(r"[{}\[\]]", text)
        assert len(counted_sentences(text, language)) in ((1, 2) if entry in two_allowed else (1,)), text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_a_composed_reply_has_the_sentences_and_the_length_that_count(language: str, situation: str) -> None:
    for _, reply in replies(LIBRARY.templates(language, situation)):
        for expected, text in composed(language, reply):
            assert len(counted_sentences(text, language)) == expected, text
            if language in ("th", "ja"):
                assert len(text) <= UNSPACED_LIMIT, text
            else:
                assert len(text.split()) <= 80, text
                assert len(text) <= 500, text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_a_private_message_has_two_to_six_sentences(language: str, situation: str) -> None:
    message = LIBRARY.templates(language, situation).message
    for text in messages(language, message) if message else ():
        assert 2 <= len(counted_sentences(text, language)) <= 6, text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_only_the_first_sentence_says_sorry(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    later = [entry for _, reply in replies(templates) for entry in (*reply.resolve, *reply.invite)]
    later += [*templates.message.ask, *templates.message.close] if templates.message else []
    later += [entry for sentences in LIBRARY.common(language).also.values() for entry in sentences]
    for entry in later:
        assert not any(word in entry.casefold() for word in SAMPLES[language].apology), entry


@pytest.mark.parametrize("language", SAMPLES)
def test_each_secondary_situation_has_three_sentences(language: str) -> None:
    also = LIBRARY.common(language).also
    assert set(also) == {"shipping", "quality", "sizing", "misunderstanding", "wrong_item", "service", "positive"}
    assert all(len(set(sentences)) >= 3 for sentences in also.values())
    for sentences in also.values():
        assert all(len(counted_sentences(sentence, language)) == 1 for sentence in sentences)


def test_thai_has_no_full_stop_and_ends_each_sentence_with_its_particle() -> None:
    for text in all_texts("th"):
        assert "." not in text, text
        assert not text.endswith(("ครับ", "จ้า")), text
    for situation in SITUATIONS:
        for entry in entries(LIBRARY.templates("th", situation)):
            assert entry.endswith(THAI_ENDS), entry


def test_thai_parts_a_product_and_a_quotation_from_the_words_around_them() -> None:
    for text in all_texts("th"):
        assert not re.search(r"[^\s“]\{(?!name)|\}[^\s”]", text), text  # a name follows คุณ without a space
        assert not re.search(r"[^\s]“|”[^\s]", text), text


def test_japanese_ends_each_sentence_with_its_mark_and_quotes_in_its_own_way() -> None:
    for situation in SITUATIONS:
        for entry in entries(LIBRARY.templates("ja", situation)):
            assert entry.endswith("。"), entry
            assert not re.search(r"[“”\".,!?]", entry), entry
            assert ("{detail}" in entry) == ("「{detail}」" in entry), entry


@pytest.mark.parametrize(("language", "foreign"), [("ms", INDONESIAN_ONLY), ("id", MALAY_ONLY)])
def test_malay_and_indonesian_keep_to_their_own_words(language: str, foreign: str) -> None:
    for text in all_texts(language):
        found = {re.sub(r"nya$", "", word) for word in re.findall(r"[a-z]+", text.casefold())}
        assert not found.intersection(foreign.split()), text


@pytest.mark.parametrize("language", ["vi"])
def test_vietnamese_does_not_guess_at_the_gender_of_the_customer(language: str) -> None:
    for text in all_texts(language):
        assert not re.search(r"(?<!\w)(?:anh|chị|ông|bà|cô|chú)(?!\w)", text.casefold()), text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_a_composed_text_reads_as_its_language(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    texts = [text for _, reply in replies(templates) for _, text in composed(language, reply)]
    texts += list(messages(language, templates.message)) if templates.message else []
    for text in texts:
        assert LANGUAGES.identify(text) == language, text


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_no_guardrail_stops_a_composed_text(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    found: list[str] = []
    for channel, reply in replies(templates):
        for _, text in composed(language, reply):
            found += blocked(language, channel, public=text)
    for line in templates.private.line if templates.private else ():
        found += blocked(language, Channel.PRIVATE, public=line)
    for text in messages(language, templates.message) if templates.message else ():
        found += blocked(language, Channel.HYBRID, private=text)
    assert not found
