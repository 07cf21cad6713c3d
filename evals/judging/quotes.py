"""Quotes: a judgement that rests on words which nobody wrote is none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from evals.scorers.base import folded

SHORTEST = 2  # characters; a single letter stands in every text
_GAP = re.compile(r"\s*(?:\[?(?:…|\.{3,})\]?)\s*")
_MARKS = "\"'“”„«»「」『』‘’` "


def stands_in(quote: str, texts: Iterable[str]) -> bool:
    """Whether a quote stands in one of the texts; capitals, spaces and quotation marks around it do not count.

    A quote with an ellipsis stands there if all its pieces do, in their order.
    """
    whole = folded(quote).strip(_MARKS)
    if len(whole) < SHORTEST:
        return False
    pieces = [piece.strip(_MARKS) for piece in _GAP.split(whole)]
    pieces = [piece for piece in pieces if len(piece) >= SHORTEST]
    return any(whole in text or _in_order(pieces, text) for text in map(folded, texts))


def _in_order(pieces: list[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return bool(pieces)
