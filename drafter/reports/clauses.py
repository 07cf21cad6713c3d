"""Clauses: a text parted where one statement ends and the next begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.reports.matching import listed, stands_in
from prompts.library import Library

_LINE_ENDS = re.compile(r"[\n\r。！？!?…]+")


@dataclass(frozen=True, kw_only=True)
class Lists:
    """The word lists of one language."""

    language: str
    library: Library

    def hold(self, name: str, text: str) -> bool:
        """Whether a text has one of a list's words."""
        return stands_in(listed(name, self.language, self.library), text)


def parts_of(text: str, lists: Lists) -> list[str]:
    """Return the clauses of a text, parted at marks, line ends and joining words."""
    lines = _LINE_ENDS.split(text)
    return [part for line in lines for part in joint_of(lists).split(line) if part.strip()]


def pairs_of(text: str, lists: Lists) -> list[tuple[str, str, str]]:
    """Return two clauses that a joining word alone parts, each time with the text from the one to the other."""
    pairs: list[tuple[str, str, str]] = []
    for line in _LINE_ENDS.split(text):
        at, spans = 0, []
        for part in (part for part in joint_of(lists).split(line) if part.strip()):
            start = line.index(part, at)
            at = start + len(part)
            spans.append((start, at))
        pairs += [(line[a:b], line[c:d], line[a:d]) for (a, b), (c, d) in pairwise(spans) if not line[b:c].strip()]
    return pairs


def joint_of(lists: Lists) -> re.Pattern[str]:
    """Return where a clause of the language can be parted."""
    joins = lists.library.words("clause_joins").of(lists.language)
    return _joint(joins, unspaced=lists.language in UNSPACED_LANGUAGES)


@cache
def _joint(joins: tuple[str, ...], *, unspaced: bool) -> re.Pattern[str]:
    """Return where a clause can be parted: at a mark, or before a joining word."""
    words = "|".join(re.escape(word) for word in joins)
    if unspaced:
        return re.compile(r"[、。,\s]+" + (f"|(?={words})" if words else ""))
    return re.compile(rf"\s*[,;:.!]\s+|\s+[-–—]\s+|\s+(?=(?:{words})\s)", re.IGNORECASE)
