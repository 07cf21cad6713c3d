"""Clauses: the pieces of a review that say one thing each.

A review can be late and broken. Read as a whole it is a blur of both; read clause by clause each stands out, and the
clause that states a point is what a reply takes up.
"""

from __future__ import annotations

import re

from drafter.domain.text import Span

#: Where one clause ends: sentence ends of all twelve languages, line ends, and a comma or a `but` between longer parts.
_ENDS = re.compile(
    r"[.!?。！？;；…]+(?=\s|$)|[。！？；、]|\n+|[\U0001F300-\U0001FAFF❤️]+"
    r"|,\s+(?=\w+\W+\w+\W+\w+)"
    r"|\s(?=(?:but|however|although|pero|aunque|mais|aber|mas|porém|tapi|tetapi|cuma|nhưng|mà|kaso|pero|ma|però)\s)"
    r"|\s+(?=แต่|แล้วก็)",
    re.IGNORECASE,
)
_EDGES = " \t\r\n.,;:!?-–—*•\"“”'’()[]。、！？…~"
_LONGEST = 240  # characters; a longer stretch without any end is cut at a space


def clauses(text: str) -> list[Span]:
    """Return the clauses of a text in their order, without the punctuation around them."""
    found: list[Span] = []
    start = 0
    for end in [*(match for match in _ENDS.finditer(text)), None]:
        stop = end.start() if end else len(text)
        found.extend(_pieces(text, start, stop))
        start = end.end() if end else stop
    return found


def _pieces(text: str, start: int, stop: int) -> list[Span]:
    pieces: list[Span] = []
    while stop - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        cut = space if space > start else start + _LONGEST
        pieces.append(trimmed(text, start, cut))
        start = cut
    pieces.append(trimmed(text, start, stop))
    return [piece for piece in pieces if any(char.isalpha() for char in piece.of(text))]


def trimmed(text: str, start: int, end: int) -> Span:
    """Return a span without the white space and punctuation at its edges."""
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end)
