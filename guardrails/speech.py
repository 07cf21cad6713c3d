"""Which language a sentence speaks: its script, its function words, and the identifier's word."""

from __future__ import annotations

from collections.abc import Iterator

from drafter.domain.text import Span
from guardrails.function_words import LATIN_WORD, SCRIPTS, SIBLINGS, are_same, counts, exclusive
from guardrails.normalise import seen
from guardrails.subject import Subject

_FEW_WORDS = 3
_WORDS_TELLING_SIBLINGS = 6
_PLAINLY_STRANGE = 2  # words of the sibling alone that need no decider
_WORDS_OF_A_STRANGER = 7
_ONE_IN = 6  # of a sentence's words, that its own language's short words stay below where it is in another
_ENOUGH_WORDS = 10
#: Of the words of a text, that are short words of its language. Of 800 replies of that length by templates, and of 300
#: by people and in our cases, none has less than 0.1; made-up words that sound like a language have about 0.03.
_LEAST_SHARE = 0.09


def foreign_sentences(subject: Subject) -> Iterator[Span]:
    """Yield the sentences whose language is clearly another than the one that the text must be in.

    Where no sentence is, the whole text, if it is long enough to tell and yet speaks no language that it could be in:
    the nonsense of a weak model has hardly any of the short words that hold a language together.
    """
    foreign = [sentence for sentence in subject.sentences if _is_foreign(subject, sentence)]
    yield from foreign
    whole = Span(0, len(subject.text))
    if not foreign and _is_babble(subject, _own_words(subject, whole)):
        yield whole


def _is_foreign(subject: Subject, sentence: Span) -> bool:
    own = _own_words(subject, sentence)
    found = language_of(own, subject)
    if found is not None and not are_same(found, subject.language):
        return True
    return _is_of_neighbour(own, subject) or (found is None and _is_of_stranger(own, subject))


def _is_of_neighbour(text: str, subject: Subject) -> bool:
    """Whether a sentence is in the sibling of its language: by the decider, and by words that only one of them has."""
    expected = subject.language
    siblings = {language for pair in SIBLINGS if expected in pair for language in pair} - {expected}
    words = LATIN_WORD.findall(seen(text).text)
    if not siblings or len(words) < _WORDS_TELLING_SIBLINGS:
        return False
    strange = {language: exclusive(words, language) for language in siblings}
    if exclusive(words, expected) or max(strange.values()) <= exclusive(words, f"{expected}.home"):
        return False
    return max(strange.values()) >= _PLAINLY_STRANGE or strange.get(subject.identifier.identify(text), 0) > 0


def _is_of_stranger(text: str, subject: Subject) -> bool:
    """Whether a sentence without a short word of its language is in a language of which we have no words."""
    words = LATIN_WORD.findall(seen(text).text)
    if len(words) < _WORDS_OF_A_STRANGER or subject.language in SCRIPTS:
        return False
    known = counts(words)
    if known.get(subject.language, 0) * _ONE_IN > len(words) or max(known.values()) > len(words) / 2:
        return False
    found = _identified(subject, text)
    return found not in known and found != "und" and found == subject.identifier.identify(text)


def _is_babble(subject: Subject, text: str) -> bool:
    """Whether a text of some length shows next to nothing of the language that it must be in."""
    expected = subject.language
    words = LATIN_WORD.findall(seen(text).text)
    if script := SCRIPTS.get(expected):
        return len(words) >= _FEW_WORDS and len(script.findall(text)) < len(words)
    if len(words) < _ENOUGH_WORDS:
        return False
    known = max((found for language, found in counts(words).items() if are_same(language, expected)), default=0)
    known += exclusive(words, expected) + exclusive(words, f"{expected}.home")
    return known == 0 or (known < _LEAST_SHARE * len(words) and not are_same(_identified(subject, text), expected))


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
    own = scores.get(expected, 0) + exclusive(words, expected)  # the words of a chat are no function words
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
