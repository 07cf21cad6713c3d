"""Points: what customers report, repeated by a clause of our own ("the zip broke after two days").

A topic names what a review is about; a point says what happened, as someone would who has read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.writers.choosing import Lists, parts_of
from drafter.writers.quoting import matches
from drafter.writers.topics import first_thing, reported_sentences
from prompts.library import Library, Point, Points, TopicGroup, render

MOST_POINTS = 3  # in one reply

NEAR_WORDS = 3  # between a word that denies and what it denies
NEAR_CHARACTERS = 8  # the same in scripts without spaces

#: Groups whose points may be praised and complained of in one review.
_ANY = frozenset({"things", SituationName.POSITIVE.value})
_DIGITS = r"\d{1,3}(?:[.,]\d)?"


class Stated(NamedTuple):
    """One point of a review."""

    said: str  # the clause that repeats it
    about: str  # the group of points: a situation or "things"
    found: str  # the words of the review by which it was found
    clause: str  # the clause of the review in which they stand
    broad: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a customer reports, as a reply takes it up; each in the order of the review."""

    main: tuple[Stated, ...] = ()  # what the reply is about
    complaints: tuple[Stated, ...] = ()  # beside it
    praise: tuple[Stated, ...] = ()  # beside it

    @property
    def every(self) -> tuple[Stated, ...]:
        """All of it."""
        return (*self.main, *self.complaints, *self.praise)

    @property
    def clauses(self) -> frozenset[str]:
        """The clauses of the review that it repeats."""
        return frozenset(one.clause for one in self.every)

    def led_by_complaints(self) -> Report:
        """Return the report of a reply that has nothing else to be about."""
        return Report(main=self.complaints, praise=self.praise)

    def at_most(self, most: int) -> Report:
        """Return a report of no more than so many points of each kind."""
        return Report(main=self.main[:most], complaints=self.complaints[:most], praise=self.praise[:most])


def reported(case: Case, situation: Situation, language: str, library: Library) -> Report:
    """Return what the review reports.

    Nothing from a review in another language than the reply's, and nothing in a case that belongs in private.
    """
    points = library.points(language)
    if points is None or situation.language != language or situation.channel is Channel.PRIVATE:
        return Report()
    lists = Lists(language=language, library=library)
    sentences = reported_sentences(case, situation, lists)
    clauses = list(dict.fromkeys(pair for sentence in sentences for pair in _with_next(parts_of(sentence, lists))))
    finder = _Finder(points, library)
    complaints = _worth_saying(finder.stated(clauses, points.complaints), situation)
    about = {one.about for one in complaints} | {situation.situation.value}
    bad = {one.clause for one in complaints}
    liked = [one for one in finder.stated(clauses, points.praise) if one.about not in about - _ANY]
    praise = _worth_saying((one for one in liked if one.clause not in bad), situation)
    if situation.situation is SituationName.POSITIVE:
        return Report(main=praise, complaints=complaints)
    praise = tuple(one for one in praise if not one.broad)
    if any(one.about in {*_ANY, situation.situation.value} for one in complaints):
        return Report(main=complaints, praise=praise)
    return Report(complaints=complaints, praise=praise)


def _with_next(clauses: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each clause of a sentence with the one after it, where what it says may end ("broke", "after two days")."""
    yield from pairwise([*clauses, ""])


def joined(stated: Sequence[Stated], points: Points) -> str:
    """Return up to three points as one clause."""
    said = [one.said for one in stated[:MOST_POINTS]]
    if len(said) == 1:
        return said[0]
    shape = points.two if len(said) == 2 else points.three
    return render(shape, dict(zip(("first", "second", "third"), said, strict=False)))


def _worth_saying(stated: Iterable[Stated], situation: Situation) -> tuple[Stated, ...]:
    """Return up to three in the review's order: the situation's own first, and broad ones only for want of others."""
    stated = list(stated)
    kept = [one for one in stated if not one.broad] or stated
    own = {situation.situation.value, *_ANY}
    chosen = sorted(kept, key=lambda one: one.about not in own)[:MOST_POINTS]
    return tuple(one for one in kept if one in chosen)


class _Finder:
    """Finds the points of one language in clauses."""

    def __init__(self, points: Points, library: Library) -> None:
        self._points = points
        self._topics = library.topics(points.language)
        self._unspaced = points.language in UNSPACED_LANGUAGES

    def stated(
        self, clauses: Iterable[tuple[str, str]], groups: Mapping[TopicGroup, tuple[Point, ...]]
    ) -> Iterator[Stated]:
        """Yield the points in the order of the clauses, one of a kind, none that says what another has said."""
        kinds: set[str] = set()
        said: set[str] = set()
        for clause, following in clauses:
            text = plain(clause)
            after = self._after(text, plain(following))
            if matches(self._points.unsure, text):
                continue
            for about, point, start, end in self._in_clause(text, groups):
                phrase = self._said(point, text, text.casefold()[start:end], after)
                if (point.kind or point.id) in kinds or phrase in said:
                    continue
                kinds.add(point.kind or point.id)
                said.add(phrase)
                yield Stated(phrase, about, text.casefold()[start:end], clause, point.broad)

    def _in_clause(
        self, text: str, groups: Mapping[TopicGroup, tuple[Point, ...]]
    ) -> Iterator[tuple[str, Point, int, int]]:
        """Yield the points of a clause in its order; of two on the same words the longer match."""
        hits = [
            (about, point, start, end)
            for about, points in groups.items()
            for point in points
            for start, end in matches(point.words, text)
            if self._holds(point, text, start, end)
        ]
        taken: list[tuple[str, Point, int, int]] = []
        for hit in sorted(hits, key=lambda hit: (-bool(hit[1].needs), hit[2] - hit[3])):  # the most particular first
            if not any(hit[2] < other[3] and other[2] < hit[3] for other in taken):
                taken.append(hit)
        yield from sorted(taken, key=lambda hit: hit[2])

    def _holds(self, point: Point, text: str, start: int, end: int) -> bool:
        if point.needs and not matches(point.needs, text):
            return False
        if point.unless and matches(point.unless, text):
            return False
        before, after = text[:start], text[end:]
        if self._unspaced:
            near_before, near_after = before[-NEAR_CHARACTERS:], after[:NEAR_CHARACTERS]
        else:
            near_before = " ".join(before.split()[-NEAR_WORDS:])
            near_after = " ".join(after.split()[:NEAR_WORDS])
        return not (matches(self._points.denied, near_before) or matches(self._points.denied_after, near_after))

    def _after(self, clause: str, following: str) -> str:
        """Return when it happened, as listed, with the customer's number: in the clause, or as the next one begins."""
        phrases = _phrases(self._points)
        found = phrases.search(clause.casefold()) or phrases.match(following.casefold().lstrip())
        if found is None or found.lastindex is None:
            return ""
        number = found[found.lastindex + 1] if found.lastindex < len(found.groups()) else None
        phrase = self._points.after[int(str(found.lastgroup)[1:])]
        return render(phrase, {"n": number or ""})

    def _said(self, point: Point, clause: str, found: str, after: str) -> str:
        thing = first_thing(clause, self._topics, self._points.thing) if point.of_thing and self._topics else None
        listed = next((word for word in point.words if word.casefold() == found), point.words[0])
        given = {"thing": thing or "", "after": after, "found": listed}
        return re.sub(r"\s{2,}", " ", render(point.of_thing if thing else point.says, given)).strip()


def plain(text: str) -> str:
    """Return a text with straight apostrophes and composed letters, as the words of points are listed."""
    return unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'")


def _phrases(points: Points) -> re.Pattern[str]:
    return _pattern_of_after(points.after, points.numbers, unspaced=points.language in UNSPACED_LANGUAGES)


@cache
def _pattern_of_after(phrases: tuple[str, ...], numbers: tuple[str, ...], *, unspaced: bool) -> re.Pattern[str]:
    """Return a pattern with a group for each phrase, `{n}` being a number in digits or words, in a group of its own."""
    number = "|".join((_DIGITS, *(re.escape(word.casefold()) for word in sorted(numbers, key=len, reverse=True))))
    longest_first = sorted(enumerate(phrases), key=lambda numbered: -len(numbered[1]))
    shapes = (f"(?P<p{place}>{_shape(phrase, number)})" for place, phrase in longest_first)
    any_of = "|".join(shapes) or "(?!)"
    return re.compile(any_of if unspaced else rf"(?<!\w)(?:{any_of})(?!\w)")


def _shape(phrase: str, number: str) -> str:
    return re.escape(phrase.casefold()).replace(r"\{n\}", f"({number})")
