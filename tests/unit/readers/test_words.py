"""How entries of the word lists are sought, and that the lists are whole."""

from __future__ import annotations

import pytest

from drafter import data
from drafter.languages import SUPPORTED
from drafter.readers.words import find, mentions

#: Japanese denies behind the word, and what does so stands in `harmless`.
WITHOUT = {"denied": {"ja"}, "not_denied": {"ja"}}


@pytest.mark.parametrize("topic", data.names("reading"))
def test_every_topic_has_words_in_all_languages_that_say_it_so(topic: str) -> None:
    content = data.load(f"reading/{topic}.yaml")
    assert content["description"].endswith(".")
    assert set(content["words"]) == SUPPORTED - WITHOUT.get(topic, set())


def test_an_entry_begins_and_ends_at_a_word() -> None:
    assert mentions("legal", "See you in court!", "en")
    assert not mentions("legal", "a courteous seller", "en")


def test_a_star_stands_for_any_ending() -> None:
    assert find("delay", "It was delayed", "en") == [(7, 14)]


def test_dots_stand_for_up_to_three_words() -> None:
    assert mentions("delay", "took nearly five long weeks", "en")
    assert not mentions("delay", "took my dog to a park and weeks", "en")


def test_unspaced_scripts_are_sought_anywhere() -> None:
    assert mentions("delay", "ของส่งช้ามาก", "th")
    assert mentions("defect", "すぐ壊れました", "ja")


def test_english_words_count_only_where_english_is_mixed_in() -> None:
    """The French word `court` means short."""
    assert not mentions("legal", "trop court", "fr")
    assert mentions("defect", "item is broken po", "fil")


def test_what_must_not_be_missed_is_sought_in_all_languages() -> None:
    """A mistaken language does not hide a cry for help."""
    assert mentions("self_harm", "I want to kill myself", "de")
    assert mentions("threat", "sé dónde viven", "en")
