"""Prose: what of a text is written in a language, and its words."""

from __future__ import annotations

import re

from drafter.domain.visible import visible

MAX_CHARACTERS = 2_000  # more does not change the answer, only the time

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_PROSE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\w+")


def prose_of(text: str) -> str:
    """Return the beginning and the end of a text as a person sees it, without addresses and names of accounts."""
    if len(text) > 2 * MAX_CHARACTERS:
        text = f"{text[:MAX_CHARACTERS]} {text[-MAX_CHARACTERS:]}"
    shown = visible(text)
    if len(shown) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2
        shown = f"{shown[:half]} {shown[-half:]}"
    return _NOT_PROSE.sub(" ", shown)


def words_of(prose: str) -> list[str]:
    """Return the words in lower case."""
    return [word.replace("’", "'") for word in _WORD.findall(prose.lower())]
