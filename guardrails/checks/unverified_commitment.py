"""What the seller or the carrier did, decided or will do needs a fact behind it.

Source: founding document (never say that something was done unless a fact says so).
"""

from __future__ import annotations

from guardrails.kinds import Check
from guardrails.statements import find_unsupported

CHECK = Check(
    code="unverified_commitment",
    summary="An action, decision, date or promise that no case fact supports",
    message="No fact of the case supports this statement.",
    suggestion="Say what you are willing to do, or add the fact to the case.",
    source="founding document; guardrail-codes",
    find=find_unsupported("unverified_commitment"),
)
