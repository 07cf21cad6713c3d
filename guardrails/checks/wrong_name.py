"""A greeting with another name than the customer's; shown, never blocking.

Source: founding document: a reply uses the shown name, if any. A hidden real name is `personal_data`.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Severity
from guardrails.kinds import Check, Hit
from guardrails.names import greeted_stranger
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield a name in the greeting that is neither the customer's nor in the review."""
    yield from (Hit(*span) for span in greeted_stranger(subject))


CHECK = Check(
    code="wrong_name",
    summary="Greets somebody else than the customer",
    message="This is not the name of the customer.",
    suggestion="Greet with the name that the platform shows, or with none.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
)
