"""Pure functions over text that readers, writers and guardrails share."""

from __future__ import annotations

from typing import NamedTuple

import sentencex


class Span(NamedTuple):
    """A stretch of a text, in code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the stretch itself."""
        return text[self.start : self.end]


def sentences(text: str, language: str = "en") -> list[Span]:
    """Return the sentences of a text, without the white space around them."""
    spans: list[Span] = []
    at = 0
    for segment in sentencex.segment(language, text):
        start = text.index(segment, at)
        at = start + len(segment)
        stripped = segment.strip()
        if stripped:
            left = start + len(segment) - len(segment.lstrip())
            spans.append(Span(left, left + len(stripped)))
    return spans
