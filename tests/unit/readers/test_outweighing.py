"""Which situation outweighs the likeliest one where the words name it."""

from __future__ import annotations

import pytest

from drafter.domain.review import Review
from drafter.domain.situation import SituationName
from drafter.readers.outweighing import outweighing
from drafter.readers.rules import Reading
from prompts.library import Library

LIBRARY = Library()


def _main(text: str, likeliest: str, language: str = "en", rating: int | None = None, **beside: float) -> SituationName:
    """Return the main situation where the likeliest has half of the shares and `beside` says what others have."""
    shares = {name.value: beside.get(name.value, 0.0) for name in SituationName} | {likeliest: 0.5}
    review = Review(external_id="r-1", text=text, rating=rating)
    reading = Reading(review=review, text=text, language=language, personal_data=())
    return outweighing(reading, SituationName(likeliest), shares, LIBRARY)


@pytest.mark.parametrize("likeliest", ["shipping", "service", "misunderstanding", "positive"])
def test_another_article_outweighs_what_came_of_it(likeliest: str) -> None:
    assert _main("They sent me the wrong lamp", likeliest, wrong_item=0.2) is SituationName.WRONG_ITEM


@pytest.mark.parametrize("likeliest", ["misunderstanding", "wrong_item", "other"])
def test_what_is_broken_outweighs_an_impression(likeliest: str) -> None:
    assert _main("Nothing like I hoped, the lid is cracked", likeliest, quality=0.2) is SituationName.QUALITY


def test_words_alone_do_not_decide() -> None:
    """What the heads hold for hardly possible stays so: the lamp of a neighbour may be broken."""
    assert _main("They sent me the wrong lamp", "service", wrong_item=0.05) is SituationName.SERVICE


def test_without_such_words_the_likeliest_stays() -> None:
    assert _main("Not at all as I hoped", "misunderstanding", quality=0.4) is SituationName.MISUNDERSTANDING


def test_harm_and_spam_give_way_to_nothing() -> None:
    for likeliest in ("safety", "spam_abuse"):
        assert _main("Cracked, and the wrong lamp", likeliest, quality=0.4, wrong_item=0.4) == likeliest


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It arrived early, not tried yet", "en"),
        ("Llegó antes de tiempo", "es"),
        ("Chegou antes do prazo", "pt"),
        ("Livraison rapide", "fr"),
        ("Schnelle Lieferung", "de"),
        ("Consegna veloce", "it"),
        ("Pengiriman cepat", "id"),
        ("Penghantaran laju", "ms"),
        ("Giao hàng nhanh", "vi"),
        ("Ang bilis dumating", "fil"),
        ("ส่งไวมาก", "th"),
        ("梱包も丁寧でした", "ja"),
    ],
)
def test_a_delivery_that_is_praised_is_no_complaint(text: str, language: str) -> None:
    assert _main(text, "shipping", language) is SituationName.POSITIVE
    assert _main(text, "shipping", language, rating=5) is SituationName.POSITIVE


@pytest.mark.parametrize("text", ["Fast delivery promised, yet two weeks late", "Five days"])
def test_a_late_delivery_stays_one_with_any_stars(text: str) -> None:
    assert _main(text, "shipping", rating=5) is SituationName.SHIPPING


def test_few_stars_are_no_praise_of_the_delivery() -> None:
    assert _main("Came quickly, box in pieces", "shipping", rating=2) is SituationName.SHIPPING
