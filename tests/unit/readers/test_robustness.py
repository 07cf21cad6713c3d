"""Reviews that are written to mislead, or by accident: the embedded reader sees through them."""

from __future__ import annotations

import pytest

from drafter.domain.review import Review
from drafter.domain.situation import Channel, Flag, Situation, SituationName
from drafter.readers.embedding import EmbeddingReader


def _read(reader: EmbeddingReader, text: str, stars: int | None) -> Situation:
    return reader.read_review(Review(external_id="r", text=text, rating=stars))


@pytest.mark.parametrize(
    "text",
    [
        "brоken zірper аfter оne dаy",
        "Ｂｒｏｋｅｎ　ａｆｔｅｒ　ｏｎｅ　ｄａｙ",
        "\u202eyad eno retfa nekorb\u202c",
        "bro\u200bken zip\u00adper af\u2060ter one day",
        "It&#39;s broken after one day &amp;amp; useless",
        "b̷̢r̸o̶k̴e̵n̶ after one day",
    ],
)
def test_a_disguised_defect_is_a_defect_in_english(reader: EmbeddingReader, text: str) -> None:
    read = _read(reader, text, 1)
    assert (read.situation, read.language, read.sentiment) == (SituationName.QUALITY, "en", -1)


@pytest.mark.parametrize(
    "text",
    [
        "The bat\u200btery ex\u200bploded and bur\u00adned my hand",
        "Тhе bаttеrу ехрlоdеd аnd burnеd mу hаnd",
        "𝓽𝓱𝓮 𝓫𝓪𝓽𝓽𝓮𝓻𝔂 𝓮𝔁𝓹𝓵𝓸𝓭𝓮𝓭 𝓪𝓷𝓭 𝓫𝓾𝓻𝓷𝓮𝓭 𝓶𝔂 𝓱𝓪𝓷𝓭",
        "The battery &#101;xploded<br/>and burned my hand",
    ],
)
def test_no_disguise_hides_harm(reader: EmbeddingReader, text: str) -> None:
    assert _read(reader, text, 5).situation is SituationName.SAFETY


@pytest.mark.parametrize(
    "text",
    [
        "The caf&eacute; mug arrived with a crack; the handle &amp; the rim are chipped",
        "Der Rei&szlig;verschlu&szlig; ist kaputt, und niemand antwortet",
        "zip\u200bper broke, and\u2060 nobody answers",
    ],
)
def test_details_are_words_of_the_stored_text(reader: EmbeddingReader, text: str) -> None:
    assert all(text[detail.start : detail.end] == detail.text for detail in _read(reader, text, 1).details)


@pytest.mark.parametrize(("stars", "situation", "sentiment"), [(5, "positive", 1), (3, "other", 0), (1, "other", -1)])
def test_stars_alone_speak_for_themselves(reader: EmbeddingReader, stars: int, situation: str, sentiment: int) -> None:
    read = _read(reader, "", stars)
    assert (read.situation.value, read.sentiment, read.channel) == (situation, sentiment, Channel.PUBLIC)
    assert Flag.RATING_CONTRADICTION not in read.flags


@pytest.mark.parametrize(
    ("text", "stars", "sentiment"),
    [
        ("I love it, best purchase ever, works perfectly", 1, 1),
        ("Sangat puas, bahannya bagus banget", 1, 1),
        ("Terrible, broke at once and nobody answers, never again", 5, -1),
        ("Total enttäuscht, nach zwei Tagen kaputt", 5, -1),
    ],
)
def test_the_text_outweighs_the_stars_and_the_contradiction_is_flagged(
    reader: EmbeddingReader, text: str, stars: int, sentiment: int
) -> None:
    read = _read(reader, text, stars)
    assert read.sentiment == sentiment
    assert Flag.RATING_CONTRADICTION in read.flags


@pytest.mark.parametrize("text", ["ฟหกดฟหกด ่าสว", "фывапролд", "hldkgzltsltñdltdlydoydoyñdoyx", "x" * 10_000])
def test_noise_in_any_script_gets_no_reply(reader: EmbeddingReader, text: str) -> None:
    read = _read(reader, text, 4)
    assert (read.situation, read.channel, read.language) == (SituationName.SPAM_ABUSE, Channel.NONE, "und")


def test_any_length_is_read(reader: EmbeddingReader) -> None:
    assert _read(reader, "The strap came off. " * 500, 2).situation is SituationName.QUALITY
