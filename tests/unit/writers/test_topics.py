"""A reply names what the review is about: found by words, in the right spirit, by phrases of our own."""

import pytest

from drafter.domain.case import Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.writers.topics import named
from prompts.library import Library

LIBRARY = Library()


def says(name: str, text: str, *, details: tuple[str, ...] = (), channel: str = "public", language: str = "en") -> str:
    """Return how a reply in English to a review names what it is about; empty where nothing is named."""
    found = tuple(Detail(text=words, start=text.find(words), end=text.find(words) + len(words)) for words in details)
    read = Situation(
        situation=SituationName(name),
        language=language,
        sentiment=0,
        details=found,
        channel=Channel(channel),
        confidence=0.9,
        reader="scripted",
    )
    case = Case(review=Review(external_id="1", text=text))
    topic = named(case, read, SituationName(name), "en", LIBRARY)
    return topic.said["topic"] if topic else ""


@pytest.mark.parametrize(
    ("name", "text", "phrase"),
    [
        ("quality", "The zipper broke.", "the zipper"),
        ("quality", "Zipper broke and it smells.", "the zipper and the smell"),
        ("quality", "The battery life is poor.", "the battery life"),  # and not the battery
        ("quality", "Bad quality.", "the quality"),
        ("quality", "Bad quality, the strap tore.", "the strap and the tear"),  # the quality is no more to be named
        ("shipping", "It took three weeks to come.", "the delay"),
        ("shipping", "Still waiting.", "the long wait"),
        ("sizing", "Too tight at the shoulders.", "the tight fit and the shoulders"),
        ("wrong_item", "There are no screws.", "the missing screws"),
        ("service", "They never reply.", "the silence from our side"),
        ("positive", "Came fast, and the fabric is lovely.", "the quick delivery and the fabric"),
        ("other", "The price went up.", "the price"),
        ("quality", "It is a gizmo.", ""),
    ],
)
def test_what_a_review_is_about_is_named(name: str, text: str, phrase: str) -> None:
    assert says(name, text) == phrase


def test_a_complaint_is_not_looked_for_in_praise() -> None:
    assert says("quality", "Love the colour, but the strap tore.") == "the strap and the tear"


def test_praise_is_not_looked_for_where_something_is_wrong() -> None:
    assert says("positive", "Great colour, but the strap is too short.") == "the colour"


def test_what_the_reader_took_for_a_detail_comes_first() -> None:
    text = "The lid, the strap and the handle broke."
    assert says("quality", text, details=("the handle broke",)).startswith("the handle")


def test_a_thing_in_the_plural_and_its_kind_is_named_once() -> None:
    assert says("misunderstanding", "Not like the photos, the pics lie.") == "the photos"


def test_a_case_that_belongs_in_private_is_not_named() -> None:
    assert says("quality", "The zipper broke.", channel="private") == ""


def test_nothing_is_named_in_another_language_than_the_reviews() -> None:
    assert says("quality", "The zipper broke.", language="nl") == ""
