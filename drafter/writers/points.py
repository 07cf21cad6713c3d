"""Points: what customers report, said again as they say it, or by a clause of our own ("the zip broke").

A topic names what a review is about; a point says what happened, as someone would who has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.reports.clauses import Lists, pairs_of, parts_of, without_joiners
from drafter.reports.matching import stands_in
from drafter.reports.points import Found, complaints_in, praise_in
from drafter.reports.spirit import Spirit, spirit_of
from drafter.writers.choosing import QUESTION_MARKS
from drafter.writers.retelling import begins_with, retold
from drafter.writers.topics import first_thing, reported_sentences
from drafter.writers.verb_last import is_half
from prompts.library import Library, Points, render

MOST_POINTS = 3  # in one reply
CONTENT_STARS = 4  # from these on, what reads as praise is not answered by an apology

#: Groups whose points may be praised and complained of in one review.
_ANY = frozenset({"things", SituationName.POSITIVE.value})

#: Situations that reviews of one article pass between, so that its reader may take one for another.
_OF_THE_ARTICLE = frozenset(
    {SituationName.QUALITY, SituationName.MISUNDERSTANDING, SituationName.SIZING, SituationName.OTHER}
)


class Stated(NamedTuple):
    """One point of a review."""

    said: str  # the clause that repeats it
    about: frozenset[str]  # situations that it is a point of, or "things"
    found: str  # the words of the review by which it was found
    clause: str  # the clause of the review in which they stand
    broad: bool
    retold: bool = False  # said as the customer says it


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
    text = case.review.full_text
    told = reported_sentences(case, situation, lists)
    sentences = [one for one in told if not any(one + mark in text for mark in QUESTION_MARKS)]
    teller = _Teller(points, lists, case, situation)
    complaints = _worth_saying(teller.told(sentences, Spirit.FAULT), situation)
    own = {situation.situation.value, *_ANY}
    about = {situation.situation.value}.union(*(one.about for one in complaints)) - _ANY
    bad = {one.clause for one in complaints}
    liked = teller.told(sentences, Spirit.PRAISE)
    apart = (one for one in liked if one.retold or not (one.about & about))
    praise = _worth_saying((one for one in apart if one.clause not in bad), situation)
    if situation.situation is SituationName.POSITIVE and (praise or lists.hold("praise", case.review.full_text)):
        return Report(main=praise, glad=True, complaints=complaints)
    praise = tuple(one for one in praise if not one.broad)
    if situation.situation is SituationName.POSITIVE and _is_content(case):
        return Report(complaints=complaints, praise=praise)
    if situation.situation is SituationName.POSITIVE or any(_leads(one, situation, own) for one in complaints):
        return Report(main=complaints, praise=praise)
    return Report(complaints=complaints, praise=praise)


def _is_content(case: Case) -> bool:
    return (case.review.rating or 0) >= CONTENT_STARS


def _leads(one: Stated, situation: Situation, own: set[str]) -> bool:
    """Whether a reply is about a complaint: one of its situation, or what the customer says of the article."""
    return bool(one.about & own) or (one.retold and situation.situation in _OF_THE_ARTICLE)


def joined(stated: Sequence[Stated], points: Points) -> str:
    """Return up to three points as one clause."""
    said = [one.said for one in stated[:MOST_POINTS]]
    if len(said) == 1:
        return said[0]
    once = [_with_subject_once(*pair, points) for pair in pairwise(said)]
    if all(map(str.__ne__, once, said[1:])):  # else the clauses would not be alike
        said = [said[0], *once]
    if points.closing and points.closing in said[-2]:
        said[-2] += points.closing
    shape = points.two if len(said) == 2 else points.three
    return render(shape, dict(zip(("first", "second", "third"), said, strict=False)))


def _with_subject_once(before: str, said: str, points: Points) -> str:
    """Return a clause without the pronoun that the one before it begins with too, where nothing stands between."""
    subject, _, rest = said.partition(" ")
    same = subject in points.shared and before.startswith(f"{subject} ") and "," not in before
    return rest if same and rest else said


def _worth_saying(stated: Iterable[Stated], situation: Situation) -> tuple[Stated, ...]:
    """Return up to three in the review's order: the situation's own first, and broad ones only for want of others."""
    stated = list(stated)
    kept = [one for one in stated if not one.broad] or stated
    own = {situation.situation.value, *_ANY}
    chosen = sorted(kept, key=lambda one: not one.about & own)[:MOST_POINTS]
    return tuple(one for one in kept if one in chosen)


class _Teller:
    """Tells what sentences of one language report: as the customer said it, or by a clause of ours for its kind."""

    def __init__(self, points: Points, lists: Lists, case: Case, situation: Situation) -> None:
        self._points = points
        self._lists = lists
        self._topics = lists.library.topics(points.language)
        self._rules = lists.library.retelling(points.language)
        self._about = situation.situation  # of a statement that no reader has read
        self._content = _is_content(case)
        self._again: dict[str, str | None] = {}  # for complaints and for praise the same clauses are looked at
        text = case.review.text
        self._read = [(text[one.start : one.end], one) for one in situation.statements]

    def told(self, sentences: Sequence[str], spirit: Spirit) -> list[Stated]:
        """Return what is complained of or praised as clauses, none that says what another has said."""
        find = complaints_in if spirit is Spirit.FAULT else praise_in
        found: dict[str, list[Found]] = {}
        kinds: set[str] = set()
        for one in find(sentences, self._points, self._lists):
            known = found.setdefault(one.clause, [])
            if one.kind not in kinds:
                kinds.add(one.kind)
                known.append(one)
        clauses = dict.fromkeys(part for sentence in sentences for part in parts_of(sentence, self._lists))
        told = {clause: self._stated(clause, found.get(clause), spirit) for clause in clauses}
        for first, second, both in (pair for sentence in sentences for pair in self._pairs(sentence)):
            if self._rules is not None and is_half(first, second, self._rules):
                points = [*found.get(first, ()), *found.get(second, ())]
                told[first], told[second] = self._of_halves(both, points, spirit), []
                continue
            leads = first != second and any(one.retold for one in told[first])
            if leads and (told[second] or self._goes_on(second)) and (again := self._retold(both)):
                told[first], told[second] = [_both(told[first] + told[second], again, both)], []
        return _each_once(one for clause in clauses for one in told[clause])

    def _of_halves(self, both: str, found: Sequence[Found], spirit: Spirit) -> list[Stated]:
        """Return what a clause states that was parted within one statement ("the cloth is | and the colour soft")."""
        told = self._stated(both, found or None, spirit)
        if all(one.retold for one in told):
            return told[:1]
        return [self._point(one, None) for one in found]

    def _pairs(self, sentence: str) -> list[tuple[str, str, str]]:
        """Return two clauses that may be said as one; where the verb goes last, a comma parts one that goes on."""
        joined = pairs_of(sentence, self._lists)
        if self._rules is None or self._rules.verb_last is None:
            return joined
        pairs = pairs_of(sentence, self._lists, marks=(",",))
        return [pair for pair in pairs if pair in joined or self._goes_on(pair[1])]

    def _stated(self, clause: str, found: Sequence[Found] | None, spirit: Spirit) -> list[Stated]:
        """Return what a clause states in a spirit; its points, where any are found, are none where told before."""
        again = self._retold(clause)
        if found is not None:
            mixed = spirit is Spirit.PRAISE and self._lists.hold("fault", without_joiners(clause.strip(), self._lists))
            return [self._point(one, None if mixed else again) for one in found]
        read = next((one for text, one in self._read if clause.strip() in text or text in clause), None)
        if again is None or spirit_of(clause, read, self._points, self._lists, content=self._content) is not spirit:
            return []
        about = frozenset({(read.about if read else self._about).value})
        return [Stated(again, about, clause.strip(), clause, broad=False, retold=True)]

    def _point(self, found: Found, again: str | None) -> Stated:
        about = frozenset({found.about, found.point.about or found.about})
        if again:
            return Stated(again, about, found.clause.strip(), found.clause, broad=False, retold=True)
        return Stated(self._said(found), about, found.words, found.clause, found.point.broad)

    def _goes_on(self, clause: str) -> bool:
        """Whether a clause tells when or why what stands before it happened."""
        return self._rules is not None and begins_with(clause, self._rules.goes_on, self._rules)

    def _retold(self, clause: str) -> str | None:
        """Return a clause as a reply says it again; none that only supposes something."""
        if clause not in self._again:
            unsure = stands_in(self._points.unsure, clause)
            again = None if unsure else retold(clause, self._points.language, self._lists.library)
            self._again[clause] = again and again.replace("'", self._points.apostrophe)
        return self._again[clause]

    def _said(self, found: Found) -> str:
        point = found.point
        thing = first_thing(found.clause, self._topics, self._points.thing) if point.of_thing and self._topics else None
        listed = next((word for word in point.words if word.casefold() == found.words), point.words[0])
        after = found.after.replace("'", self._points.apostrophe)
        given = {"thing": thing or "", "after": after, "found": listed}
        return re.sub(r"\s{2,}", " ", render(point.of_thing if thing else point.says, given)).strip()


def _both(parts: Sequence[Stated], said: str, clause: str) -> Stated:
    """Return two clauses that follow each other as one, with the customer's own words between them."""
    about = frozenset().union(*(one.about for one in parts))
    return Stated(said, about, clause.strip(), clause, broad=False, retold=True)


def _each_once(stated: Iterable[Stated]) -> list[Stated]:
    """Return what is said, none that says what another has said, or part of it."""
    told: dict[str, Stated] = {}
    for one in stated:
        same = told.get(one.said)
        told[one.said] = one if same is None else same._replace(about=same.about | one.about)
    return [one for one in told.values() if not any(one.said in said for said in told if said != one.said)]
