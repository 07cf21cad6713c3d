"""No blame, defence, dismissal, sarcasm, pleading, automatic text, shouting or threat.

Source: founding document, 'never in a reply'; TikTok Shop's communication rules on harassment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drafter.domain.text import Span
from guardrails.kinds import Check, Hit, find_words
from guardrails.normalise import seen
from guardrails.subject import Subject

#: Two words in capitals side by side, one of them too long for an acronym.
_SHOUT = re.compile(r"(?<!\w)(?=(?:[^\W\d_]+\W+)?[^\W\d_]{5})[^\W\d_a-z]{2,}(?:[ ,!'’-]+[^\W\d_a-z]{2,})+(?!\w)|!{4,}")
#: Scripts without capitals: a brand in Latin capitals among them is not shouted.
_UNCASED = re.compile("[\u0e01-\u0e5b\u3041-\u30ff\u4e00-\u9fff]")
_LONG_WORD = re.compile(r"(?<!\w)(?:[^\W\d_a-z]{6,})!+")


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the words that judge, and what is shouted: not acronyms, quoted words or button names."""
    yield from find_words("tone", subject)
    for pattern in (_SHOUT, _LONG_WORD):
        for match in pattern.finditer(subject.text):
            if _is_shouted(subject, match):
                yield Hit(match.start(), match.end(), "This is shouted.")


def _is_shouted(subject: Subject, match: re.Match[str]) -> bool:
    text = match[0].strip(" ,!")
    if (text and text != text.upper()) or (text and text.lower() == text.upper()) or _UNCASED.search(text):
        return False
    around = subject.text[max(0, match.start() - 1) : match.end() + 1]
    quoted = around[:1] in "“\"'‘«„「[(~%{<@" and around[-1:] in "”\"'’»“」])~%}>@"
    return not (quoted or subject.is_quoted(Span(*match.span())) or seen(text).text in subject.product_name)


CHECK = Check(
    code="tone",
    summary="Blame, defence, dismissal, sarcasm, pleading, robotic text, shouted capitals, threats",
    message="This blames, defends, belittles, pleads or shouts.",
    suggestion="Say what you regret and what can be done, without judging the customer.",
    source="founding document; TikTok Shop's communication rules on harassment",
    find=find,
)
