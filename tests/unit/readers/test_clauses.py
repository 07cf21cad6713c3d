"""Clauses of a review."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.readers.clauses import clauses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Late. And broken!", ["Late", "And broken"]),
        ("nice colour but the strap broke", ["nice colour", "but the strap broke"]),
        ("可愛いです。でも壊れました", ["可愛いです", "でも壊れました"]),
        ("one\ntwo", ["one", "two"]),
        ("3.5 stars", ["3.5 stars"]),
        ("", []),
        ("👍 !!!", []),
    ],
)
def test_a_clause_says_one_thing(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in clauses(text)] == expected


@given(st.text(max_size=600))
def test_clauses_lie_in_order_and_apart(text: str) -> None:
    spans = clauses(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))
