"""Words taken apart, stretched, or written with digits and signs, and the words behind them.

Four disguises: letters one by one ("f r e e", "g.m.a.i.l"), a word in pieces ("what s app", "dis-count"), stretched
letters ("freeee") and digits or signs for letters ("r3v!ew"). Letters one by one and signs are read in any word; pieces
and stretched letters only where a word of `words/disguised.yaml` comes out, since many a word is whole in pieces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from drafter.domain.yaml_files import parsed

_FILE = Path(__file__).parent / "words" / "disguised.yaml"
_LEET = str.maketrans("0134579@$!|+8€", "oieastgasiltbe")
#: The same, where the signs that may stand for two letters are an l.
_OTHER_LEET = _LEET | str.maketrans("1!|", "lll")
_SEPARATOR = r"[ .\-_*·•‧∙・,/|+~]"
#: Letters one by one: four or more, with up to two signs between them.
_SPACED = re.compile(rf"(?<![^\W_])[^\W\d_](?:{_SEPARATOR}{{1,3}}[^\W\d_](?![^\W_])){{3,40}}")
_LEET_WORD = re.compile(r"(?<![\w@$€+])(?=[\w@$!|€+]{0,20}[^\W\d_])(?=[\w@$!|€+]{0,20}[0-9@$!|€+])[\w@$!|€+]{3,30}")
_LETTERS = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_BETWEEN_PIECES = re.compile(rf"{_SEPARATOR}{{1,2}}")
_SHORTEST = 5  # letters of a word whose pieces are parted by spaces: "as s" and "li ne" happen
_LONGEST = 14


class Change(NamedTuple):
    """A stretch of a text, and what it says without its disguise."""

    start: int
    end: int
    text: str


def unmaskings(text: str) -> list[Change]:
    """Return what is disguised in a text (in lower case), in order, without overlaps."""
    found = sorted(
        [*_spaced(text), *_leet(text), *_stretched(text), *_in_pieces(text)], key=lambda c: (c.start, -c.end)
    )
    kept: list[Change] = []
    for change in found:
        if (not kept or change.start >= kept[-1].end) and change.text != text[change.start : change.end]:
            kept.append(change)
    return kept


def _spaced(text: str) -> Iterator[Change]:
    for match in _SPACED.finditer(text):
        parts = re.split(r" {2,}", match[0])  # a wider gap parts words
        words = ["".join(_LETTERS.findall(part)) for part in parts]
        yield Change(*match.span(), " ".join(_split(word) for word in words if word))


def _split(letters: str) -> str:
    """Return letters that stood in a row as the words that they make up, where these are words that matter."""
    ways: dict[int, str] = {0: ""}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            if start in ways and end not in ways and _bare(letters[start:end]) in _words():
                ways[end] = f"{ways[start]} {letters[start:end]}".strip()
    return ways.get(len(letters), letters)


def _leet(text: str) -> Iterator[Change]:
    for match in _LEET_WORD.finditer(text):
        word = match[0].rstrip("!|+")
        if not re.search(r"[^\W\d_]", word) or not re.search(r"[0-9@$!|€+]", word):
            continue
        first, other = word.translate(_LEET), word.translate(_OTHER_LEET)
        read = other if _bare(other) in _words() and _bare(first) not in _words() else first
        yield Change(match.start(), match.start() + len(word), read)


def _stretched(text: str) -> Iterator[Change]:
    for match in _LETTERS.finditer(text):
        if not _RUN.search(match[0]):
            continue
        for times in (1, 2):
            word = _RUN.sub(lambda run, times=times: run[1] * times, match[0])  # type: ignore[misc]
            if _bare(word) in _words():
                yield Change(*match.span(), word)
                break


def _in_pieces(text: str) -> Iterator[Change]:
    """Yield words in two or three pieces, as "what s app"."""
    pieces = [match.span() for match in _LETTERS.finditer(text)]
    joined = [_BETWEEN_PIECES.fullmatch(text, one[1], other[0]) is not None for one, other in pairwise(pieces)]
    for first in range(len(pieces)):
        for count in (3, 2):
            last = first + count - 1
            if last < len(pieces) and all(joined[first:last]):
                word = "".join(text[start:end] for start, end in pieces[first : last + 1])
                if len(word) <= _LONGEST and _is_disguised(text[pieces[first][0] : pieces[last][1]], word):
                    yield Change(pieces[first][0], pieces[last][1], word)


def _is_disguised(stretch: str, word: str) -> bool:
    """Whether a word that matters stands in pieces; a letter at an end is often a word of its own ("corre o salta")."""
    if _bare(word) not in _words():
        return False
    return not (" " in stretch and (len(word) < _SHORTEST or stretch[1] == " " or stretch[-2] == " "))


def _bare(word: str) -> str:
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


@cache
def _words() -> frozenset[str]:
    content: dict[str, str] = parsed(_FILE.read_text(encoding="utf-8"))
    return frozenset(word for words in content.values() for word in words.split() if len(word) > 2)
