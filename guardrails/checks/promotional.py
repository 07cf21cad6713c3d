"""No advert, cross-selling, code, pressure, hashtag, call to buy, or superlative.

Source: founding document, 'never in a reply'; research that tailored praise reads as advertising.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, apart, find_words
from guardrails.normalise import seen
from guardrails.subject import Subject

_WORDS_OF_A_BUYER = 10  # characters of a passage that is no chance


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags, but for what is offered for a review in the same sentence."""
    found = find_words("promotional", subject)
    if hits := [hit for hit in found if not _is_taken_up(subject, hit)]:
        yield from apart(subject, hits, find_words("incentive", subject))


def _is_taken_up(subject: Subject, hit: Hit) -> bool:
    """Whether the buyer wrote it in these words."""
    words = seen(subject.text[hit.start : hit.end]).text.strip()
    return len(words) >= _WORDS_OF_A_BUYER and words in subject.review_text


CHECK = Check(
    code="promotional",
    summary="Adverts, cross-selling, codes, pressure, hashtags, calls to buy, superlatives",
    message="This sells or praises.",
    suggestion="Answer the review only; leave offers, other products and praise out.",
    source="founding document, 'never in a reply'; research that tailored praise reads as advertising.",
    find=find,
)
