"""The words of a customer's names, and where they stand in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby

from drafter import data

SHORTEST = 2  # letters of a word that is looked for
#: Scripts without spaces, to the letters from which on a name is found within a run of others.
_UNSPACED = {"CJK": 2, "HANGUL": 2, "HIRAGANA": 3, "KATAKANA": 3, "THAI": 4}


class NameWords:
    """Finds the words of names, whole and in any case.

    A word that is common in reviews ("Will", "Hang"), or has two letters, is found only where it is written with a
    capital as in the name; one that names no person ("customer", "shop") is not looked for. Else a display name such
    as "the best shop" would blank the review.
    """

    def __init__(self, *names: str | None) -> None:
        found = {form for name in names for word in _words(name or "") for form in _forms(word)} - {""}
        self._wary = {word for word in found if len(word) <= SHORTEST or word.casefold() in _common()}
        ordered = sorted(found, key=len, reverse=True)  # "ana_souza" before "ana"
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)", re.IGNORECASE)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a word of the name begins and ends, in order."""
        for match in self._pattern.finditer(text):
            if self._is_meant(match[0]) and _is_whole(text, *match.span()):
                yield match.span()

    def _is_meant(self, word: str) -> bool:
        folded = word.casefold()
        wary = [own for own in self._wary if own.casefold() == folded]
        return not wary or _script(word[0]) in _UNSPACED or (word in wary and word[0].isupper())


def _words(name: str) -> Iterator[str]:
    """Yield the name's parts between spaces, and within them its runs of letters of one script."""
    generic = _generic()
    for part in name.split():
        bare = part.strip("".join({mark for mark in part if not mark.isalnum() and not _is_mark(mark)}))
        runs = ["".join(run) for script, run in groupby(bare, key=_script_of_letter) if script]
        for word in dict.fromkeys((bare, *runs)):
            letters = sum(mark.isalpha() for mark in word)
            if letters >= SHORTEST and word.casefold() not in generic:
                yield word


def _forms(word: str) -> tuple[str, ...]:
    """Return the word with its accents as one character each, apart, and (in Latin letters) without: texts have all."""
    whole, apart = unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)
    if _script(word[0]) != "LATIN":
        return whole, apart
    return whole, apart, "".join(mark for mark in apart if not _is_mark(mark)).replace("đ", "d").replace("Đ", "D")


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter of the same script stands next to it, where words of the script are parted at all."""
    script = _script(text[start])
    if end - start >= _UNSPACED.get(script, end - start + 1):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not _continues(before, script) and not _continues(after, script)


def _continues(mark: str, script: str) -> bool:
    return bool(mark) and (_is_mark(mark) or (mark.isalpha() and _script(mark) == script))


def _script_of_letter(mark: str) -> str:
    """Return the script of a letter; that of an accent apart is its letter's, here taken as Latin's."""
    if _is_mark(mark):
        return _script(mark) if _script(mark) in _UNSPACED else "LATIN"
    return _script(mark) if mark.isalpha() else ""


def _is_mark(mark: str) -> bool:
    return unicodedata.category(mark)[0] == "M"


@cache
def _script(mark: str) -> str:
    return unicodedata.name(mark, "NONE").split()[0].split("-")[0]


@cache
def _common() -> frozenset[str]:
    """Return the words that reviews of any language use all the time."""
    lists = (data.load(f"languages/{name}.yaml")["common"] for name in data.names("languages"))
    return frozenset(word.casefold() for words in lists for word in words.split())


@cache
def _generic() -> frozenset[str]:
    """Return the words that show that a display name is not a person's."""
    lines = files("drafter.domain").joinpath("generic_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.removeprefix("^").casefold() for line in lines if line and not line.startswith("#"))
