"""Matching: where the words of a list stand in a text, as whole words and without case."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from prompts.library import Library

#: Reviews in these often hold English words.
MIXED_WITH_ENGLISH = frozenset({"fil", "id", "ms", "th", "vi", "ja"})


def listed(name: str, language: str, library: Library) -> tuple[str, ...]:
    """Return the words of a list for a language, with the English ones where its reviews hold English."""
    words = library.words(name)
    return words.of(language) + (words.of("en") if language in MIXED_WITH_ENGLISH else ())


def stands_in(words: tuple[str, ...], text: str) -> bool:
    """Whether a text has one of a list's words, compared without case."""
    return _pattern_of(words).search(text.casefold()) is not None


def matches(words: tuple[str, ...], text: str) -> list[tuple[int, int]]:
    """Return where a list's words stand in a text, as offsets into its casefolded form."""
    return [match.span() for match in _pattern_of(words).finditer(text.casefold())]


def within_letters(word: str) -> str:
    """Return the pattern of a word between others; in Thai not cut off from its own vowel or tone mark.

    So "ดี" is not found in "เดียว", nor "ไว" in "ไว้".
    """
    if not _is_thai(word):
        return re.escape(word)
    return rf"(?<![\u0e40-\u0e44]){re.escape(word)}(?![\u0e30-\u0e3a\u0e47-\u0e4e])"


@cache
def _pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words, a closing `*` being any ending; unspaced scripts are found anywhere."""
    longest_first = sorted(words, key=len, reverse=True)
    spaced = "|".join(_with_ending(word.casefold()) for word in longest_first if not _is_unspaced(word)) or r"(?!)"
    unspaced = "|".join(within_letters(word.casefold()) for word in longest_first if _is_unspaced(word)) or r"(?!)"
    return re.compile(rf"(?<!\w)(?:{spaced})(?!\w)|{unspaced}")


def _with_ending(word: str) -> str:
    """Return a word's pattern, each `*` being any letters: "rip*", "took * weeks"."""
    return re.escape(word).replace(r"\*", r"\w*")


def _is_thai(word: str) -> bool:
    return "\u0e00" <= word[0] <= "\u0e7f"


def _is_unspaced(word: str) -> bool:
    return unicodedata.name(word[0], "").split(" ")[0].split("-")[0] in {"THAI", "HIRAGANA", "KATAKANA", "CJK"}
