"""Details: the words of the review that a good reply takes up, exactly as they stand in `Review.text`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drafter.domain.personal_data import find_personal_data
from drafter.domain.situation import Detail, SituationName
from drafter.domain.text import Span
from drafter.readers.clauses import trimmed
from drafter.readers.rules import SPEAKS_FOR
from drafter.readers.words import find, mentions

_MOST = 3  # details of one review
_LONGEST = 80  # characters; a quotation beyond it reads like a copy
_LONGEST_UNSPACED = 36  # in Thai and Japanese
_NEVER_QUOTED = ("insult", "instruction", "threat", "advert", "phishing", "self_harm")
_OWN = 0.1  # chance of its own situation below which a clause does not state it
_SPEAK_LITTLE = frozenset({"other", "spam_abuse"})
_BARE = 6  # letters of a clause that says nothing by itself, such as `nope`
_BARE_UNSPACED = 3
_EMPTY = 0.6  # what a general verdict, such as `never again`, loses against a clause with a point
_WORD_BONUS = 0.5  # what a situation's own words in a clause are worth beside its probability


def details(
    text: str,
    language: str,
    situations: Sequence[SituationName],
    clauses: Sequence[tuple[Span, Mapping[str, float]]],
) -> tuple[Detail, ...]:
    """Return at most one detail a situation, the main one's first; `clauses` come with their probabilities."""
    chosen: list[Span] = []
    for situation in situations[:_MOST]:
        for span, chances in sorted(clauses, key=lambda clause: -_worth(text, language, situation, *clause))[:2]:
            if not _states(situation, situations[0], chances, alone=len(clauses) == 1):
                continue
            short = _shortened(text, span, language, situation)
            if short not in chosen and not _overlaps(short, chosen) and _quotable(short.of(text), language):
                chosen.append(short)
                break
    return tuple(Detail(text=span.of(text), start=span.start, end=span.end) for span in chosen)


def _states(situation: SituationName, main: SituationName, chances: Mapping[str, float], *, alone: bool) -> bool:
    """Whether a clause states a situation, rather than praise under a complaint or another point."""
    own = chances.get(situation.value, 0.0)
    strongest = max(chances, key=lambda label: chances[label])
    if alone and situation is main:
        return True
    if situation is not SituationName.POSITIVE and strongest == SituationName.POSITIVE:
        return own >= _OWN and main is SituationName.POSITIVE
    return own >= _OWN or strongest in _SPEAK_LITTLE


def _worth(text: str, language: str, situation: SituationName, span: Span, chances: Mapping[str, float]) -> float:
    """Return how well a clause would serve; a few letters are no point."""
    words = span.of(text)
    said = any(mentions(topic, words, language) for topic in SPEAKS_FOR[situation])
    bare = sum(map(str.isalpha, words)) < (_BARE_UNSPACED if language in {"th", "ja"} else _BARE)
    verdict = mentions("verdict", words, language) and not said
    return chances.get(situation.value, 0.0) + _WORD_BONUS * said - _EMPTY * (bare or verdict)


def _shortened(text: str, span: Span, language: str, situation: SituationName) -> Span:
    """Return a clause cut to a quotable length around the words that carry it."""
    unspaced = language in {"th", "ja"}
    longest = _LONGEST_UNSPACED if unspaced else _LONGEST
    if span.end - span.start <= longest:
        return span
    clause = span.of(text)
    said = [hit for topic in SPEAKS_FOR[situation] for hit in find(topic, clause, language)]
    at = min(said).start if said else 0
    start = max(0, min(at - longest // 3, len(clause) - longest))
    end = start + longest
    if not unspaced:
        start = _next_word(clause, start)
        end = _last_space(clause, start, end)
    return trimmed(text, span.start + start, span.start + end)


def _next_word(clause: str, start: int) -> int:
    if start == 0:
        return 0
    space = clause.find(" ", start - 1)
    return start if space < 0 else space + 1


def _last_space(clause: str, start: int, end: int) -> int:
    if end >= len(clause):
        return len(clause)
    space = clause.rfind(" ", start, end + 1)
    return end if space <= start else space


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _quotable(words: str, language: str) -> bool:
    """Whether a reply may quote these words: there are some, and none could harm."""
    return (
        any(map(str.isalpha, words))
        and not find_personal_data(words)
        and words.isprintable()
        and not any(mentions(topic, words, language) for topic in _NEVER_QUOTED)
    )
