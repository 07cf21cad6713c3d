"""Points: what a review reports, clause by clause ("broke", "came late"), not where it is denied or supposed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from drafter.domain.text import UNSPACED_LANGUAGES, sentences
from drafter.reports.clauses import Lists, parts_of
from drafter.reports.matching import matches
from prompts.library import Library, Point, Points, TopicGroup, render

NEAR_WORDS = 3  # between a word that denies and what it denies
NEAR_CHARACTERS = 8  # the same in scripts without spaces

_DIGITS = r"\d{1,3}(?:[.,]\d)?"


class Found(NamedTuple):
    """A point that a review reports."""

    point: Point
    about: TopicGroup
    words: str  # of the review, by which it was found
    clause: str  # of the review, in which they stand
    after: str  # when it happened, in words of ours with the customer's number; may be empty

    @property
    def kind(self) -> str:
        """What else would say the same: two of a kind are one point."""
        return self.point.kind or self.point.id


class Told(NamedTuple):
    """What a text reports, each in its order."""

    complaints: tuple[Found, ...]
    praise: tuple[Found, ...]


class _Hit(NamedTuple):
    about: TopicGroup
    point: Point
    start: int
    end: int


def told_in(text: str, language: str, library: Library) -> Told:
    """Return what a whole text reports; nothing where the language has no points."""
    points = library.points(language)
    if points is None:
        return Told((), ())
    lists = Lists(language=language, library=library)
    parts = [span.of(text) for span in sentences(text, language)]
    return Told(tuple(complaints_in(parts, points, lists)), tuple(praise_in(parts, points, lists)))


def complaints_in(parts: Iterable[str], points: Points, lists: Lists) -> Iterator[Found]:
    """Yield the complaints that sentences report, in their order."""
    return _found_in(parts, points.complaints, points, lists)


def praise_in(parts: Iterable[str], points: Points, lists: Lists) -> Iterator[Found]:
    """Yield the praise that sentences report; joy at what was denied is worse than a word of praise passed over."""
    for found in _found_in(parts, points.praise, points, lists):
        before = _plain(found.clause).casefold().partition(found.words)[0]
        if not matches(points.denied, before):
            yield found


def _found_in(
    parts: Iterable[str], groups: Mapping[TopicGroup, tuple[Point, ...]], points: Points, lists: Lists
) -> Iterator[Found]:
    parted = (pairwise([*parts_of(part, lists), ""]) for part in parts)
    for clause, following in dict.fromkeys(pair for pairs in parted for pair in pairs):
        text = _plain(clause)
        hits = _hits(text, groups, points)
        if not hits or matches(points.unsure, text):
            continue
        after = _after(text, _plain(following), points)
        for hit in hits:
            yield Found(hit.point, hit.about, text.casefold()[hit.start : hit.end], clause, after)


def _plain(text: str) -> str:
    """Return a text with straight apostrophes and composed letters, as the words of points are listed."""
    return unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")


def _hits(text: str, groups: Mapping[TopicGroup, tuple[Point, ...]], points: Points) -> Sequence[_Hit]:
    """Return the points of a clause in its order; of two on the same words the more particular one."""
    hits = (
        _Hit(about, point, start, end)
        for about, listed in groups.items()
        for point in listed
        for start, end in matches(point.words, text)
    )
    taken: list[_Hit] = []
    held = [hit for hit in hits if _holds(hit, text, points)]
    for hit in sorted(held, key=lambda hit: (-bool(hit.point.needs), hit.start - hit.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda hit: hit.start)


def _holds(hit: _Hit, text: str, points: Points) -> bool:
    """Whether the words mean the point: what it needs is there, what speaks against it is not, nothing denies it."""
    point = hit.point
    if (point.needs and not matches(point.needs, text)) or (point.unless and matches(point.unless, text)):
        return False
    before, after = text[: hit.start], text[hit.end :]
    if points.language in UNSPACED_LANGUAGES:
        before, after = before[-NEAR_CHARACTERS:], after[:NEAR_CHARACTERS]
    else:
        before, after = " ".join(before.split()[-NEAR_WORDS:]), " ".join(after.split()[:NEAR_WORDS])
    return not (matches(points.denied, before) or matches(points.denied_after, after))


def _after(clause: str, following: str, points: Points) -> str:
    """Return when it happened, as listed, with the customer's number: in the clause, or as the next one begins."""
    phrases = _phrases(points.after, points.numbers, unspaced=points.language in UNSPACED_LANGUAGES)
    found = phrases.search(clause.casefold()) or phrases.match(following.casefold().lstrip())
    if found is None or found.lastindex is None:
        return ""
    number = found[found.lastindex + 1] if found.lastindex < len(found.groups()) else None
    phrase = points.after[int(str(found.lastgroup)[1:])]
    return render(phrase, {"n": number or ""})


@cache
def _phrases(phrases: tuple[str, ...], numbers: tuple[str, ...], *, unspaced: bool) -> re.Pattern[str]:
    """Return a pattern with a group for each phrase, `{n}` being a number in digits or words, in a group of its own."""
    number = "|".join((_DIGITS, *(re.escape(word.casefold()) for word in sorted(numbers, key=len, reverse=True))))
    longest_first = sorted(enumerate(phrases), key=lambda numbered: -len(numbered[1]))
    shapes = (f"(?P<p{place}>{_shape(phrase, number)})" for place, phrase in longest_first)
    any_of = "|".join(shapes) or "(?!)"
    return re.compile(any_of if unspaced else rf"(?<!\w)(?:{any_of})(?!\w)")


def _shape(phrase: str, number: str) -> str:
    return re.escape(phrase.casefold()).replace(r"\{n\}", f"({number})")
