"""Records keep what they promise."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drafter.domain.review import Media, Review
from drafter.domain.shop import Promise, Shop, due_at
from drafter.domain.situation import Channel, Situation, SituationName

FRIDAY = datetime(2026, 1, 9, 15, tzinfo=UTC)


def test_the_version_follows_what_the_customer_wrote_and_nothing_else() -> None:
    review = Review(external_id="1", text="Late", rating=2)
    assert review.with_changes(author="Ana", published=False, language="en").version == review.version
    changed = [
        review.with_changes(text="Very late"),
        review.with_changes(rating=1),
        review.with_changes(title="Hm"),
        review.with_changes(media=(Media(url="https://example.com/1.jpg"),)),
    ]
    assert len({review.version, *(other.version for other in changed)}) == 5


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_any_text_can_be_stored_and_keeps_its_length(text: str) -> None:
    """NUL and lone surrogates, which no database takes, are replaced one for one."""
    stored = Review(external_id="1", text=text).text
    assert "\0" not in stored
    assert len(stored.encode("utf-8").decode("utf-8")) == len(text)


@pytest.mark.parametrize("rating", [0, 6, 7, -1, 2.5, "five"])
def test_stars_are_one_to_five(rating: object) -> None:
    with pytest.raises(ValidationError):
        Review.model_validate({"external_id": "1", "rating": rating})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        Review.model_validate({"external_id": "1", "created_at": "2026-01-01T10:00:00"})


def test_a_situation_is_not_primary_and_secondary_at_once() -> None:
    with pytest.raises(ValidationError):
        Situation(
            situation=SituationName.QUALITY,
            secondary=(SituationName.QUALITY,),
            language="en",
            sentiment=-1,
            channel=Channel.PUBLIC,
            confidence=0.5,
            reader="test",
        )


def test_a_negative_review_is_due_within_one_business_day() -> None:
    """Written on a Friday at 15:00, due on Monday at 15:00."""
    review = Review(external_id="1", rating=1, created_at=FRIDAY)
    assert due_at(review, Shop(), FRIDAY) == datetime(2026, 1, 12, 15, tzinfo=UTC)


def test_any_other_review_is_due_by_the_clock() -> None:
    review = Review(external_id="1", rating=5, created_at=FRIDAY)
    assert due_at(review, Shop(), FRIDAY) == FRIDAY + timedelta(hours=48)


def test_business_days_are_those_of_the_shops_time_zone() -> None:
    """A Sunday evening in New York is Monday in Tokyo."""
    sunday_evening = datetime(2026, 1, 11, 23, tzinfo=UTC)
    review = Review(external_id="1", rating=1, created_at=sunday_evening)
    tokyo = Shop(time_zone="Asia/Tokyo", promise=Promise(negative_hours=10))
    assert due_at(review, tokyo, sunday_evening) == sunday_evening + timedelta(hours=10)
    assert due_at(review, Shop(promise=Promise(negative_hours=10)), sunday_evening) == datetime(
        2026, 1, 12, 10, tzinfo=UTC
    )


def test_a_review_without_a_time_is_due_from_when_we_got_it() -> None:
    assert due_at(Review(external_id="1", rating=4), Shop(), FRIDAY) == FRIDAY + timedelta(hours=48)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../etc/passwd"),
        ("default_language", "xx"),
        ("webhook_url", "ftp://example.com"),
        ("webhook_url", "example.com/hook"),
        ("webhook_url", "https://"),
        ("name", ""),
    ],
)
def test_a_shop_that_could_not_be_served_cannot_be_saved(field: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Shop.model_validate({field: value})
