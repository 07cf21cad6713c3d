"""Emoji: what a review without words says."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from drafter import data

_PLAIN = re.compile("[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff\u2640\u2642]")  # how an emoji looks, not what it says


def sentiment_of_emoji(text: str) -> Literal[-1, 0, 1] | None:
    """Return what the emoji and emoticons of a text say, the more numerous kind; None where none says anything.

    As many of the one kind as of the other are a mixed feeling: 0.
    """
    glad, unhappy = _signs()
    found = [sign[0] for sign in _pattern().finditer(_PLAIN.sub("", text))]
    more = sum(sign in glad for sign in found) - sum(sign in unhappy for sign in found)
    if not found:
        return None
    return 1 if more > 0 else -1 if more < 0 else 0


@cache
def _signs() -> tuple[frozenset[str], frozenset[str]]:
    content = data.load("emoji.yaml")
    return frozenset(content["glad"].split()), frozenset(content["unhappy"].split())


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of all signs; an emoticon of letters and marks stands by itself."""
    glad, unhappy = _signs()
    every = sorted(glad | unhappy, key=lambda sign: (-len(sign), sign))
    return re.compile(
        "|".join(re.escape(sign) if len(sign) == 1 else rf"(?<!\w){re.escape(sign)}(?!\w)" for sign in every)
    )
