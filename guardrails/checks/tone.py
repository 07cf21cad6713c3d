"""No blame, defence, dismissal, sarcasm, pleading, automatic text, shouting or threat.

Source: founding document, 'never in a reply'; TikTok Shop's communication rules for harassment.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    yield from find_words("tone", subject)


CHECK = Check(
    code="tone",
    summary="Blame, defence, dismissal, sarcasm, pleading, robotic text, shouted capitals, threats",
    message="This blames, defends, belittles, pleads or shouts.",
    suggestion="Say what you regret and what can be done, without judging the customer.",
    source="founding document, 'never in a reply'; TikTok Shop's communication rules for harassment.",
    find=find,
)
