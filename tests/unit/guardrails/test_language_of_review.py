"""The language that a reply must be in, where the caller does not name it."""

from __future__ import annotations

from functools import cache

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.runner import Guardrails

SPANISH = "Gracias por contarlo. Nos alegra que le guste la bolsa."
ENGLISH = "Thank you for telling us. We are glad that you like the bag."


@cache
def _guardrails() -> Guardrails:
    return Guardrails(languages=Languages())


def mismatches(review: str, reply: str, *, shop_language: str = "en") -> bool:
    case = Case(review=Review(external_id="1", text=review, rating=5), shop=Shop(default_language=shop_language))
    found = _guardrails().inspect(ReplyToCheck(case=case, channel=Channel.PUBLIC, public_reply=reply))
    return any(finding.code == "language_mismatch" for finding in found)


@pytest.mark.parametrize(
    ("review", "reply"),
    [
        ("Bien, ok", SPANISH),
        ("Top kak", "Terima kasih atas ulasannya, kak. Kami senang barangnya cocok."),
        ("Item arrived on time, cute talaga kaso maliit", "Salamat po sa review. Pasensya na po at maliit ang dating."),
        ("👍👍", SPANISH),
        ("", SPANISH),
        ("ok", ENGLISH),
    ],
)
def test_a_review_that_does_not_decide_its_language_blocks_no_reply(review: str, reply: str) -> None:
    """Too few words, two languages in one sentence, or no words at all: the reply's own language is as good as any."""
    assert not mismatches(review, reply)


@pytest.mark.parametrize(
    ("review", "reply"),
    [
        ("The bag is lovely and the strap is long enough for me", SPANISH),
        ("La bolsa es muy bonita y la correa es larga", ENGLISH),
        ("กระเป๋าสวยมากค่ะ", ENGLISH),
        ("バッグがとても素敵です", ENGLISH),
    ],
)
def test_a_review_that_decides_its_language_keeps_another_one_out(review: str, reply: str) -> None:
    assert mismatches(review, reply)


def test_the_shop_answers_in_its_own_language_where_we_do_not_write_the_reviews() -> None:
    dutch = "De tas is heel mooi en de riem is lang genoeg voor mij"
    assert not mismatches(dutch, SPANISH, shop_language="es")
    assert mismatches(dutch, SPANISH, shop_language="en")
