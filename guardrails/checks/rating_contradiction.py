"""A reply that is glad of one or two stars, or sorry for five; shown, never blocking.

Source: founding document: a good reply answers this review.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Severity
from guardrails.kinds import Check, Hit, flagged, word_file
from guardrails.subject import Subject

_WORDS = "rating_contradiction"


def find(subject: Subject) -> Iterator[Hit]:
    """Yield delight at a negative review and regret at one of five stars."""
    rating = subject.reply.case.review.rating
    if rating is None or 2 < rating < 5:
        return
    key = f"{subject.language}.{'delight' if rating <= 2 else 'regret'}"
    if key in word_file(_WORDS):
        yield from (Hit(*span) for span in flagged(_WORDS, key, subject))


CHECK = Check(
    code="rating_contradiction",
    summary="Is glad of one or two stars, or sorry for five",
    message="This does not fit the stars that the customer gave.",
    suggestion="Read the review again, and answer what the customer felt.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
)
