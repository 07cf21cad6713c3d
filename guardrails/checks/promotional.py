"""No advert, cross-selling, code, pressure, hashtag, call to buy, or superlative.

Source: founding document, 'never in a reply'; research that tailored praise reads as advertising.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags, but for what is offered for a review in the same sentence: one act, one code."""
    for hit in find_words("promotional", subject):
        if not any(_together(subject, hit, offer) for offer in find_words("incentive", subject)):
            yield hit


def _together(subject: Subject, one: Hit, other: Hit) -> bool:
    return any(
        sentence.start <= one.start < sentence.end and sentence.start <= other.start < sentence.end
        for sentence in subject.sentences
    )


CHECK = Check(
    code="promotional",
    summary="Adverts, cross-selling, codes, pressure, hashtags, calls to buy, superlatives",
    message="This sells or praises.",
    suggestion="Answer the review only; leave offers, other products and praise out.",
    source="founding document, 'never in a reply'; research that tailored praise reads as advertising.",
    find=find,
)
