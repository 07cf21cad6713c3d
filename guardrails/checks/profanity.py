"""No profanity, in any of the languages, masked or abbreviated.

Source: founding document, 'never in a reply'; marketplaces remove vulgar replies.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    shown = (subject.reply.case.review.author or "").lower()
    for hit in find_words("profanity", subject, quotations_pass=False):
        if subject.text[hit.start : hit.end].lower() not in shown:  # a masked name, "j***n"
            yield hit


CHECK = Check(
    code="profanity",
    summary="Profanity, also masked, abbreviated or echoed",
    message="This is profane.",
    suggestion="Use a plain word.",
    source="founding document, 'never in a reply'; marketplaces remove vulgar replies.",
    find=find,
)
