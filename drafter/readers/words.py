"""Word lists that a reader looks for: one topic a file in `drafter/data/reading`, twelve languages each.

In a list, entries are parted by semicolons; a closing `*` stands for any ending and ` ... ` for up to three words.
Thai and Japanese write no spaces, so their entries are sought anywhere. Elsewhere an entry begins and ends at a word.
"""

from __future__ import annotations

import re
from functools import cache

from drafter import data
from drafter.domain.text import Span

_UNSPACED = frozenset({"th", "ja"})

#: Languages in whose reviews English words are at home; elsewhere they mislead (French `court` is short).
_MIXED_WITH_ENGLISH = frozenset({"fil", "ms", "id", "vi", "th", "und"})
_NEIGHBOURS = {"id": ("ms",), "ms": ("id",), "und": ("es", "id")}

#: Topics that must not be missed because the language was mistaken: they are sought in all twelve.
_SOUGHT_IN_ALL = frozenset({"self_harm", "threat", "phishing", "instruction", "agency"})

_NEVER = re.compile(r"(?!)")


def find(topic: str, text: str, language: str) -> list[Span]:
    """Return where a topic's words stand in a text, leftmost first; `language` is the text's own."""
    found = [Span(*match.span()) for pattern in _patterns(topic, language) for match in pattern.finditer(text)]
    return sorted(set(found))


def mentions(topic: str, text: str, language: str) -> bool:
    """Return whether a text has one of a topic's words."""
    return any(pattern.search(text) for pattern in _patterns(topic, language))


@cache
def _patterns(topic: str, language: str) -> tuple[re.Pattern[str], ...]:
    words = _topic(topic)
    if topic in _SOUGHT_IN_ALL:
        return tuple(_compiled(entries, unspaced=name in _UNSPACED) for name, entries in words.items())
    languages = [language, *_NEIGHBOURS.get(language, ())]
    if language in _MIXED_WITH_ENGLISH or language not in words:
        languages.append("en")
    return tuple(_compiled(words[name], unspaced=name in _UNSPACED) for name in languages if name in words)


@cache
def _topic(topic: str) -> dict[str, str]:
    words: dict[str, str] = data.load(f"reading/{topic}.yaml")["words"]
    return words


@cache
def _compiled(entries: str, *, unspaced: bool) -> re.Pattern[str]:
    alternatives = [_alternative(entry.strip(), unspaced=unspaced) for entry in entries.split(";") if entry.strip()]
    if not alternatives:
        return _NEVER
    joined = "|".join(sorted(alternatives, key=len, reverse=True))
    return re.compile(f"(?:{joined})" if unspaced else rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE)


def _alternative(entry: str, *, unspaced: bool) -> str:
    if unspaced:
        return r".{0,12}".join(re.escape(part) for part in entry.split(" ... "))
    parts = [r"[\W_]{1,3}".join(_word(word) for word in part.split()) for part in entry.split(" ... ")]
    return r"(?:\W{1,3}\w+){0,3}?\W{1,3}".join(parts)


def _word(word: str) -> str:
    stem = re.escape(word.rstrip("*")).replace("'", "['’`]?")
    return stem + r"\w*" if word.endswith("*") else stem
