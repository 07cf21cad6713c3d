"""Points: what customers report, repeated by a clause of our own ("the zip broke after two days").

A topic names what a review is about; a point says what happened, as someone would who has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.reports.clauses import Lists
from drafter.reports.points import Found, complaints_in, praise_in
from drafter.writers.topics import first_thing, reported_sentences
from prompts.library import Library, Points, render

MOST_POINTS = 3  # in one reply

#: Groups whose points may be praised and complained of in one review.
_ANY = frozenset({"things", SituationName.POSITIVE.value})


class Stated(NamedTuple):
    """One point of a review."""

    said: str  # the clause that repeats it
    about: frozenset[str]  # situations that it is a point of, or "things"
    found: str  # the words of the review by which it was found
    clause: str  # the clause of the review in which they stand
    broad: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a customer reports, as a reply takes it up; each in the order of the review."""

    main: tuple[Stated, ...] = ()  # what the reply is about
    glad: bool = False  # whether that is praise
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
        main, complaints, praise = (side[:most] for side in (self.main, self.complaints, self.praise))
        return Report(main=main, glad=self.glad, complaints=complaints, praise=praise)


def reported(case: Case, situation: Situation, language: str, library: Library) -> Report:
    """Return what the review reports.

    Nothing from a review in another language than the reply's, and nothing in a case that belongs in private.
    """
    points = library.points(language)
    if points is None or situation.language != language or situation.channel is Channel.PRIVATE:
        return Report()
    lists = Lists(language=language, library=library)
    sentences = reported_sentences(case, situation, lists)
    teller = _Teller(points, library)
    complaints = _worth_saying(teller.told(complaints_in(sentences, points, lists)), situation)
    own = {situation.situation.value, *_ANY}
    about = {situation.situation.value}.union(*(one.about for one in complaints)) - _ANY
    bad = {one.clause for one in complaints}
    liked = teller.told(praise_in(sentences, points, lists))
    apart = (one for one in liked if not (one.about & about) and one.clause not in bad)
    praise = _worth_saying(apart, situation)
    if situation.situation is SituationName.POSITIVE and (praise or lists.hold("praise", case.review.full_text)):
        return Report(main=praise, glad=True, complaints=complaints)
    praise = tuple(one for one in praise if not one.broad)
    if situation.situation is SituationName.POSITIVE or any(one.about & own for one in complaints):
        return Report(main=complaints, praise=praise)
    return Report(complaints=complaints, praise=praise)


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
    chosen = sorted(kept, key=lambda one: not one.about & own)[:MOST_POINTS]
    return tuple(one for one in kept if one in chosen)


class _Teller:
    """Tells the points of one language."""

    def __init__(self, points: Points, library: Library) -> None:
        self._points = points
        self._topics = library.topics(points.language)

    def told(self, found: Iterable[Found]) -> list[Stated]:
        """Return what is found as clauses of ours, none that says what another has said."""
        told: dict[str, Stated] = {}
        for one in found:
            said = self._said(one)
            about = frozenset({one.about, one.point.about or one.about})
            told.setdefault(said, Stated(said, about, one.words, one.clause, one.point.broad))
        return list(told.values())

    def _said(self, found: Found) -> str:
        point = found.point
        thing = first_thing(found.clause, self._topics, self._points.thing) if point.of_thing and self._topics else None
        listed = next((word for word in point.words if word.casefold() == found.words), point.words[0])
        after = found.after.replace("'", self._points.apostrophe)
        given = {"thing": thing or "", "after": after, "found": listed}
        return re.sub(r"\s{2,}", " ", render(point.of_thing if thing else point.says, given)).strip()
