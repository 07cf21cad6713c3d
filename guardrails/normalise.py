"""Views of a text with its disguises taken off, each with a map back to the text as written.

Unicode look-alikes, invisible characters, spaced-out letters and digits in place of letters hide words from a plain
search. A view is what a reader sees; its offsets lead back to what was written (Unicode TR36 and TR39 describe the
tricks).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from drafter.domain.text import Span

#: Letters of other scripts that pass for Latin ones; none of the twelve languages is written in these scripts.
_LOOK_ALIKES = str.maketrans(
    "абвгдеёзикмнорстухьіјѕѵһԁԛԝɡɩıοαενικρτυχβωƽǀℓ",
    "a6brdeezukmhopctyxbijsvhdqwgiioaevikptuxbw5ll",
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_CLUSTER = re.compile(r"\S[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|\s", re.DOTALL)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*·]{1,2}){3,}[^\W\d_](?![^\W_])")
_LEET_WORD = re.compile(r"[^\W_]*(?:[^\W\d_][013457@$!|]+(?=[^\W\d_])|(?<!\w)[013457@$]+(?=[^\W\d_]{2}))[\w@$!|]*")


@dataclass(frozen=True)
class View:
    """A text to be searched, and where each of its characters stood in the text as written."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the written text behind `text[start:end]`; never empty for a match that is not."""
        if start >= end or start >= len(self.starts):
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return Span(at, at)
        return Span(self.starts[start], self.ends[end - 1])

    @cached_property
    def folded(self) -> View:
        """The same without the accents of Latin letters, for languages in which people leave them out."""
        if self.text.isascii():
            return self
        pieces = [_without_accents(character) for character in self.text]
        if all(len(piece) == 1 for piece in pieces):
            return View("".join(pieces), self.starts, self.ends)
        return _joined((piece, self.starts[i], self.ends[i]) for i, piece in enumerate(pieces))


def seen(text: str) -> View:
    """Return the text in lower case, in compatibility form, without invisible characters, in Latin look-alikes."""
    if text.isascii():
        return View(text.lower(), range(len(text)), range(1, len(text) + 1))
    return _joined((_plain(match[0]), match.start(), match.end()) for match in _CLUSTER.finditer(text))


def unmasked(view: View) -> View | None:
    """Return the view with spaced-out letters joined and digits read as letters; None where nothing is masked."""
    keep: list[tuple[str, int, int]] | None = None
    for match in _SPACED.finditer(view.text):
        keep = keep if keep is not None else _characters(view)
        for at in range(match.start(), match.end()):
            if not view.text[at].isalpha():
                keep[at] = ("", keep[at][1], keep[at][2])
    for match in _LEET_WORD.finditer(view.text):
        keep = keep if keep is not None else _characters(view)
        for at in range(match.start(), match.end()):
            keep[at] = (view.text[at].translate(_LEET), keep[at][1], keep[at][2])
    return None if keep is None else _joined(keep)


def _characters(view: View) -> list[tuple[str, int, int]]:
    return list(zip(view.text, view.starts, view.ends, strict=True))


def _joined(pieces: Iterable[tuple[str, int, int]]) -> View:
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in pieces:
        for character in piece:
            text.append(character)
            starts.append(start)
            ends.append(end)
    return View("".join(text), tuple(starts), tuple(ends))


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    visible = _INVISIBLE.sub("", cluster)
    return unicodedata.normalize("NFKC", visible).lower().translate(_LOOK_ALIKES)


@lru_cache(maxsize=4096)
def _without_accents(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) == 1 or not decomposed[0].isascii():
        return character
    return "".join(piece for piece in decomposed if not unicodedata.combining(piece))
