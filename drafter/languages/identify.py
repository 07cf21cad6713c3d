"""Identification: the witnesses heard together.

Script first; in the Latin script our own profile of letter groups, the word lists, and lingua's trigrams add up their
points. The profile tells Malay from Indonesian and Portuguese from Spanish; the lists know Filipino under English; the
trigrams know languages that we have no texts of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.languages import noise
from drafter.languages import words as lists
from drafter.languages.profile import Profile
from drafter.languages.profile import profile as shipped
from drafter.languages.prose import prose_of, words_of
from drafter.languages.scripts import by_script
from drafter.languages.trigrams import Trigrams

SUPPORTED = frozenset(SUPPORTED_LANGUAGES)
UNDETERMINED = "und"

_PROFILE_POINTS = 1.0  # for each factor of e in its share
_PROFILE_FLOOR = -6.0  # a share below e to this counts as none
_TRIGRAM_POINTS = 0.6  # for each factor of e in lingua's confidence
_TRIGRAM_FLOOR = 0.01  # a confidence below it counts as none
_WORD_POINTS = 0.8
_MOST_WORD_POINTS = 12.0  # of a long text; words that two languages share must not drown what tells them apart
_FOREIGN_POINTS = 1.5  # what a language has to show more, if we do not write it
_MARGIN = 1.6  # points by which the text has to prefer another language over the hint
_FEW_WORDS = 2  # that are in no language unless one stands out
_STANDS_OUT = 1.0  # points
_HARDLY_KNOWN = 0.15  # points of the lists for each word
_DOUBT = -0.5  # logarithm of the profile's largest share
_SIBLINGS = {"id", "ms"}  # a reader of one reads the other, so the likelier is better than none


class Languages:
    """Identifies languages; loads what it needs with the first text."""

    def __init__(self, *, profile: Profile | None = None) -> None:
        """Identify with the profile that ships, or with another one."""
        self._profile = profile
        self._trigrams = Trigrams(lists.word_lists())

    def identify(self, text: str, *, hint: str | None = None) -> str:
        """Return a BCP-47 primary subtag, or `und`; `hint` is the likely one where the text does not decide."""
        prose = prose_of(text)
        words = words_of(prose)
        if not words or noise.is_mashed(words):
            return UNDETERMINED
        if sum(map(len, words)) == 1 or all(map(noise.is_laughter, words)):  # a size, a mark out of ten, `haha`
            return hint or UNDETERMINED
        told = by_script(prose, hint)
        if told is not None:
            return told
        if self._is_strange(words):
            return hint or UNDETERMINED
        return _decide(self.points(words), hint, few=len(words) <= _FEW_WORDS)

    def _is_strange(self, words: Sequence[str]) -> bool:
        """Return whether words in lower case are in a language that no witness knows: hardly one is in a list."""
        known = max(lists.points(words).values())
        by_letters = max((self._profile or shipped()).log_shares(words).values())
        return len(words) > _FEW_WORDS and known < _HARDLY_KNOWN * len(words) and by_letters < _DOUBT

    def points(self, words: Sequence[str]) -> dict[str, float]:
        """Return the points of each language that Latin words in lower case speak for."""
        by_words, by_letters = lists.points(words), (self._profile or shipped()).log_shares(words)
        trigrams = self._trigrams.confidences(" ".join(words))
        total = {
            language: _WORD_POINTS * min(by_words.get(language, 0.0), _MOST_WORD_POINTS)
            + _PROFILE_POINTS * (max(by_letters[language], _PROFILE_FLOOR) - _PROFILE_FLOOR)
            + _TRIGRAM_POINTS * math.log1p(trigrams.get(language, 0.0) / _TRIGRAM_FLOOR)
            - (language not in SUPPORTED) * _FOREIGN_POINTS
            for language in by_letters
        }
        if not noise.is_possible(words):
            total.pop(UNDETERMINED, None)
        if lists.mixed_with_english(words):
            total.pop("en", None)
        return total


def _decide(points: Mapping[str, float], hint: str | None, *, few: bool) -> str:
    best, second = sorted(points, key=lambda language: (-points[language], language))[:2]
    if hint is not None and hint in points and points[best] - points[hint] < _MARGIN:
        return hint
    unsure = points[best] - points[second] < _STANDS_OUT and {best, second} != _SIBLINGS
    if few and unsure:
        return hint or UNDETERMINED
    return best
