"""Every template that ships renders, with and without each variable, as the format says."""

import itertools
from collections.abc import Iterator

import pytest

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.text import sentences
from prompts.library import Library, Reply, Templates, render, variables_of

LIBRARY = Library()
WITH_REPLY = ("positive", "shipping", "quality", "sizing", "misunderstanding", "wrong_item", "service", "other")
ALL_FILES = [(language, name) for language in LIBRARY.languages() for name in LIBRARY.situations(language)]
VALUES = {"product": "Canvas Tote", "detail": "abc def"}


def slots(templates: Templates) -> Iterator[tuple[str, tuple[str, ...]]]:
    for section in ("public", "hybrid"):
        reply: Reply | None = getattr(templates, section)
        if reply is not None:
            yield f"{section}.acknowledge", reply.acknowledge
            yield f"{section}.resolve", reply.resolve
            yield f"{section}.invite", reply.invite
    if templates.private is not None:
        yield "private.line", templates.private.line
    if templates.message is not None:
        yield "message.open", templates.message.open
        yield "message.ask", templates.message.ask
        yield "message.close", templates.message.close


def test_every_supported_language_has_its_templates() -> None:
    assert set(LIBRARY.languages()) == set(SUPPORTED_LANGUAGES)
    for language in LIBRARY.languages():
        assert set(LIBRARY.situations(language)) == {*WITH_REPLY, "safety"}


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_entry_renders_without_a_leftover(language: str, situation: str) -> None:
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        for entry in entries:
            text = render(entry, VALUES)
            assert not {"{", "}"} & set(text), (slot, entry)
            assert text == text.strip(), (slot, entry)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_entry_is_one_sentence_and_an_ask_at_most_two(language: str, situation: str) -> None:
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        most = 2 if slot == "message.ask" else 1
        for entry in entries:
            found = [span.of(render(entry, VALUES)) for span in sentences(render(entry, VALUES), language)]
            assert 1 <= len(found) <= most, (slot, found)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_no_entry_runs_into_the_next_one(language: str, situation: str) -> None:
    """An entry whose last word is taken for an abbreviation would swallow the next one, and the count be wrong."""
    join = LIBRARY.common(language).join
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        first = render(entries[0], VALUES) if entries else ""
        for entry in entries if slot != "message.ask" else ():
            text = render(entry, VALUES) + join + first
            assert len(sentences(text, language)) == 2, (slot, text)


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_every_slot_can_do_without_variables(language: str, situation: str) -> None:
    for slot, entries in slots(LIBRARY.templates(language, situation)):
        plain = [entry for entry in entries if not variables_of(entry)]
        assert len(plain) >= 2 or slot.endswith("invite"), slot
        assert len(set(entries)) == len(entries), slot


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_there_are_enough_variants(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    counts = {slot: len(entries) for slot, entries in slots(templates)}
    for slot, count in counts.items():
        least = {"acknowledge": 6, "resolve": 4, "invite": 0 if situation == "positive" else 4}.get(
            slot.split(".")[1], 3
        )
        assert count >= least, slot
    for reply in (templates.public, templates.hybrid):
        if reply is not None:
            assert sum("{detail}" in entry for entry in reply.acknowledge) >= 3
            assert any("{product}" in entry for entry in reply.acknowledge)


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
    wanted = {"shipping", "quality", "sizing", "misunderstanding", "wrong_item", "service", "positive"}
    assert set(common.also) == wanted
    for entry in itertools.chain.from_iterable(common.also.values()):
        assert not variables_of(entry) - {"product"}
        twice = render(entry, VALUES) + common.join + render(entry, VALUES)
        assert len(sentences(twice, language)) == 2, entry
    for greeting in common.greeting.with_name:
        assert variables_of(greeting) == {"name"}


@pytest.mark.parametrize(("language", "situation"), ALL_FILES)
def test_no_two_situations_of_a_language_open_alike(language: str, situation: str) -> None:
    """A reader of the shop's replies should not meet one opening for every complaint."""
    reply = LIBRARY.templates(language, situation).public
    if reply is None:
        return
    openings = {entry.split("{")[0][:24] for entry in reply.acknowledge}
    assert len(openings) >= 3


def test_word_lists_are_words() -> None:
    for name in ("unquotable", "instructions", "product_noise", "clause_edges_before", "clause_edges_after"):
        assert all(word == word.strip() != "" for word in LIBRARY.words(name).every)
