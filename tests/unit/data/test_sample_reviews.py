"""The reviews that the demo starts with: each a valid review, together all that a seller meets."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from drafter.domain.case import Case
from drafter.domain.review import Review, age_hours
from drafter.languages import SUPPORTED, Languages

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
LINES = (resources.files("drafter.data") / "sample_reviews.jsonl").read_text(encoding="utf-8").splitlines()


def as_case(line: str) -> Case:
    """Return a line as the case that the demo makes of it."""
    fields: dict[str, Any] = json.loads(line)
    facts = fields.pop("case_facts", {})
    written = NOW - timedelta(hours=fields.pop("age_hours"))
    return Case(review=Review.model_validate(fields | {"created_at": written}), case_facts=facts)


@pytest.mark.parametrize("line", LINES, ids=range(1, len(LINES) + 1))
def test_a_line_is_a_review_of_at_most_sixty_hours(line: str) -> None:
    review = as_case(line).review
    assert review.product.name
    assert review.rating
    assert review.text == review.text.strip() != ""
    assert 1 <= age_hours(review, NOW) <= 60
    assert all(media.url.startswith("https://example.com/") for media in review.media)


def test_no_two_lines_are_the_same_review() -> None:
    reviews = [as_case(line).review for line in LINES]
    assert len({review.external_id for review in reviews}) == len({review.version for review in reviews}) == 48


def test_all_languages_and_all_ratings_occur() -> None:
    languages = Languages()
    found = Counter(languages.identify(as_case(line).review.text) for line in LINES)
    assert set(found) == SUPPORTED
    assert found["en"] >= 12
    assert {as_case(line).review.rating for line in LINES} == {1, 2, 3, 4, 5}


def test_some_are_overdue_some_masked_and_some_have_media_or_facts() -> None:
    cases = [as_case(line) for line in LINES]
    assert any(age_hours(case.review, NOW) > 48 for case in cases)
    assert any(age_hours(case.review, NOW) < 24 for case in cases)
    assert any("*" in (case.review.author or "") for case in cases)
    assert any(case.review.media for case in cases)
    assert any(case.case_facts for case in cases)
