"""No legal fault, negligence, third-party damage or unknown defect admitted; no legal threat.

Source: guardrail-codes; 16 CFR 465.7 on legal threats against reviews.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    yield from find_words("liability", subject)


CHECK = Check(
    code="liability",
    summary="Accepts legal fault, negligence, damage or an unknown defect; threatens with law",
    message="This admits legal fault or a defect that is not known, or threatens with law.",
    suggestion="Say sorry for the experience; leave fault, damages and law to the person responsible.",
    source="guardrail-codes; 16 CFR 465.7 on legal threats against reviews.",
    find=find,
)
