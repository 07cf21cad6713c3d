"""Identification: the witnesses heard together.

Script first; in the Latin script our own profile of letter groups, the word lists, and lingua's trigrams add up their
points. The profile tells Malay from Indonesian and Portuguese from Spanish; the lists know Filipino under English; the
trigrams know languages that we have no texts of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.languages import words as lists
from drafter.languages.noise import is_mashed
from drafter.languages.profile import profile
from drafter.languages.prose import prose_of, words_of
from drafter.languages.scripts import by_script
from drafter.languages.trigrams import Trigrams

SUPPORTED = frozenset(SUPPORTED_LANGUAGES)
UNDETERMINED = "und"

_PROFILE_POINTS = 1.0  # for each factor of e in its share
_PROFILE_FLOOR = -6.0  # a share below e to this counts as none
_TRIGRAM_POINTS = 0.6  # for each factor of e in lingua's confidence
_TRIGRAM_FLOOR = 0.01  # a confidence below it counts as none
_WORD_POINTS = 0.5
_MOST_WORD_POINTS = 12.0  # of a long text; words that two languages share must not drown what tells them apart
_FOREIGN_POINTS = 1.5  # what a language has to show more, if we do not write it
_MIXED_POINTS = 6.0  # what English loses where its words were mixed into another language
_MARGIN = 1.6  # points by which the text has to prefer another language over the hint
_NOTHING = 0.9  # points over the floor below which the text is in no language


class Languages:
    """Identifies languages; loads what it needs with the first text."""

    def __init__(self) -> None:
        self._trigrams = Trigrams(lists.word_lists())

    def identify(self, text: str, *, hint: str | None = None) -> str:
        """Return a BCP-47 primary subtag, or `und`; `hint` is the likely one where the text does not decide."""
        prose = prose_of(text)
        words = words_of(prose)
        if not words or is_mashed(words):
            return UNDETERMINED
        return by_script(prose, hint) or _decide(self.points(words), hint)

    def points(self, words: Sequence[str]) -> dict[str, float]:
        """Return the points of each language that Latin words in lower case speak for."""
        by_words, by_letters = lists.points(words), profile().log_shares(words)
        trigrams = self._trigrams.confidences(" ".join(words))
        total = {
            language: _WORD_POINTS * min(by_words.get(language, 0.0), _MOST_WORD_POINTS)
            + _PROFILE_POINTS * (max(by_letters[language], _PROFILE_FLOOR) - _PROFILE_FLOOR)
            + _TRIGRAM_POINTS * math.log1p(trigrams.get(language, 0.0) / _TRIGRAM_FLOOR)
            - (language not in SUPPORTED) * _FOREIGN_POINTS
            for language in by_letters
        }
        if lists.mixed_with_english(words):
            total["en"] -= _MIXED_POINTS
        return total


def _decide(points: Mapping[str, float], hint: str | None) -> str:
    best = max(points, key=lambda language: (points[language], language))
    if points[best] < _NOTHING:
        return hint or UNDETERMINED
    if hint is not None and hint in points and points[best] - points[hint] < _MARGIN:
        return hint
    return best
