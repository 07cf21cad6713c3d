"""No advert, cross-selling, code, pressure, hashtag, call to buy, or superlative.

Source: founding document, 'never in a reply'; research that tailored praise reads as advertising.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, apart, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags, but for what is offered for a review in the same sentence."""
    if hits := list(find_words("promotional", subject)):
        yield from apart(subject, hits, find_words("incentive", subject))


CHECK = Check(
    code="promotional",
    summary="Adverts, cross-selling, codes, pressure, hashtags, calls to buy, superlatives",
    message="This sells or praises.",
    suggestion="Answer the review only; leave offers, other products and praise out.",
    source="founding document, 'never in a reply'; research that tailored praise reads as advertising.",
    find=find,
)
