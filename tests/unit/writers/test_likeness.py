"""Replies to neighbouring reviews differ: who reads ten in a row should not meet the same one twice."""

from __future__ import annotations

from itertools import combinations, islice

import pytest
from rapidfuzz import fuzz

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.testing.wordings import topics_in_turn
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()
WRITER = TemplateWriter(LIBRARY)
DRAFTS = 14
REMEMBERED = 20  # replies that a draft is compared with

#: Of 100, rapidfuzz's token_sort_ratio within a language and situation. Two replies with one sentence of three in
#: common reach about 70; the same sentences about another topic 85 and more; `sameness` warns from 90 of its own on.
USUALLY_BELOW = 75.0  # nineteen pairs of twenty
ALWAYS_BELOW = 90.0

CASES = [
    (language, name)
    for language in LIBRARY.languages()
    if LIBRARY.topics(language)
    for name in ("positive", "quality", "shipping")
]


async def drafts(language: str, name: str) -> list[str]:
    """Return replies in a row to reviews that each name another topic, every fourth none."""
    texts: list[str] = []
    for number, topic in enumerate(islice(topics_in_turn(LIBRARY, language, name), DRAFTS)):
        text = " ".join(topic.found) if number % 4 else f"({number})"
        read = Situation(
            situation=SituationName(name),
            language=language,
            sentiment=0,
            details=(Detail(text=text, start=0, end=len(text)),),
            channel=Channel.PUBLIC if name == "positive" else Channel.HYBRID,
            confidence=0.9,
            reader="scripted",
        )
        case = Case(review=Review(external_id=str(number), text=text))
        draft = await WRITER.write(case, read, Brief(recent_replies=tuple(texts[-REMEMBERED:])))
        texts.append(str(draft.public_reply))
    return texts


@pytest.mark.parametrize(("language", "name"), CASES)
async def test_replies_in_a_row_are_unlike_each_other(language: str, name: str) -> None:
    texts = await drafts(language, name)
    pairs = sorted((fuzz.token_sort_ratio(one, other), one, other) for one, other in combinations(texts, 2))
    assert pairs[int(len(pairs) * 0.95)][0] < USUALLY_BELOW, pairs[int(len(pairs) * 0.95)]
    assert pairs[-1][0] < ALWAYS_BELOW, pairs[-1]
