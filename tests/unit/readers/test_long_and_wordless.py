"""Reviews without words, and reviews whose point comes late or behind marks of a web form."""

from __future__ import annotations

import pytest

from drafter.domain.review import Review
from drafter.domain.situation import Flag, Situation, SituationName
from drafter.readers.embedding import EmbeddingReader


def _read(reader: EmbeddingReader, text: str, stars: int | None = None) -> Situation:
    return reader.read_review(Review(external_id="r", text=text, rating=stars))


@pytest.mark.parametrize(
    ("text", "stars", "situation", "sentiment", "contradicts"),
    [
        ("👍👍👍", None, "positive", 1, False),
        ("❤️", 5, "positive", 1, False),
        ("👎👎", None, "other", -1, False),
        (":(", 1, "other", -1, False),
        ("😡😡😡", 5, "other", -1, True),
        ("😍😍", 1, "positive", 1, True),
        ("🚗📦", 5, "positive", 1, False),
    ],
)
def test_emoji_speak_before_the_stars(
    reader: EmbeddingReader, text: str, stars: int | None, situation: str, sentiment: int, contradicts: bool
) -> None:
    read = _read(reader, text, stars)
    assert (read.situation.value, read.sentiment, read.language) == (situation, sentiment, "und")
    assert (Flag.RATING_CONTRADICTION in read.flags) == contradicts


def test_harm_at_the_end_of_ten_thousand_characters_is_found(reader: EmbeddingReader) -> None:
    praise = "Nice bag and lovely colour. " * 350
    assert (
        _read(reader, praise + "Then the battery caught fire and burned my hand.", 1).situation is SituationName.SAFETY
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The caf&eacute; mug arrived with a crack in it", "caf&eacute; mug"),
        ("Lovely colour.<br>The zip&#112;er broke on day one.", "zip&#112;er broke"),
    ],
)
def test_a_detail_goes_across_entities_and_ends_at_tags(reader: EmbeddingReader, text: str, whole: str) -> None:
    details = [detail.text for detail in _read(reader, text, 1).details]
    assert any(whole in detail for detail in details)
    assert not any("<br>" in detail for detail in details)
