"""Nothing of value for a review, and no request to write, raise, change or remove one.

Source: TikTok Shop's Review Policy (US) and 16 CFR 465; the strictest rule holds everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    yield from find_words("incentive", subject)


CHECK = Check(
    code="incentive",
    summary="Anything of value tied to a review; any request to write, raise, edit or remove one",
    message="This asks for a review or a change of one, or ties something of value to it.",
    suggestion="Leave the review and the stars out; a remedy stands on its own.",
    source="TikTok Shop's Review Policy (US) and 16 CFR 465; the strictest rule holds everywhere.",
    find=find,
)
