"""Topics: what of a review a reply names, by a noun phrase of our own ("the zip", "the delay")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Flag, Situation, SituationName
from drafter.reports.clauses import Lists, parts_of
from drafter.reports.matching import matches
from prompts.library import Library, Topic, TopicGroup, Topics
from prompts.records import TOPIC

MOST_TOPICS = 2  # in one noun phrase

_SENTENCE_ENDS = re.compile(r"(?:[!?\n\r。！？…]|(?<!\d)\.|\.(?!\d))+")  # not within "1.5"

#: Situations whose sentences may name a thing of any kind ("the zip"), beside their own topics.
_WITH_THINGS = frozenset(
    {SituationName.QUALITY, SituationName.MISUNDERSTANDING, SituationName.POSITIVE, SituationName.OTHER}
)


@dataclass(frozen=True, kw_only=True)
class Named:
    """One topic, or two as one noun phrase."""

    said: Mapping[str, str]  # the variables of sentences that name it
    found: tuple[str, ...]  # the words of the review by which it was found


class _Found(NamedTuple):
    topic: Topic
    word: str


def named(
    case: Case,
    situation: Situation,
    about: SituationName,
    language: str,
    library: Library,
    *,
    but: Named | None = None,
    apart_from: Collection[str] = (),
) -> Named | None:
    """Return what of a review a sentence about a situation names, or None.

    It looks into the details first and then into the whole text, clause by clause: a complaint is not looked for in
    praise, and praise not where a word of fault stands. None from a review in another language than the reply's, and
    none in a case that belongs in private. Left out are topics that `but` names already, and clauses that the reply has
    repeated.
    """
    topics = library.topics(language)
    if topics is None or situation.language != language or situation.channel is Channel.PRIVATE:
        return None
    lists = Lists(language=language, library=library)
    details = [one for detail in situation.details for one in _reports(detail.text, situation, lists)]
    texts = [*details, *reported_sentences(case, situation, lists)]
    parts = (part for text in texts for part in parts_of(text, lists))
    left = [part for part in parts if not any(part.strip() in clause for clause in apart_from)]
    before = set(but.found) if but else set()
    for clauses in _in_spirit(left, about, lists):
        found = [one for one in _found_in(clauses, topics_about(topics, about)) if one.word not in before]
        if chosen := _chosen(_each_once(found, topics)):
            return Named(said=topics.named(chosen), found=tuple(one.word for one in chosen))
    return None


def reported_sentences(case: Case, situation: Situation, lists: Lists) -> list[str]:
    """Return the sentences of a review that tell something: none that orders what to answer."""
    return _reports(case.review.full_text, situation, lists)


def _reports(text: str, situation: Situation, lists: Lists) -> list[str]:
    return [one for one in _SENTENCE_ENDS.split(text) if not _orders(one, situation, lists)]


def first_thing(clause: str, topics: Topics, variable: str) -> str | None:
    """Return the noun phrase of the first thing of any kind that a clause names, or None."""
    things = tuple(topic for topic in topics.topics.get("things", ()) if not topic.broad)
    found = next(_found_in_clause(clause, things), None)
    return topics.named([found])[variable] if found else None


def _orders(sentence: str, situation: Situation, lists: Lists) -> bool:
    """Whether a sentence tells its reader what to answer, which no reply takes up."""
    flagged = Flag.INSTRUCTION_IN_REVIEW in situation.flags
    return lists.hold("orders", sentence) or (flagged and lists.hold("unquotable", sentence))


def complained_of(case: Case, situation: Situation, library: Library) -> Situation:
    """Return praise with those of its further points alone that a clause with fault and no praise states.

    Readers also find points that are praised ("came broken, but awesome service"). Without topics all are kept.
    """
    topics = library.topics(situation.language)
    if situation.situation is not SituationName.POSITIVE or topics is None:
        return situation
    lists = Lists(language=situation.language, library=library)
    clauses = parts_of(case.review.full_text, lists)
    faulty = [clause for clause in clauses if lists.hold("fault", clause) and not lists.hold("praise", clause)]
    stated = (name for name in situation.secondary if any(_found_in(faulty, topics_about(topics, name))))
    return situation.with_changes(secondary=tuple(stated))


def topics_about(topics: Topics, about: SituationName) -> tuple[Topic, ...]:
    """Return the topics that sentences about a situation may name, its own first."""
    names: tuple[TopicGroup, ...] = tuple(name for name in topics.topics if name == about.value)
    if about in _WITH_THINGS:
        names += ("things",)
    return tuple(topic for name in names for topic in topics.topics.get(name, ()))


def _in_spirit(clauses: Sequence[str], about: SituationName, lists: Lists) -> Iterator[Sequence[str]]:
    """Yield the clauses to look into, the surest first: where we are glad those that praise.

    Where we are sorry, those with a word of fault come first, and then all that do more than praise.
    """
    if about is SituationName.OTHER:
        yield clauses
        return
    faulty = [clause for clause in clauses if lists.hold("fault", clause)]
    praising = [clause for clause in clauses if lists.hold("praise", clause)]
    if about is SituationName.POSITIVE:
        content = [clause for clause in clauses if clause not in faulty]
        yield [clause for clause in content if clause in praising] if faulty else content
        return
    yield faulty
    yield [clause for clause in clauses if clause in faulty or clause not in praising]


def _found_in(clauses: Iterable[str], topics: tuple[Topic, ...]) -> Iterator[_Found]:
    """Yield the topics of the clauses in their order, each once; of two on the same words the longer match."""
    seen: set[str] = set()
    for clause in clauses:
        for one in _found_in_clause(clause, topics):
            if one.topic.id not in seen:
                seen.add(one.topic.id)
                yield one


def _found_in_clause(clause: str, topics: tuple[Topic, ...]) -> Iterator[_Found]:
    text = unicodedata.normalize("NFC", clause)
    hits = [(start, end, place) for place, topic in enumerate(topics) for start, end in matches(topic.words, text)]
    taken: dict[tuple[int, int], int] = {}
    for start, end, place in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[2])):  # the longest first
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            taken[start, end] = place
    for (start, end), place in sorted(taken.items()):
        yield _Found(topics[place], text.casefold()[start:end])


def _each_once(found: Iterable[_Found], topics: Topics) -> list[_Found]:
    """Return those that say something of their own: not "the material" beside "the thin material"."""
    kept: list[tuple[set[str], _Found]] = []
    for one in found:
        said = set(topics.named([one])[TOPIC].casefold().split())
        if not any(said <= other or other <= said for other, _ in kept):
            kept.append((said, one))
    return [one for _, one in kept]


def _chosen(found: Iterable[_Found]) -> list[_Found]:
    """Return up to two particular topics, or the one broad one where there is nothing more particular."""
    found = list(found)
    particular = [one for one in found if not one.topic.broad]
    return particular[:MOST_TOPICS] or found[:1]
