"""A public reply that takes up nothing of the review; shown, never blocking.

Source: founding document: a good reply names a concrete detail of this review.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drafter.domain.finding import Part, Severity
from drafter.domain.situation import Channel
from drafter.domain.text import UNSPACED_LANGUAGES
from guardrails.function_words import short_words
from guardrails.kinds import Check, Hit
from guardrails.subject import Subject

_WORD = re.compile(r"[^\W\d_]{4,}")
_SHORT_WORD = re.compile(r"[^\W\d_]{3,}")
_SYLLABIC = frozenset({"vi"})  # written syllable by syllable
_STEM = 4  # letters: "zipper" meets "zip", "arrived" meets "arrival"
_LEAST_WORDS = 4  # a shorter review has no detail to take up


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the whole text where it shares no telling word with a review that has some."""
    if subject.reply.channel is Channel.PRIVATE or subject.quoted or subject.reply.takes_up:
        return
    said, written = _stems(subject.views[0].text, subject), _stems(subject.review_text, subject)
    if len(written) >= _LEAST_WORDS and not said & written:
        yield Hit(0, len(subject.text))


def _stems(text: str, subject: Subject) -> set[str]:
    if subject.language in UNSPACED_LANGUAGES:  # pairs of letters stand in for words
        return {text[at : at + 3] for at in range(len(text) - 2) if text[at : at + 3].isalpha()}
    plain = short_words(subject.language)
    shortest = _SHORT_WORD if subject.language in _SYLLABIC else _WORD
    return {word[:_STEM] for word in shortest.findall(text) if word not in plain}


CHECK = Check(
    code="no_detail",
    summary="Takes up no detail of the review",
    message="This reply would fit any review.",
    suggestion="Name what this customer wrote about.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
    parts=(Part.PUBLIC,),
)
