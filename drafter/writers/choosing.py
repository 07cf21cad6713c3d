"""Choosing: which words of a review a reply quotes, and which further points it answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.reports.clauses import Lists, joint_of
from drafter.reports.matching import listed, stands_in
from drafter.writers.quoting import quotable
from prompts.library import Library

MOST_STARS_OF_DOUBT = 3  # up to these, words that read as praise get neutral thanks

QUESTION_MARKS = ("?", "？")

#: Complaints that a clause without a word of fault does not make; a size or a colour may be wrong without one.
_NEEDS_FAULT = frozenset({SituationName.QUALITY, SituationName.SHIPPING, SituationName.SERVICE})

#: The list of words that belong to a situation and to no other one.
_OWN_WORDS = {SituationName.SHIPPING: "delivery", SituationName.SERVICE: "service"}


def answered(case: Case, situation: Situation, library: Library) -> Situation:
    """Return the situation as the reply answers it.

    Words that read as praise under few stars get neutral thanks, since joy would be the wrong answer. In praise
    without a word of fault or contrast the further points are praised too ("came fast, fits well"), and plain thanks
    answer them.
    """
    if situation.situation is not SituationName.POSITIVE or situation.channel is not Channel.PUBLIC:
        return situation
    stars = case.review.rating
    if stars is not None and stars <= MOST_STARS_OF_DOUBT:
        return situation.with_changes(situation=SituationName.OTHER)
    mixed = stands_in(listed("fault", situation.language, library), case.review.full_text)
    return situation if mixed else situation.with_changes(secondary=())


def quotation(case: Case, situation: Situation, language: str, library: Library) -> str | None:
    """Return the words of the review that the reply takes up, or None.

    It is the first detail, or else a piece of it, that can be quoted and suits the reply: a complaint where we are
    sorry, praise where we are glad. None from a review in another language than the reply's, and none in a case that
    belongs in private.
    """
    if situation.language != language or situation.channel is Channel.PRIVATE:
        return None
    lists = Lists(language=language, library=library)
    text = case.review.text
    candidates = (words for detail in situation.details for words in _candidates(detail, text, situation, lists))
    return next(candidates, None)


def asks(text: str, language: str, library: Library) -> bool:
    """Whether a text holds a question, with its mark or by its words."""
    return any(mark in text for mark in QUESTION_MARKS) or stands_in(listed("asks", language, library), text)


def _candidates(detail: Detail, text: str, situation: Situation, lists: Lists) -> Iterator[str]:
    """Yield what may be quoted: the detail, then its pieces that hold a telling word; nothing cut at its edge."""
    if text[detail.end :].lstrip(" ")[:1] in QUESTION_MARKS:
        return  # without its mark a question says the opposite
    before, after = _edges(detail, text, lists)
    whole = quotable(detail.text, lists.language, lists.library) if before and after else None
    if whole is not None and _suits(whole, situation, lists):
        yield whole
    telling = "praise" if situation.situation is SituationName.POSITIVE else "fault"
    parts = joint_of(lists).split(detail.text)
    inner = parts[0 if before else 1 : len(parts) if after else -1]
    for part in inner if len(parts) > 1 else ():
        piece = quotable(part, lists.language, lists.library)
        if piece is not None and lists.hold(telling, piece) and _suits(piece, situation, lists):
            yield piece


def _edges(detail: Detail, text: str, lists: Lists) -> tuple[bool, bool]:
    """Whether a detail begins and ends where a clause of the review does; one that is not found there is whole."""
    if text[detail.start : detail.end] != detail.text:
        return True, True
    before, after = text[: detail.start], text[detail.end :]
    joins = lists.library.words("clause_joins").of(lists.language)
    first, following = (part.split(maxsplit=1)[:1] for part in (detail.text, after))
    begins = _ends_clause(before) or first[0].casefold() in joins if first else True
    ends = _ends_clause(after.lstrip(" ")[:1]) or (bool(following) and following[0].casefold() in joins)
    return begins, ends


def _ends_clause(edge: str) -> bool:
    """Whether there is nothing, a mark or a line end at an edge."""
    edge = edge.rstrip(" ")
    return not edge or not (edge[-1].isalnum() or unicodedata.category(edge[-1])[0] == "M")


def _suits(words: str, situation: Situation, lists: Lists) -> bool:
    """Whether a quotation makes a point, of this situation, in the spirit of its reply."""
    name = situation.situation
    if lists.hold("pointless", words):
        return False
    if name is SituationName.OTHER:  # an opinion read back says nothing
        return False
    if name is SituationName.POSITIVE:
        return bool(situation.secondary) or not lists.hold("fault", words)
    if not lists.hold("fault", words) and (name in _NEEDS_FAULT or lists.hold("praise", words)):
        return False
    others = () if name is SituationName.SERVICE else (_OWN_WORDS[other] for other in _OWN_WORDS if other is not name)
    return not any(lists.hold(other, words) for other in others)
