"""The language of a text: the twelve that we write, others as found, `und` where there is none.

Three witnesses: the script decides Thai, Japanese, Korean, Chinese and others by itself; in the Latin script, lingua's
trigrams (low-accuracy mode: honest and small) and our own telling words vote together. The words tell Malay from
Indonesian and Filipino with English in it, where trigrams fail. A hint counts only where the text does not decide.
This is the only module that imports lingua.
"""

from __future__ import annotations

import html
import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from drafter import data
from drafter.domain.shop import SUPPORTED_LANGUAGES

if TYPE_CHECKING:
    from lingua import LanguageDetector

SUPPORTED = frozenset(SUPPORTED_LANGUAGES)
UNDETERMINED = "und"

MAX_CHARACTERS = 2_000  # more does not change the answer, only the time

#: Scripts that give the language away, by the name that Unicode gives their characters.
_BY_SCRIPT = {
    "THAI": "th",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GREEK": "el",
    "HEBREW": "he",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
}
_UKRAINIAN = frozenset("іїєґІЇЄҐ")
_VIETNAMESE = frozenset("ăâđêôơưĂĐƠƯ") - frozenset("âêô")
_CODES = {"tl": "fil"}

#: Languages in which customers mix English; an English word then says little.
_MIXING = ("fil", "ms", "id", "vi")

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_PROSE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+|[@#]\w+")
_COMMON_POINTS = 1.0
_TELLING_POINTS = 2.4
_AFFIX_POINTS = 0.7
_TRIGRAM_POINTS = 1.3  # for each factor of e in lingua's confidence
_TRIGRAM_FLOOR = 0.01  # a confidence below it counts as none
_FOREIGN_POINTS = 1.5  # what a language has to show more, if we do not sell in it
_MARGIN = 1.6  # points by which the text has to prefer another language over the hint
_NOTHING = 0.9  # points below which the text is in no language


def visible(text: str) -> str:
    """Return a text as a person sees it: HTML entities resolved, invisible characters gone."""
    unescaped = html.unescape(text)
    return "".join(char for char in unescaped if unicodedata.category(char) != "Cf")


@dataclass(frozen=True, kw_only=True)
class _Words:
    """What gives one language away."""

    common: frozenset[str]
    telling: frozenset[str]
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
def _word_lists() -> Mapping[str, _Words]:
    lists: dict[str, _Words] = {}
    for name in data.names("languages"):
        content = data.load(f"languages/{name}.yaml")
        lists[name] = _Words(
            common=frozenset(content["common"].split()),
            telling=frozenset(content["telling"].split()),
            prefixes=tuple(content.get("prefixes", ())),
            suffixes=tuple(content.get("suffixes", ())),
        )
    return lists


@cache
def _shared_by() -> Counter[str]:
    """Return in how many languages' lists each word stands."""
    return Counter(word for words in _word_lists().values() for word in words.common | words.telling)


class Languages:
    """Identifies languages; loads its detector and word lists with the first text."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._detector: LanguageDetector | None = None

    def identify(self, text: str, *, hint: str | None = None) -> str:
        """Return a BCP-47 primary subtag, or `und`; `hint` is the likely one where the text does not decide."""
        prose = _NOT_PROSE.sub(" ", visible(text)[:MAX_CHARACTERS])
        by_script = _by_script(prose, hint)
        if by_script is not None:
            return by_script
        words = [word.lower().replace("’", "'") for word in _WORD.findall(prose)]
        if not words or looks_like_noise(prose):
            return UNDETERMINED
        scores = self._scores(prose, words)
        return _decide(scores, hint)

    def _scores(self, prose: str, words: list[str]) -> dict[str, float]:
        by_words = _by_words(words)
        trigrams = self._trigrams(prose)
        if not trigrams and not any(by_words.values()):
            return {}
        return {
            language: by_words.get(language, 0.0)
            + _TRIGRAM_POINTS * math.log1p(trigrams.get(language, 0.0) / _TRIGRAM_FLOOR)
            - (language not in SUPPORTED) * _FOREIGN_POINTS
            for language in by_words.keys() | trigrams.keys()
        }

    def _trigrams(self, prose: str) -> dict[str, float]:
        """Return lingua's confidence by language; empty where it has none."""
        confidences = self._loaded().compute_language_confidence_values(prose)
        found = {value.language.iso_code_639_1.name.lower(): value.value for value in confidences if value.value > 0}
        return {_CODES.get(code, code): value for code, value in found.items()}

    def _loaded(self) -> LanguageDetector:
        with self._lock:
            if self._detector is None:
                from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415  # only when a text is there

                wanted = [
                    language
                    for language in Language.all()
                    if _CODES.get(code := language.iso_code_639_1.name.lower(), code) in _word_lists()
                ]
                self._detector = LanguageDetectorBuilder.from_languages(*wanted).with_low_accuracy_mode().build()
            return self._detector


def _by_script(prose: str, hint: str | None) -> str | None:
    """Return the language that the script gives away; None for the Latin script and for no letters."""
    scripts = Counter(_script(char) for char in prose if char.isalpha())
    total = sum(scripts.values())
    if not total:
        return None
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana + scripts["CJK"] >= total * 0.3:
        return "ja"
    script, letters = scripts.most_common(1)[0]
    if script not in _BY_SCRIPT or letters < total * 0.3:
        others = {name: count for name, count in scripts.items() if name in _BY_SCRIPT and count >= total * 0.3}
        if not others:
            return None
        script = max(others, key=lambda name: others[name])
    if script == "CJK":
        return "ja" if hint == "ja" else "zh"
    if script == "CYRILLIC" and _UKRAINIAN.intersection(prose):
        return "uk"
    return _BY_SCRIPT[script]


@cache
def _script(char: str) -> str:
    """Return the first word of a character's Unicode name, which for letters is the script."""
    return unicodedata.name(char, "?").split(" ", 1)[0].split("-", 1)[0]


@lru_cache(maxsize=20_000)  # most words of a text are frequent ones
def _points_of(word: str) -> tuple[tuple[str, float], ...]:
    """Return the languages that a word speaks for, with its points for each."""
    shared_by = max(_shared_by()[word], 1)
    points = ((language, words.points(word, shared_by)) for language, words in _word_lists().items())
    return tuple((language, given) for language, given in points if given)


def _by_words(words: list[str]) -> dict[str, float]:
    counts = Counter(words)
    points = dict.fromkeys(_word_lists(), 0.0)
    for word, count in counts.items():
        for language, given in _points_of(word):
            points[language] += given * min(count, 3)
    if any(_VIETNAMESE.intersection(word) for word in words):
        points["vi"] += _TELLING_POINTS
    _discount_english(points, counts)
    return points


def _discount_english(points: dict[str, float], counts: Counter[str]) -> None:
    """Let English words count for little beside the telling words of a language that mixes English in."""
    lists = _word_lists()
    for language in _MIXING:
        telling = sum(count for word, count in counts.items() if word in lists[language].telling)
        english = sum(count for word, count in counts.items() if word in lists["en"].common)
        if telling >= 2 and telling * 8 >= english:
            points["en"] *= 0.4
            return


def _decide(scores: Mapping[str, float], hint: str | None) -> str:
    if not scores:
        return hint or UNDETERMINED
    best = max(scores, key=lambda language: (scores[language], language))
    if scores[best] < _NOTHING:
        return hint or UNDETERMINED
    if hint is not None and hint in scores and scores[best] - scores[hint] < _MARGIN:
        return hint
    return best


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_RUNS = frozenset(row[at : at + 4] for row in _ROWS + tuple(row[::-1] for row in _ROWS) for at in range(len(row) - 3))
_REPEATED = re.compile(r"(.{1,3})\1{3,}")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")


def looks_like_noise(text: str) -> bool:
    """Return whether a short text was made by a hand on a keyboard rather than by a mind.

    Noise is runs of neighbouring keys, one syllable over and over, or long rows of consonants, in most of its words,
    and no word that any of our lists knows.
    """
    words = [word.lower() for word in _WORD.findall(visible(text)[:MAX_CHARACTERS])]
    if not words or not text.isascii():
        return False
    known = _shared_by()
    if any(known[word] for word in words if len(word) > 1):
        return False
    noisy = [word for word in words if _noisy(word)]
    return sum(map(len, noisy)) * 2 > sum(map(len, words))


def _noisy(word: str) -> bool:
    if len(word) < 3:
        return False
    spoken = _DRAWN_OUT.sub(r"\1", word)  # `soooo niceeee` is a voice, not a hand on the keys
    if len(spoken) > 3 and spoken != word:
        return _noisy(spoken)
    keys = any(word[at : at + 4] in _RUNS for at in range(len(word) - 3))
    no_vowel = len(word) > 3 and not set("aeiouy").intersection(word)
    return keys or no_vowel or bool(_REPEATED.search(word)) or bool(_CONSONANTS.search(word))
