"""Keyboard noise: texts that a hand made, not a mind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from drafter import data
from drafter.languages.profile import profile
from drafter.languages.prose import prose_of, words_of
from drafter.languages.words import is_known

_RUN = 4  # neighbouring keys that make a run
_REPEATED = re.compile(r"(.{1,3}?)\1{3,}")
_TWICE = re.compile(r"([a-zñç]{3,6})\1+[a-zñç]{0,3}")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_VOWELS = frozenset("aeiouyàáâãäåèéêëìíîïòóôõöøùúûüýăđơưœæ")
_AFTER_LATIN = 0x250  # the first code point beyond the Latin letters of our keyboards
_ENOUGH_LETTERS = 8  # for the profile's word to count
_SURELY = -0.1  # logarithm of the share of noise from which the profile is sure
_LIKELY = -1.0  # and from which it backs a suspicion; German has long rows of consonants too


class _Keys(NamedTuple):
    """The content of `keyboards.yaml`."""

    runs: frozenset[str]
    laughter: re.Pattern[str]
    interjections: frozenset[str]


@cache
def _keys() -> _Keys:
    content = data.load("keyboards.yaml")
    rows = [row for script in content["rows"].values() for row in script]
    both_ways = [*rows, *(row[::-1] for row in rows)]
    runs = frozenset(row[at : at + _RUN] for row in both_ways for at in range(len(row) - _RUN + 1))
    laughter = "|".join(rf"(?:{re.escape(part)})+.?" for part in content["laughter"])
    return _Keys(runs, re.compile(laughter), frozenset(content["interjections"]))


def looks_like_noise(text: str) -> bool:
    """Return whether a text was made by a hand on a keyboard rather than by a mind, in any script.

    Noise is runs of neighbouring keys, one syllable over and over, or long rows of consonants, in most of its words,
    or letters such as no language has them; and no word that any of our lists knows. Laughter is none.
    """
    words = words_of(prose_of(text))
    return is_mashed(words) or _is_no_language(words)


def is_mashed(words: Sequence[str]) -> bool:
    """Return whether most of the words, in lower case, show what hands leave behind."""
    if not words or any(_is_known(word) for word in words):
        return False
    noisy = [word for word in words if _noisy(word)]
    return sum(map(len, noisy)) * 2 > sum(map(len, words))


def is_possible(words: Sequence[str]) -> bool:
    """Return whether words in lower case may be in no language: all are Latin, and no list knows one."""
    joined = "".join(words)
    return (
        len(joined) >= _ENOUGH_LETTERS
        and all(ord(char) < _AFTER_LATIN for char in joined)
        and not any(_is_known(word) for word in words)
    )


def is_laughter(word: str) -> bool:
    """Return whether a word in lower case is laughter or a sigh in one language or another."""
    return _keys().laughter.fullmatch(word) is not None


def _is_no_language(words: Sequence[str]) -> bool:
    """Return whether the letters of the words are such as no language has them."""
    return is_possible(words) and profile().log_shares(words)["und"] > _SURELY


def _is_known(word: str) -> bool:
    return is_known(word) or word in _keys().interjections


def _noisy(word: str) -> bool:
    if len(word) < 3 or is_laughter(word):
        return False
    spoken = _DRAWN_OUT.sub(r"\1", word)  # `soooo niceeee` is a voice, not a hand on the keys
    if spoken != word and len(spoken) > (3 if word.isascii() else 1):
        return _noisy(spoken)
    if any(word[at : at + _RUN] in _keys().runs for at in range(len(word) - _RUN + 1)) or _REPEATED.search(word):
        return True
    if word.isascii() and len(word) > 3 and not _VOWELS.intersection(word):
        return True
    twice = _TWICE.fullmatch(word)
    if twice and any(twice[1] in run for run in _keys().runs):  # asdasd
        return True
    return bool(twice or _CONSONANTS.search(word)) and profile().log_shares([word])["und"] > _LIKELY
