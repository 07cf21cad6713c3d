"""What the seller or the carrier did, decided or will do needs a fact behind it.

Source: founding document (never say that something was done unless a fact says so).
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.figures import unknown_amounts, unknown_dates
from guardrails.kinds import Check, Hit, apart, find_words
from guardrails.normalise import seen
from guardrails.statements import find_unsupported
from guardrails.subject import Subject

_SPAN_OF_A_CLAIM = 25  # characters: "removes spots within three days" promises an effect, not a date


def find(subject: Subject) -> Iterator[Hit]:
    """Yield statements without a fact, but for what is offered for a review or says how soon a claimed effect comes."""
    hits = [*find_unsupported("unverified_commitment")(subject), *_figures(subject)]
    if not hits:
        return
    claims = list(find_unsupported("unsupported_claim")(subject))
    hits = [hit for hit in hits if not (any(_is_beside(hit, claim) for claim in claims) or _is_taken_up(subject, hit))]
    yield from apart(subject, hits, find_words("incentive", subject))


def _figures(subject: Subject) -> Iterator[Hit]:
    """Yield dates and amounts that no fact holds, but for those of an advert."""
    found = [Hit(*span) for span in (*unknown_dates(subject), *unknown_amounts(subject))]
    if found:
        yield from apart(subject, found, find_words("promotional", subject))


def _is_taken_up(subject: Subject, hit: Hit) -> bool:
    """Whether it is a span of time in the buyer's own words: "in two days" of a bag that tore."""
    words = seen(subject.text[hit.start : hit.end]).text.strip()
    return len(words) <= _SPAN_OF_A_CLAIM and words in subject.review_text


def _is_beside(hit: Hit, claim: Hit) -> bool:
    return max(hit.start - claim.end, claim.start - hit.end) <= _SPAN_OF_A_CLAIM


CHECK = Check(
    code="unverified_commitment",
    summary="An action, decision, date or promise that no case fact supports",
    message="No fact of the case supports this statement.",
    suggestion="Say what you are willing to do, or add the fact to the case.",
    source="founding document; guardrail-codes",
    find=find,
)
