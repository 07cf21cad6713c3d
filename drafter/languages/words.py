"""Word lists: what gives a language away in three words, and what each word counts for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from drafter import data

_COMMON_POINTS = 1.0
_TELLING_POINTS = 2.4
_AFFIX_POINTS = 0.7
_MOST_COUNTED = 3  # times that one word counts
_VIETNAMESE = frozenset("ăđơưĂĐƠƯ")

#: Languages in which customers mix English; an English word then says little.
MIXING = ("fil", "ms", "id", "vi")


@dataclass(frozen=True, kw_only=True)
class WordList:
    """What gives one language away."""

    common: frozenset[str]  # frequent in reviews
    telling: frozenset[str]  # hardly found in the neighbouring languages
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]

    def points(self, word: str, shared_by: int) -> float:
        """Return the points of a word; a common one counts the less, the more languages have it."""
        if word in self.telling:
            return _TELLING_POINTS
        if word in self.common:
            return _COMMON_POINTS / shared_by
        long_enough = len(word) > 5
        return _AFFIX_POINTS * (long_enough and (word.startswith(self.prefixes) or word.endswith(self.suffixes)))


@cache
def word_lists() -> Mapping[str, WordList]:
    """Return the lists by language."""
    lists: dict[str, WordList] = {}
    for name in data.names("languages"):
        content = data.load(f"languages/{name}.yaml")
        lists[name] = WordList(
            common=frozenset(content["common"].split()),
            telling=frozenset(content["telling"].split()),
            prefixes=tuple(content.get("prefixes", ())),
            suffixes=tuple(content.get("suffixes", ())),
        )
    return lists


@cache
def shared_by() -> Counter[str]:
    """Return in how many languages' lists each word stands."""
    return Counter(word for words in word_lists().values() for word in words.common | words.telling)


def is_known(word: str) -> bool:
    """Return whether a word in lower case stands in any of the lists; a single letter tells nothing."""
    return len(word) > 1 and shared_by()[word] > 0


def points(words: Sequence[str]) -> dict[str, float]:
    """Return the points of each language for words in lower case."""
    total = dict.fromkeys(word_lists(), 0.0)
    for word, count in Counter(words).items():
        for language, given in _points_of(word):
            total[language] += given * min(count, _MOST_COUNTED)
    if any(_VIETNAMESE.intersection(word) for word in words):
        total["vi"] += _TELLING_POINTS
    return total


def mixed_with_english(words: Sequence[str]) -> str | None:
    """Return the language in which English words were mixed: it has telling words of its own, at least two."""
    lists = word_lists()
    english_words = _english()
    own = {
        language: sum(word in lists[language].telling and word not in english_words for word in set(words))
        for language in MIXING
    }
    best = max(MIXING, key=lambda language: own[language])
    english = sum(word in english_words for word in words)
    return best if own[best] >= 2 and own[best] ** 2 * 4 >= english else None


@cache
def _english() -> frozenset[str]:
    return word_lists()["en"].common | word_lists()["en"].telling


@lru_cache(maxsize=20_000)  # most words of a text are frequent ones
def _points_of(word: str) -> tuple[tuple[str, float], ...]:
    """Return the languages that a word speaks for, with its points for each."""
    shared = max(shared_by()[word], 1)
    given = ((language, words.points(word, shared)) for language, words in word_lists().items())
    return tuple((language, points) for language, points in given if points)
