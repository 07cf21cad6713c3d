"""Marked differences: what one text has that the other has not, word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from drafter.domain.text import UNSPACED_LANGUAGES

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Piece(NamedTuple):
    """A stretch of a text, and whether the other text has it too."""

    text: str
    own: bool


def differing(before: str, after: str, language: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces; letter by letter where a language does not part its words."""
    split = list if language in UNSPACED_LANGUAGES else _WORDS.findall
    one, two = split(before), split(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(a=one, b=two, autojunk=False).get_opcodes():
        own = kind != "equal"
        if a < b:
            left.append(Piece("".join(one[a:b]), own))
        if c < d:
            right.append(Piece("".join(two[c:d]), own))
    return left, right


def whole(text: str) -> list[Piece]:
    """Return a text that is compared with nothing."""
    return [Piece(text, own=False)] if text else []
