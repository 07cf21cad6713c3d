"""The reply, and every sentence of it, is in the language of the review.

Source: founding document (the language of the review).
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit
from guardrails.speech import foreign_sentences
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the sentences that are in another language."""
    yield from (Hit(*span) for span in foreign_sentences(subject))


CHECK = Check(
    code="language_mismatch",
    summary="The reply, or a sentence of it, is not in the language of the review",
    message="This is not in the language of the review.",
    suggestion="Write it in the language of the review.",
    source="founding document: a reply is in the language of the review",
    find=find,
)
