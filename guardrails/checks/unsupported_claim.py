"""Facts about product, cause, tests, statistics or shop stand in the facts or the review; health claims never.

Source: founding document; consumer law on health and efficacy claims.
"""

from __future__ import annotations

from guardrails.kinds import Check
from guardrails.statements import find_unsupported

CHECK = Check(
    code="unsupported_claim",
    summary="A fact about product, cause, tests or shop that neither facts nor review hold; any health claim",
    message="Neither the facts of the case nor the review support this claim.",
    suggestion="Take up what the customer wrote, or add the fact to the case.",
    source="founding document; guardrail-codes",
    find=find_unsupported("unsupported_claim"),
)
