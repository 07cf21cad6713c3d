"""What is made of a model's plain words about a review."""

import pytest

from drafter.readers.answers import read_of

LINES = """
**Situation:** Wrong item
detail: "only one came"
detail: two ordered
secondary: service, nonsense
language: en
- sentiment: mixed
channel: Hybrid
legal_threat: No
flags: none
confidence: 85%
"""


def test_lines_are_read_with_decorations_and_loose_names() -> None:
    read = read_of(LINES)
    assert read is not None
    assert (read.situation, read.secondary, read.sentiment) == ("wrong_item", ["service"], "neutral")
    assert (read.channel, read.legal_threat, read.flags, read.confidence) == ("hybrid", False, [], 0.85)
    assert [detail.strip('"') for detail in read.details] == ["only one came", "two ordered"]


def test_an_object_in_words_is_read() -> None:
    read = read_of('Here: {"situation": "other", "sentiment": 0, "channel": "public", "language": "id",'
                   ' "legal_threat": "no", "confidence": null, "details": null} as you wished')  # fmt: skip
    assert read is not None
    assert (read.situation, read.sentiment, read.details, read.confidence) == ("other", "neutral", [], 0.5)


@pytest.mark.parametrize("confidence", ["nan", "very", "-3", "1e999"])
def test_a_confidence_is_always_a_chance(confidence: str) -> None:
    read = read_of(LINES.replace("85%", confidence))
    assert read is not None
    assert 0 <= read.confidence <= 1


@pytest.mark.parametrize(
    "words", ["", "Thank you for your review.", "{", "[1]", "situation: fine", LINES.replace("Hybrid", "by post")]
)
def test_words_without_a_verdict_are_none(words: str) -> None:
    assert read_of(words) is None
