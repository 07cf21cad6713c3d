"""A point of the review that the reply leaves out, while it takes up another; shown, never blocking.

Source: founding document: the reply answers each stated point.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Part, Severity
from drafter.domain.situation import Channel
from guardrails.kinds import Check, Hit, rules, sections
from guardrails.normalise import seen
from guardrails.subject import Subject

_WORDS = "points"
#: Stars from which on what is named was hardly a complaint.
_CONTENT = 4


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the whole text where the review states several points and the reply takes up some of them only."""
    rating = subject.reply.case.review.rating
    if subject.reply.channel is Channel.PRIVATE or (rating is not None and rating >= _CONTENT):
        return
    stated = _topics(subject, subject.review_text)
    said = "\n".join(text for text in (subject.reply.public_reply, subject.reply.private_message) if text)
    left = stated - _topics(subject, said)
    if left and left != stated:
        named = ", ".join(sorted(left))
        yield Hit(0, len(subject.text), f"The review also speaks of this, and the reply does not: {named}.")


def _topics(subject: Subject, text: str) -> set[str]:
    view = seen(text)
    texts = (view.text, view.folded.text)  # words of some languages are listed with their accents
    found = (key for key in sections(_WORDS, subject.language) if _is_named(key, texts))
    return {key.partition(".")[2] for key in found}


def _is_named(key: str, texts: tuple[str, ...]) -> bool:
    return any(pattern.search(text) for pattern in rules(_WORDS, key).flag for text in texts)


CHECK = Check(
    code="unanswered_point",
    summary="Leaves a point of the review unanswered",
    message="The reply leaves a point of the review out.",
    suggestion="Take up each point that the customer states, in a word.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
    parts=(Part.PUBLIC,),
)
