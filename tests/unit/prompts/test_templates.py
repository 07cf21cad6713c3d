"""Every template that ships renders, with and without each variable, as the format says."""

import re
from collections.abc import Iterator

import pytest

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.text import sentences
from drafter.testing.wordings import slots, topics_in_turn
from prompts.library import Library, render, variables_of
from prompts.records import is_topic

LIBRARY = Library()
SECONDARY = {"shipping", "quality", "sizing", "misunderstanding", "wrong_item", "service", "positive"}
WITH_REPLY = (*sorted(SECONDARY), "other")
ALL_FILES = [(language, name) for language in LIBRARY.languages() for name in LIBRARY.situations(language)]
WITH_TOPICS = [language for language in LIBRARY.languages() if LIBRARY.topics(language)]
NAMING_FILES = [(language, name) for language in WITH_TOPICS for name in WITH_REPLY]


def filled(language: str, situation: str) -> Iterator[tuple[str, str, str]]:
    """Yield each wording with its slot's name, as it is and filled."""
    topics = topics_in_turn(LIBRARY, language, situation)
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        for entry in entries:
            yield slot, entry, render(entry, {"product": "Canvas Tote", "detail": "abc def", **next(topics).said})


def names_topic(entry: str) -> bool:
    return any(map(is_topic, variables_of(entry)))


def test_every_supported_language_has_its_templates() -> None:
    assert set(LIBRARY.languages()) == set(SUPPORTED_LANGUAGES)
    for language in LIBRARY.languages():
        assert set(LIBRARY.situations(language)) == {*WITH_REPLY, "safety"}


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_entry_renders_without_a_leftover(language: str, situation: str) -> None:
    for slot, entry, text in filled(language, situation):
        assert not {"{", "}"} & set(text), (slot, entry)
        assert text == text.strip(), (slot, entry)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_entry_has_the_sentences_of_its_slot(language: str, situation: str) -> None:
    two = dict.fromkeys(("message.ask", "public.acknowledge", "hybrid.acknowledge"), 2)
    most = two | {"public.whole": 3, "hybrid.whole": 3}
    for slot, entry, text in filled(language, situation):
        least = 2 if slot.endswith("whole") else 1
        assert least <= len(sentences(text, language)) <= most.get(slot, 1), (slot, entry)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_no_entry_runs_into_the_next_one(language: str, situation: str) -> None:
    """An entry whose last word is taken for an abbreviation would swallow the next one, and the count be wrong."""
    join = LIBRARY.common(language).join
    first = ""
    for slot, entry, text in filled(language, situation):
        if slot != "message.ask":
            first = first or text
            both = text + join + first
            apart = len(sentences(text, language)) + len(sentences(first, language))
            assert len(sentences(both, language)) == apart, (slot, entry)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_slot_can_do_without_variables(language: str, situation: str) -> None:
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        plain = [entry for entry in entries if not variables_of(entry)]
        assert len(plain) >= 2 or slot.endswith(("invite", "whole")), slot
        assert len(set(entries)) == len(entries), slot


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_there_are_enough_variants(language: str, situation: str) -> None:
    templates, shared = LIBRARY.templates(language, situation), LIBRARY.common(language).invites
    for section in ("public", "hybrid"):
        reply = getattr(templates, section)
        if reply is not None:
            assert len(reply.acknowledge) >= 6
            assert len(reply.resolve) >= 4
            assert situation == "positive" or len({*reply.invite, *getattr(shared, section)}) >= 4
            assert sum("{detail}" in entry for entry in reply.acknowledge) >= 2
            assert any("{product}" in entry for entry in reply.acknowledge)


@pytest.mark.parametrize(("language", "situation"), NAMING_FILES)
def test_a_language_with_topics_names_them_in_six_ways(language: str, situation: str) -> None:
    templates, shared = LIBRARY.templates(language, situation), LIBRARY.common(language).invites
    for section in ("public", "hybrid"):
        reply = getattr(templates, section)
        if reply is not None:
            short = [entry for entry in reply.acknowledge if len(sentences(entry, language)) == 1]
            for entries, least in ((reply.acknowledge, 6), (short, 2)):  # the short ones leave room for a second point
                assert sum(map(names_topic, entries)) >= least
                assert sum(not variables_of(entry) for entry in entries) >= least
            assert len(reply.resolve) >= 6
            assert situation == "positive" or len({*reply.invite, *getattr(shared, section)}) >= 6
            assert sum(map(names_topic, reply.whole)) >= 3
            assert sum(not variables_of(entry) for entry in reply.whole) >= 2


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_a_situation_has_the_sections_that_its_channels_need(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    if situation == "safety":
        assert (templates.public, templates.hybrid) == (None, None)
        assert templates.private is not None
    else:
        assert templates.public is not None
    needs_message = situation not in {"positive", "other"}
    assert (templates.message is not None) is needs_message


@pytest.mark.parametrize("language", LIBRARY.languages())
def test_the_common_file_answers_every_secondary_situation(language: str) -> None:
    common = LIBRARY.common(language)
    assert set(common.also) == SECONDARY
    for situation, entries in common.also.items():
        topics = topics_in_turn(LIBRARY, language, situation)
        for entry in entries:
            text = render(entry, {"product": "Canvas Tote", **next(topics).said})
            assert len(sentences(text + common.join + text, language)) == 2, entry
        assert sum(not variables_of(entry) for entry in entries) >= 3
        assert language not in WITH_TOPICS or sum(map(names_topic, entries)) >= 4
    for greeting in common.greeting.with_name:
        assert variables_of(greeting) == {"name"}


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_no_two_situations_of_a_language_open_alike(language: str, situation: str) -> None:
    """A reader of the shop's replies should not meet one opening for every complaint."""
    reply = LIBRARY.templates(language, situation).public
    if reply is not None:
        openings = {re.split("[{“「«„]", entry)[0][:24] for entry in reply.acknowledge}
        assert len(openings) >= (5 if language in WITH_TOPICS else 3)


@pytest.mark.parametrize("language", WITH_TOPICS)
def test_each_situation_has_topics_to_name(language: str) -> None:
    topics = LIBRARY.topics(language)
    assert topics is not None
    assert sum(map(len, topics.topics.values())) >= 60
    for situation in SECONDARY:
        assert next(topics_in_turn(LIBRARY, language, situation)).said


@pytest.mark.parametrize("language", WITH_TOPICS)
def test_no_word_finds_two_topics_of_one_group(language: str) -> None:
    topics = LIBRARY.topics(language)
    assert topics is not None
    for group, of_group in topics.topics.items():
        words = [word.casefold() for topic in of_group for word in topic.words]
        assert sorted({word for word in words if words.count(word) > 1}) == [], group


def test_word_lists_are_words() -> None:
    for name in ("unquotable", "instructions", "product_noise", "clause_edges_before", "clause_edges_after"):
        assert all(word == word.strip() != "" for word in LIBRARY.words(name).every)
