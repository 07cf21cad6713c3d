"""Views of a text with its disguises taken off, each with a map back to the text as written.

What a person sees of a text is `drafter.domain.visible`'s; a view is that in lower case and in compatibility form, to
be searched. Where letters are spaced out, stretched or written as digits and signs, a second view has the words
behind them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from drafter.domain import visible
from drafter.domain.text import Span
from drafter.domain.visible import Visible
from guardrails.disguises import Change, unmaskings
from guardrails.prefilter import pieces_of

_CLUSTER = re.compile(r"\S[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|\s", re.DOTALL)


@dataclass(frozen=True)
class View:
    """A text to be searched, and where each of its characters stood in the text as written."""

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> Span:
        """Return the stretch of the written text behind `text[start:end]`; never empty for a match that is not."""
        return Visible(self.text, self.starts, self.ends).stored(Span(start, end))

    @cached_property
    def pieces(self) -> frozenset[str]:
        """All stretches of two and of three characters, by which it is told what need not be searched."""
        return pieces_of(self.text)

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
    """Return the text as a person sees it, in lower case and in compatibility form."""
    shown = visible.seen(text)
    lower = shown.text.lower()
    if len(lower) == len(shown.text) and unicodedata.is_normalized("NFKC", lower):
        return View(lower, shown.starts, shown.ends)
    return _joined(_pieces(shown))


def _pieces(shown: Visible) -> Iterable[tuple[str, int, int]]:
    for cluster in _CLUSTER.finditer(shown.text):
        start, end = cluster.span()
        if end - start == 1:
            yield _plain(cluster[0]), shown.starts[start], shown.ends[start]
        else:
            yield _plain(cluster[0]), *shown.stored(Span(start, end))


def unmasked(view: View) -> View | None:
    """Return the view with the words behind their masks; None where nothing is masked."""
    changes = unmaskings(view.text)
    return _joined(_changed(view, changes)) if changes else None


def _changed(view: View, changes: list[Change]) -> Iterable[tuple[str, int, int]]:
    """Yield the pieces of a view after changes, which come in order and do not overlap."""
    at = 0
    for change in changes:
        yield from zip(
            view.text[at : change.start], view.starts[at : change.start], view.ends[at : change.start], strict=True
        )
        if len(change.text) == change.end - change.start:
            part = slice(change.start, change.end)
            yield from zip(change.text, view.starts[part], view.ends[part], strict=True)
        else:
            span = view.span(change.start, change.end)
            yield from ((char, *span) for char in change.text)
        at = change.end
    yield from zip(view.text[at:], view.starts[at:], view.ends[at:], strict=True)


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
    return unicodedata.normalize("NFKC", cluster).lower()


@lru_cache(maxsize=4096)
def _without_accents(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) == 1 or not decomposed[0].isascii():
        return character
    return "".join(piece for piece in decomposed if not unicodedata.combining(piece))
