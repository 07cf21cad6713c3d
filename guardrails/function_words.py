"""Short words that give a language away, counted: quick, and enough where a text is plainly in one language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from drafter.domain.yaml_files import parsed

_WORDS = Path(__file__).parent / "words" / "function_words.yaml"
SCRIPTS = {"th": re.compile("[\u0e01-\u0e5b]"), "ja": re.compile("[\u3041-\u30ff\u4e00-\u9fff]")}
LATIN_WORD = re.compile(r"[a-zà-öø-ÿāēīōūăđĩũơưạ-ỹ]+(?:['’-][a-zà-öø-ÿ]+)*")
#: Too close to be told apart in a sentence or two.
SIBLINGS = ({"id", "ms"},)
_PLAIN = 3  # function words that a text plainly in a language has


def counts(words: list[str]) -> dict[str, int]:
    """Return how many of the words are function words, by language of Latin script."""
    found = dict.fromkeys(_function_words(), 0)
    speakers = _speakers()
    for word in words:
        for language in speakers.get(word, ()):
            found[language] += 1
    return found


def spoken(text: str, expected: str) -> str | None:
    """Return the expected language if the text (in lower case) is plainly in it; None where more must be asked."""
    if script := SCRIPTS.get(expected):
        return expected if len(script.findall(text)) * 2 > len(text) else None
    found = counts(LATIN_WORD.findall(text))
    own = found.get(expected, 0)
    others = max(count for language, count in found.items() if not are_same(language, expected))
    return expected if own >= _PLAIN and own > 2 * others else None


def are_same(one: str, other: str) -> bool:
    """Whether two languages count as one: the same, or siblings."""
    return one == other or any({one, other} <= siblings for siblings in SIBLINGS)


def exclusive(words: list[str], language: str) -> int:
    """Return how many of the words a language does not share with its sibling; 0 for one without siblings."""
    own = _exclusive_words().get(language, frozenset())
    return sum(word in own for word in words)


@cache
def _exclusive_words() -> dict[str, frozenset[str]]:
    return _read(_WORDS.with_name("siblings.yaml"))


def short_words(language: str) -> frozenset[str]:
    """Return the short words that hold a language together; none where it is not one of those known."""
    return _function_words().get(language, frozenset())


@cache
def _function_words() -> dict[str, frozenset[str]]:
    return _read(_WORDS)


@cache
def _speakers() -> dict[str, list[str]]:
    """Return the languages that each short word belongs to."""
    speakers: dict[str, list[str]] = {}
    for language, words in _function_words().items():
        for word in words:
            speakers.setdefault(word, []).append(language)
    return speakers


def _read(path: Path) -> dict[str, frozenset[str]]:
    content = parsed(path.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in content.items()}
