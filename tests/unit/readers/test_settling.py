"""Whether a review tells that its case is already settled."""

from __future__ import annotations

import pytest

from drafter.domain.review import Review
from drafter.readers.rules import Reading
from drafter.readers.settling import is_settled
from prompts.library import Library

LIBRARY = Library()


def _settled(text: str, language: str) -> bool:
    reading = Reading(review=Review(external_id="r-1", text=text), text=text, language=language, personal_data=())
    return is_settled(reading, LIBRARY)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The lid was cracked, but the seller sent me a new one.", "en"),
        ("Llegó roto, pero ya me reembolsaron.", "es"),
        ("Veio quebrado e o reembolso foi feito.", "pt"),
        ("Cassé à l'arrivée, mais j'ai été remboursée.", "fr"),
        ("Defekt, aber ich habe sofort Ersatz bekommen.", "de"),
        ("Rotto, però mi hanno rimborsato.", "it"),
        ("Barangnya rusak, tapi sudah diganti.", "id"),
        ("Rosak, tapi dah refund.", "ms"),
        ("Hàng vỡ nhưng shop đã hoàn tiền.", "vi"),
        ("May sira pero pinalitan naman.", "fil"),
        ("ของแตก แต่ร้านคืนเงินให้", "th"),
        ("割れていましたが、すぐに返金していただきました。", "ja"),
    ],
)
def test_money_back_or_another_one_settles_a_case(text: str, language: str) -> None:
    assert _settled(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have still not been refunded.", "en"),
        ("They never sent me a new one.", "en"),
        ("I want my money back.", "en"),
        ("Ich habe keinen Ersatz bekommen.", "de"),
        ("No me reembolsaron.", "es"),
        ("Belum dikirim ulang.", "id"),
    ],
)
def test_what_is_denied_or_asked_for_settles_nothing(text: str, language: str) -> None:
    assert not _settled(text, language)
