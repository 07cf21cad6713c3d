"""A point of the review that the reply leaves out, while it takes up another; shown, never blocking.

Source: founding document: the reply answers each stated point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drafter.domain.finding import Part, Severity
from drafter.domain.situation import Channel
from guardrails.kinds import Check, Hit, rules, sections
from guardrails.normalise import seen
from guardrails.subject import Subject

_WORDS = "points"
#: Stars from which on what is named was hardly a complaint.
_CONTENT = 4
_SEVERAL = 2


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the whole text where the review states several points and the reply takes up some of them only."""
    rating = subject.reply.case.review.rating
    if subject.reply.channel is Channel.PRIVATE or (rating is not None and rating >= _CONTENT):
        return
    stated = _topics(subject.review_text, sections(_WORDS, subject.language))
    if len(stated) < _SEVERAL:
        return
    said = "\n".join(text for text in (subject.reply.public_reply, subject.reply.private_message) if text)
    left = set(stated) - set(_topics(said, tuple(stated.values())))
    if left and left != set(stated):
        named = ", ".join(sorted(left))
        yield Hit(0, len(subject.text), f"The review also speaks of this, and the reply does not: {named}.")


def _topics(text: str, keys: Iterable[str]) -> dict[str, str]:
    """Return the topics that a text names, each with the key of its words."""
    view = seen(text)
    texts = {view.text, view.folded.text}  # words of some languages are listed with their accents
    return {key.partition(".")[2]: key for key in keys if _is_named(key, texts)}


def _is_named(key: str, texts: Iterable[str]) -> bool:
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
