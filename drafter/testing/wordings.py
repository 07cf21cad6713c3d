"""Wordings filled for tests: each situation's sentences with the topics that they may name, in turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from drafter.domain.situation import SituationName
from drafter.writers.topics import Named, topics_about
from prompts.library import Library, Templates

SLOTS = ("acknowledge", "resolve", "invite", "whole")


def topics_in_turn(library: Library, language: str, situation: str) -> Iterator[Named]:
    """Yield without end topics of a situation, every third time two, with the words that find them.

    Where the language has none, there is nothing said and nothing found.
    """
    topics = library.topics(language)
    about = topics_about(topics, SituationName(situation)) if topics else ()
    if topics is None or not about:
        yield from cycle([Named(said={}, found=())])
        return
    for number, topic in enumerate(cycle(about)):
        other = about[(number + 1) % len(about)]
        alone = number % 3 or topic.broad or other.broad
        chosen = (topic,) if alone else (topic, other)
        found = [(one, one.words[number % len(one.words)].replace("*", "")) for one in chosen]
        yield Named(said=topics.named(found), found=tuple(word for _, word in found))


def slots(templates: Templates) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the slots of a situation by name ("hybrid.resolve")."""
    for section in ("public", "hybrid"):
        reply = getattr(templates, section)
        for name in SLOTS if reply is not None else ():
            yield f"{section}.{name}", getattr(reply, name)
    if templates.private is not None:
        yield "private.line", templates.private.line
    for name in ("open", "ask", "close") if templates.message is not None else ():
        yield f"message.{name}", getattr(templates.message, name)
