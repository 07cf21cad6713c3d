"""Which language a sentence speaks: its script, its function words, and the identifier's word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from drafter.domain.text import Span
from guardrails.normalise import seen
from guardrails.subject import Subject

_WORDS = Path(__file__).parent / "words" / "function_words.yaml"
_SCRIPTS = {"th": re.compile("[\u0e01-\u0e5b]"), "ja": re.compile("[\u3041-\u30ff\u4e00-\u9fff]")}
_LATIN_WORD = re.compile(r"[a-zà-öø-ÿāēīōūăđĩũơưạ-ỹ]+(?:['’-][a-zà-öø-ÿ]+)*")
#: Too close to be told apart in a sentence or two.
_SIBLINGS = ({"id", "ms"},)


def foreign_sentences(subject: Subject) -> Iterator[Span]:
    """Yield the sentences whose language is clearly another than the one that the text must be in."""
    for sentence in subject.sentences:
        text = _own_words(subject, sentence)
        found = language_of(text, subject)
        if found is not None and not _same(found, subject.language):
            yield sentence


def language_of(text: str, subject: Subject) -> str | None:
    """Return the language that a sentence clearly speaks; None where it is too short or too mixed to tell."""
    expected = subject.language
    for language, script in _SCRIPTS.items():
        share = len(script.findall(text))
        if language == expected and share >= 3:
            return expected
        if language != expected and share >= 5 and share * 2 > len(_LATIN_WORD.findall(text)):
            return language
    words = _LATIN_WORD.findall(seen(text).text)
    scores = {language: sum(word in known for word in words) for language, known in _function_words().items()}
    best = max(scores, key=lambda language: (scores[language], language == expected))
    own = scores.get(expected, 0)
    if expected in _SCRIPTS:
        return best if len(words) >= 3 and scores[best] >= 2 else None
    if scores[best] < 2 or scores[best] <= own * 2:
        return None
    all_known = scores[best] >= len(words) - 1
    if all_known and own == 0:
        return best
    return best if len(words) >= 4 and _identified(subject, text) != expected else None


def _identified(subject: Subject, text: str) -> str:
    return subject.identifier.identify(text, hint=subject.language)


def _own_words(subject: Subject, sentence: Span) -> str:
    """Return a sentence without the product's name and quotations of the review."""
    text = sentence.of(subject.text)
    for quote in sorted(subject.quoted, reverse=True):
        if quote.start >= sentence.start and quote.end <= sentence.end:
            text = text[: quote.start - sentence.start] + " " + text[quote.end - sentence.start :]
    return text


def _same(one: str, other: str) -> bool:
    return one == other or any({one, other} <= siblings for siblings in _SIBLINGS)


@cache
def _function_words() -> dict[str, frozenset[str]]:
    content = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return {language: frozenset(words.split()) for language, words in content.items()}
