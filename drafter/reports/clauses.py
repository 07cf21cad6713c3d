"""Clauses: a text parted where one statement ends and the next begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.reports.matching import listed, stands_in
from prompts.library import Library

#: "555" is laughter in Thai, which says "five" as "ha".
_LAUGHTER = r"\s*(?:(?<![0-9])5{3,}\+*(?![0-9円])|\^[_.]?\^|(?<![0-9])~+(?![0-9]))\s*"
#: Not at a space between Thai and a Latin word or number.
_WITHIN_THAI = r"(?!(?<=[\u0e00-\u0e7f])\s+[0-9A-Za-z])(?!(?<=[0-9A-Za-z])\s+[\u0e00-\u0e7f])"
EDGES = " \t.,!?…。、，！？~-–—:;"  # marks at the ends of a clause that are none of its words

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


def without_joiners(clause: str, lists: Lists) -> str:
    """Return a clause without the words in front that join it to another ("but the zipper broke", "and is small")."""
    openers = lists.library.words("clause_edges_before").of(lists.language)
    if lists.language in UNSPACED_LANGUAGES:
        return _unspaced_opening(openers, lists.library.words("unparted").of(lists.language)).sub("", clause)
    first, _, rest = clause.partition(" ")
    while rest and first.strip(",").casefold() in openers:
        clause = rest.lstrip(EDGES)
        first, _, rest = clause.partition(" ")
    return clause


@cache
def _unspaced_opening(openers: tuple[str, ...], whole: tuple[str, ...]) -> re.Pattern[str]:
    """Return the joining words with which a clause begins, but for those that are part of a longer word."""
    words, longer = ("|".join(map(re.escape, listed)) or r"(?!)" for listed in (openers, whole))
    return re.compile(rf"^(?:(?!{longer})(?:{words})[{re.escape(EDGES)}]*)+")


def pairs_of(text: str, lists: Lists, marks: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Return two clauses parted by a joining word alone, or one of these marks, with the text from one to the other."""
    pairs: list[tuple[str, str, str]] = []
    for line in _LINE_ENDS.split(text):
        at, spans = 0, []
        for part in (part for part in joint_of(lists).split(line) if part.strip()):
            start = line.index(part, at)
            at = start + len(part)
            spans.append((start, at))
        for (a, b), (c, d) in pairwise(spans):
            if line[b:c].strip() in ("", *marks) and _is_joined(line[c:d], lists):
                pairs.append((line[a:b], line[c:d], line[a:d]))
    return pairs


def _is_joined(clause: str, lists: Lists) -> bool:
    """Whether a clause after a space goes on; in scripts without spaces between words a space parts like a mark."""
    return lists.language not in UNSPACED_LANGUAGES or without_joiners(clause, lists) != clause


def joint_of(lists: Lists) -> re.Pattern[str]:
    """Return where a clause of the language can be parted."""
    joins = lists.library.words("clause_joins").of(lists.language)
    if lists.language in UNSPACED_LANGUAGES:
        whole, closers = (lists.library.words(name).of(lists.language) for name in ("unparted", "clause_closers"))
        return _unspaced_joint(joins, whole, closers)
    return _joint(joins, lists.library.words("unparted").of(lists.language))


@cache
def _unspaced_joint(joins: tuple[str, ...], whole: tuple[str, ...], closers: tuple[str, ...]) -> re.Pattern[str]:
    """Return where a clause without spaces between words can be parted: not within some words that hold a joint.

    Joining words begin a clause, closers end one. Thai sets Latin words and numbers apart by spaces, which part
    nothing.
    """
    kept = "".join(_not_within(word, join) for word in whole for join in (*joins, " ") if join in word)
    before = f"|{kept}(?={'|'.join(map(re.escape, joins))})" if joins else ""
    after = "".join(f"|(?<={re.escape(word)})" for word in closers)
    return re.compile(rf"[、。,]\s*|{_LAUGHTER}|{_WITHIN_THAI}{kept}\s+{before}{after}")


def _not_within(word: str, join: str) -> str:
    """Return a pattern of any place but that of a join in a word."""
    start = word.index(join)
    return f"(?!(?<={re.escape(word[:start])}){re.escape(word[start:])})"


@cache
def _joint(joins: tuple[str, ...], whole: tuple[str, ...]) -> re.Pattern[str]:
    """Return where a clause can be parted: at a mark, or before a joining word, not within phrases that hold one."""
    words = "|".join(re.escape(word) for word in joins)
    phrases = (phrase.rpartition(" ") for phrase in whole)
    kept = "".join(rf"(?!(?<=\b{re.escape(head)})\s+{re.escape(join)}\b)" for head, _, join in phrases)
    return re.compile(rf"\s*[,;:.!]\s+|\s+[-–—]\s+|{kept}\s+(?=(?:{words})\s)", re.IGNORECASE)
