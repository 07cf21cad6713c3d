"""No profanity, in any of the languages, masked or abbreviated.

Source: founding document, 'never in a reply'; marketplaces remove vulgar replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.kinds import Check, Hit, find_words
from guardrails.subject import Subject

#: A word with its middle starred out is not printed for a reason, in any language.
_MASKED = re.compile(r"(?<![\w*@#])[^\W\d_]{1,20}(?:\*{1,6}|[@#$%&*]{2,6})[^\W\d_]{1,20}(?![\w*@#])")


def find(subject: Subject) -> Iterator[Hit]:
    """Yield what the word file flags."""
    shown = (subject.reply.case.review.author or "").lower()
    for hit in find_words("profanity", subject, quotations_pass=False):
        if subject.text[hit.start : hit.end].lower() not in shown:  # a masked name, "j***n"
            yield hit
    for match in _MASKED.finditer(subject.text):
        if match[0].lower() not in f"{shown} {subject.product_name}":
            yield Hit(*match.span())


CHECK = Check(
    code="profanity",
    summary="Profanity, also masked, abbreviated or echoed",
    message="This is profane.",
    suggestion="Use a plain word.",
    source="founding document, 'never in a reply'; marketplaces remove vulgar replies.",
    find=find,
)
