"""Bodies of requests: what is stricter at the edge than in the domain."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from drafter.api.requests import NewDecision, NewReview, SentReview
from drafter.domain.review import Review
from drafter.domain.shop import Shop


def sent(**fields: Any) -> SentReview:
    return SentReview.model_validate({"external_id": "1", "rating": 4, **fields})


def test_a_sent_review_becomes_one_of_the_keys_shop() -> None:
    review = sent(text="Fine.", media=[{"kind": "video", "url": "https://example.com/a.mp4"}]).of_shop(
        Shop(name="north")
    )
    assert type(review) is Review
    assert (review.shop, review.text, review.media[0].kind) == ("north", "Fine.", "video")


def test_a_review_is_on_its_shops_platform_unless_it_names_another() -> None:
    shop = Shop(name="north", platform="shopee")
    assert sent().of_shop(shop).platform == "shopee"
    assert sent(platform="tiktok_shop").of_shop(shop).platform == "tiktok_shop"


@pytest.mark.parametrize(("given", "kept"), [("pt-BR", "pt"), ("EN", "en"), ("fil", "fil"), (None, None)])
def test_a_language_is_kept_as_its_primary_subtag(given: str | None, kept: str | None) -> None:
    assert sent(language=given).language == kept


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"rating": 7}, "rating"),
        ({"rating": 0}, "rating"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"external_id": "a\0b"}, "external_id"),
        ({"text": "x" * 20_001}, "text"),
        ({"created_at": "2026-01-05T12:00:00"}, "created_at"),
        ({"created_at": "9999-12-31T23:59:59Z"}, "created_at"),
        ({"region": "United States"}, "region"),
        ({"language": "\ud800"}, "language"),
        ({"media": [{"url": "javascript:alert(1)"}]}, "media"),
        ({"media": [{"url": "https://example.com/1.jpg"}] * 51}, "media"),
        ({"platform": "myspace"}, "platform"),
        ({"stars": 5}, "stars"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_place(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        sent(**fields)
    assert {fault["loc"][0] for fault in caught.value.errors()} == {place}


def test_a_review_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="send a rating, a text or media"):
        sent(rating=None, text="  \n")


def test_characters_that_cannot_be_stored_are_replaced_in_what_the_customer_wrote() -> None:
    new = NewReview.model_validate(
        {"review": {"external_id": "1", "text": "a\0b\ud800"}, "case_facts": {"known_issue": "x\0"}}
    )
    assert new.review.text == "a\ufffdb\ufffd"
    assert new.case_facts == {"known_issue": "x\ufffd"}


@pytest.mark.parametrize("facts", [{"": "x"}, {"k": "x" * 5_001}, {str(n): "x" for n in range(51)}, {"k": 3}])
def test_case_facts_are_short_texts_under_names(facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewReview.model_validate({"review": {"external_id": "1", "rating": 5}, "case_facts": facts})


@pytest.mark.parametrize("kind", ["supersede", "withdraw", "promote"])
def test_a_tool_cannot_take_the_systems_steps(kind: str) -> None:
    with pytest.raises(ValidationError):
        NewDecision.model_validate({"kind": kind, "actor": "maria"})
