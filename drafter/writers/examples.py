"""Examples: which replies a model is shown for their manner, and whether it copied their words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from drafter.domain.case import Brief, Case
from drafter.domain.text import UNSPACED_LANGUAGES, Span, words

MOST = 2  # that are shown: more of them teach little more, and each is paid for with every draft
LONGEST_REPLY, LONGEST_REVIEW = 300, 160  # characters that are shown
#: Words in a row that are no chance: a stock phrase ("message us in the shop chat") is shorter.
COPIED_WORDS = 8
COPIED_CHARACTERS = {"ja": 24, "th": 32}  # in their stead where words are not parted; Thai writes marks besides


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An example as a model may be shown it."""

    reply: str
    review: str | None


def examples_for(case: Case, brief: Brief, language: str) -> tuple[Shown, ...]:
    """Return the examples for a reply in a language: approved ones for such a review before the shop's own."""
    approved = (
        Shown(reply=example.reply, review=example.review_excerpt)
        for example in brief.examples
        if example.language == language
    )
    own = (Shown(reply=example.reply, review=example.review) for example in case.shop.brand_voice.examples)
    return (*approved, *own)[:MOST]


def shortened(text: str, most: int) -> str:
    """Return a text up to a number of characters, cut between words where it has spaces."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    head = flat[:most]
    at = head.rfind(" ")
    return f"{head[:at] if at > most // 2 else head} …"


def copied(text: str, examples: Iterable[Shown], known: Sequence[str], language: str) -> list[Span]:
    """Return the passages of a text that repeat a run of words of an example.

    Args:
        text: a reply.
        examples: that its writer was shown.
        known: texts that any reply may repeat: the review, the facts, the shop's own phrases.
        language: of the reply.
    """
    theirs = {run for example in examples for run, _ in _runs(example.reply, language)}
    free = {run for own in known for run, _ in _runs(own, language)}
    return _merged(span for run, span in _runs(text, language) if run in theirs - free)


def _runs(text: str, language: str) -> Iterator[tuple[tuple[str, ...], Span]]:
    units = _units(text, language)
    length = COPIED_CHARACTERS.get(language, COPIED_WORDS)
    for at in range(len(units) - length + 1):
        run = units[at : at + length]
        yield tuple(span.of(text).casefold() for span in run), Span(run[0].start, run[-1].end)


def _units(text: str, language: str) -> list[Span]:
    """Return the words of a text; in scripts that do not part them, the characters that belong to words."""
    if language not in UNSPACED_LANGUAGES:
        return words(text)
    return [Span(at, at + 1) for at, char in enumerate(text) if unicodedata.category(char)[0] in "LMN"]


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged
