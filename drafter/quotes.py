"""Quotes: where words that a model says it copied stand in a text; words that do not stand there are no quote."""

from __future__ import annotations

import html
import re
import unicodedata

from drafter.domain.text import Span
from prompts.prompt import visible

_ALIKE = str.maketrans({**dict.fromkeys("‘’‚‛ʼ`´", "'"), **dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("–—−‐‑", "-")})
_PIECE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});|.", re.DOTALL)
_AROUND = " \t\n\"'“”„«»「」『』.…"


def locate(quote: str, text: str) -> Span | None:
    """Return where a quote stands in a text, or None.

    Capitals, kinds of spaces, quotation marks and dashes may differ, characters that show nothing may be missing, and
    HTML's names of characters may be the characters: so is the review shown to a model. Letters may not differ.
    """
    wanted = _folded(quote.strip(_AROUND))[0].strip()
    folded, places = _folded(text)
    at = folded.find(wanted) if any(map(str.isalnum, wanted)) else -1
    while at >= 0:
        if _whole_words(folded, at, at + len(wanted)):
            return Span(places[at].start, places[at + len(wanted) - 1].end)
        at = folded.find(wanted, at + 1)
    return None


def _folded(text: str) -> tuple[str, list[Span]]:
    """Return a text as quotes are compared, and for each of its characters what it stands for in the text."""
    characters: list[str] = []
    places: list[Span] = []
    for piece in _PIECE.finditer(text):
        shown = unicodedata.normalize("NFKC", visible(html.unescape(piece[0]))).casefold().translate(_ALIKE)
        for char in shown:
            plain = " " if char.isspace() else char
            if plain != " " or (characters and characters[-1] != " "):
                characters.append(plain)
                places.append(Span(*piece.span()))
    return "".join(characters), places


def _whole_words(text: str, start: int, end: int) -> bool:
    """Whether a stretch cuts no word of an alphabet in two; scripts without spaces have no such edges."""
    return not (_joined(text, start) or _joined(text, end))


def _joined(text: str, at: int) -> bool:
    return 0 < at < len(text) and _spaced(text[at - 1]) and _spaced(text[at])


def _spaced(char: str) -> bool:
    """Whether a character is a letter or digit of a script that parts its words by spaces."""
    return char.isalnum() and not "\u0e00" <= char <= "\u0eff" and not "\u3040" <= char <= "\u9fff"
