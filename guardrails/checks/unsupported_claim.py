"""Facts about product, cause, tests, statistics or shop stand in the facts or the review; health claims never.

Source: founding document; consumer law on health and efficacy claims.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.figures import unknown_measures
from guardrails.kinds import Check, Hit, apart, find_words
from guardrails.materials import unknown_materials
from guardrails.statements import find_unsupported
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield claims without support, and materials, origins and measures that nothing known holds."""
    yield from find_unsupported("unsupported_claim")(subject)
    found = [Hit(*span) for span in (*unknown_materials(subject), *unknown_measures(subject))]
    if found:  # what an advert or the buyer's own data hold is theirs
        yield from apart(subject, found, find_words("promotional", subject))


CHECK = Check(
    code="unsupported_claim",
    summary="A fact about product, cause, tests or shop that neither facts nor review hold; any health claim",
    message="Neither the facts of the case nor the review support this claim.",
    suggestion="Take up what the customer wrote, or add the fact to the case.",
    source="founding document; guardrail-codes",
    find=find,
)
