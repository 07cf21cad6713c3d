"""Citing: which case fact a reply may tell as it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from drafter.domain.case import Case
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.domain.text import UNSPACED_LANGUAGES
from guardrails.function_words import short_words

MAX_CITED = 120  # characters; a longer one is for a person to explain
STEM = 5  # letters by which a fact is known to be about what the review says: "cover" meets "covers"
STEM_UNSPACED = {"th": 5, "ja": 2}  # letters in a row, of Japanese none in hiragana

_UNPLAIN = re.compile(r"[\n\r\t\"“”„«»「」{}<>@*_|\\!?:！？。]|https?|www|\.\s")
_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_LETTERS = re.compile(r"[^\u0e00-\u0e4e\u30a0-\u30ff\u4e00-\u9fff]")  # of Thai, katakana or kanji

Fact = tuple[str, str]  # its key and its words

#: The facts that a private message may cite, by situation, the first that is given.
_IN_PRIVATE = {
    SituationName.QUALITY: ("actions_taken", "return_policy", "warranty"),
    SituationName.SIZING: ("actions_taken", "return_policy"),
    SituationName.WRONG_ITEM: ("actions_taken", "return_policy"),
    SituationName.SHIPPING: ("actions_taken", "order_status"),
    SituationName.SERVICE: ("actions_taken",),
}

#: The facts that a public reply may tell: what is true of the product, whoever bought it.
_IN_PUBLIC = {
    SituationName.MISUNDERSTANDING: ("product_facts", "known_issue"),
    SituationName.OTHER: ("product_facts",),
    SituationName.QUALITY: ("known_issue", "product_facts"),
    SituationName.SIZING: ("known_issue", "product_facts"),
}


def private_fact(case: Case, situation: Situation, language: str, citable: Iterable[str]) -> Fact | None:
    """Return the fact that the private message cites, or None.

    Only where a customer needs a remedy. It is cited as it stands; whether it covers the case, a person decides.
    """
    if situation.channel is not Channel.HYBRID:
        return None
    keys = _IN_PRIVATE.get(situation.situation, ())
    return _first(case, language, [key for key in keys if key in citable])


def public_fact(case: Case, situation: Situation, language: str, tellable: Iterable[str]) -> Fact | None:
    """Return the fact that the public reply tells, or None.

    Only one about what the review speaks of: they share a telling word.
    """
    if situation.channel is Channel.PRIVATE or situation.language != language:
        return None
    keys = _IN_PUBLIC.get(situation.situation, ())
    review = _stems(case.review.full_text, language) - _stems(case.review.product.name or "", language)
    return _first(
        case, language, [key for key in keys if key in tellable], lambda words: bool(_stems(words, language) & review)
    )


def _first(case: Case, language: str, keys: Iterable[str], fits: Callable[[str], bool] = bool) -> Fact | None:
    """Return the first fact that is short and plain, in the reply's language, which is the shop's own."""
    if language != case.shop.default_language:
        return None
    for key in keys:
        words = case.facts.get(key, "").strip().rstrip(".。")
        if words and len(words) <= MAX_CITED and not _UNPLAIN.search(words) and fits(words):
            return key, words
    return None


def _stems(text: str, language: str) -> set[str]:
    text = unicodedata.normalize("NFC", text).casefold()
    if language in UNSPACED_LANGUAGES:
        size = STEM_UNSPACED[language]
        runs = (text[at : at + size] for at in range(len(text) - size + 1))
        return {run for run in runs if not _NO_LETTERS.search(run)}
    return {word[:STEM] for word in _WORD.findall(text) if word not in short_words(language)}
