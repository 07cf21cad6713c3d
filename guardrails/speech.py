"""Which language a sentence speaks: its script, its function words, and the identifier's word."""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.text import Span
from guardrails.function_words import LATIN_WORD, SCRIPTS, are_same, counts
from guardrails.normalise import seen
from guardrails.subject import Subject


def foreign_sentences(subject: Subject) -> Iterator[Span]:
    """Yield the sentences whose language is clearly another than the one that the text must be in."""
    for sentence in subject.sentences:
        text = _own_words(subject, sentence)
        found = language_of(text, subject)
        if found is not None and not are_same(found, subject.language):
            yield sentence


def language_of(text: str, subject: Subject) -> str | None:
    """Return the language that a sentence clearly speaks; None where it is too short or too mixed to tell."""
    expected = subject.language
    for language, script in SCRIPTS.items():
        share = len(script.findall(text))
        if language == expected and share >= 3:
            return expected
        if language != expected and share >= 5 and share * 2 > len(LATIN_WORD.findall(text)):
            return language
    words = LATIN_WORD.findall(seen(text).text)
    scores = counts(words)
    best = max(scores, key=lambda language: (scores[language], language == expected))
    own = scores.get(expected, 0)
    if expected in SCRIPTS:
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
