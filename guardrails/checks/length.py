"""Two or three sentences in public, at most six in private, within words and characters.

Source: founding document (acknowledge, resolve, invite); character limits from the policy pack.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Part
from guardrails.kinds import Check, Hit
from guardrails.limits import beyond_limit, beyond_words, sentences_allowed
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what is too much or too little."""
    end = len(subject.text)
    if not subject.text.strip():
        yield Hit(0, end, "The text is empty.")
        return
    yield from _sentences(subject)
    if subject.part is Part.PUBLIC and (beyond := beyond_words(subject)) is not None:
        yield Hit(beyond, end, "The reply is too long to be read at a glance.")
    if passed := beyond_limit(subject):
        place, limit = passed
        yield Hit(place, end, f"The text is over the limit of {limit}.", final=True)


def _sentences(subject: Subject) -> Iterator[Hit]:
    found = subject.counted_sentences
    least, most = sentences_allowed(subject)
    if len(found) > most:
        yield Hit(found[most].start, len(subject.text.rstrip()), f"{len(found)} sentences; at most {most} belong here.")
    elif len(found) < least:
        yield Hit(0, len(subject.text), f"{len(found)} sentence; at least {least} belong here.")


CHECK = Check(
    code="length",
    summary="Two or three sentences in public, at most six in private, within words and characters",
    message="The text has the wrong length.",
    suggestion="Acknowledge, resolve, invite: one sentence each, and nothing more.",
    source="founding document; character limits from the policy pack",
    find=find,
)
