"""The seller speaks as the shop, never as the platform or with its powers.

Source: guardrail-codes; platforms' rules on misrepresentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    yield from find_words("impersonation", subject)


CHECK = Check(
    code="impersonation",
    summary="Speaks as the platform or with its powers",
    message="This speaks as the platform or uses its powers.",
    suggestion="Speak as the shop; say what the platform does in the third person.",
    source="guardrail-codes; platforms' rules on misrepresentation.",
    find=find,
)
