"""How long a text may be: the shop's limits and the platform's."""

from __future__ import annotations

from drafter.domain.finding import Part
from drafter.domain.situation import Channel
from drafter.domain.text import UNSPACED_LANGUAGES, words
from guardrails.subject import Subject


def sentences_allowed(subject: Subject) -> tuple[int, int]:
    """Return the least and the most sentences of a part."""
    limits = subject.reply.case.shop.limits
    if subject.part is Part.PRIVATE:
        return 1, limits.private_sentences
    if subject.reply.channel is Channel.PRIVATE:
        return 1, 1
    return 2, 4 if limits.fourth_sentence and subject.reply.several_points else 3


def beyond_words(subject: Subject) -> int | None:
    """Return where the text passes its words, or its characters in scripts without spaces."""
    limits = subject.reply.case.shop.limits
    if subject.language in UNSPACED_LANGUAGES:
        most = limits.public_characters_unspaced
        return most if len(subject.text.strip()) > most else None
    found = words(subject.text)
    return found[limits.public_words].start if len(found) > limits.public_words else None


def character_limit(subject: Subject) -> int:
    """Return the most characters: the shop's own limit or the platform's, whichever is lower."""
    limits, pack = subject.reply.case.shop.limits, subject.policy.pack
    if subject.part is Part.PRIVATE:
        return min(limits.private_characters, pack.private_limit.characters)
    return min(limits.public_characters, pack.public_limit.characters)
