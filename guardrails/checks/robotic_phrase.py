"""A phrase that readers take for a machine's; shown, never blocking.

Source: research on templated replies: half of consumers are put off by them.
"""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.finding import Severity
from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the phrases of the word file."""
    yield from find_words("robotic_phrase", subject)


CHECK = Check(
    code="robotic_phrase",
    summary="A phrase that sounds like a machine",
    message="This phrase sounds like a machine.",
    suggestion="Say it as you would to this customer.",
    source="research on templated replies",
    find=find,
    severity=Severity.WARN,
)
