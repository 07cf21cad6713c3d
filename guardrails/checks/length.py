"""Two or three sentences in public, at most six in private, within words and characters.

Source: founding document (acknowledge, resolve, invite); character limits from the policy pack.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Part
from drafter.domain.situation import Channel
from drafter.domain.text import UNSPACED_LANGUAGES, words
from guardrails.kinds import Check, Hit
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what is too much or too little."""
    end = len(subject.text)
    if not subject.text.strip():
        yield Hit(0, end, "The text is empty.")
        return
    yield from _sentences(subject)
    if subject.part is Part.PUBLIC and (beyond := _beyond_words(subject)) is not None:
        yield Hit(beyond, end, "The reply is too long to be read at a glance.")
    if end > (limit := _character_limit(subject)):
        yield Hit(limit, end, f"The text is over the limit of {limit} characters.", final=True)


def _sentences(subject: Subject) -> Iterator[Hit]:
    found = subject.counted_sentences
    least, most = _allowed(subject)
    if len(found) > most:
        yield Hit(found[most].start, len(subject.text.rstrip()), f"{len(found)} sentences; at most {most} belong here.")
    elif len(found) < least:
        yield Hit(0, len(subject.text), f"{len(found)} sentence; at least {least} belong here.")


def _allowed(subject: Subject) -> tuple[int, int]:
    limits = subject.reply.case.shop.limits
    if subject.part is Part.PRIVATE:
        return 1, limits.private_sentences
    if subject.reply.channel is Channel.PRIVATE:
        return 1, 1
    return 2, 4 if limits.fourth_sentence and subject.reply.several_points else 3


def _beyond_words(subject: Subject) -> int | None:
    """Return where the text passes its words, or its characters in scripts without spaces."""
    limits = subject.reply.case.shop.limits
    if subject.language in UNSPACED_LANGUAGES:
        most = limits.public_characters_unspaced
        return most if len(subject.text.strip()) > most else None
    found = words(subject.text)
    return found[limits.public_words].start if len(found) > limits.public_words else None


def _character_limit(subject: Subject) -> int:
    limits, pack = subject.reply.case.shop.limits, subject.policy.pack
    if subject.part is Part.PRIVATE:
        return min(limits.private_characters, pack.private_limit.characters)
    return min(limits.public_characters, pack.public_limit.characters)


CHECK = Check(
    code="length",
    summary="Two or three sentences in public, at most six in private, within words and characters",
    message="The text has the wrong length.",
    suggestion="Acknowledge, resolve, invite: one sentence each, and nothing more.",
    source="founding document; character limits from the policy pack",
    find=find,
)
