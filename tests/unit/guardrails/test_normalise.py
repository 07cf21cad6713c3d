"""Views take disguises off and lead back to the text as written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.normalise import seen, unmasked


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＳＡＬＥ", "sale"),
        ("r\u0435v\u0456ew", "review"),
        ("re\u200bview", "review"),
        ("ﬁve", "five"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_a_disguise_is_seen_through(written: str, read: str) -> None:
    assert seen(written).text == read


@pytest.mark.parametrize(("written", "read"), [("d1sc0unt", "discount"), ("r e f u n d", "refund"), ("a 5-star", None)])
def test_masks_are_taken_off_where_there_are_any(written: str, read: str | None) -> None:
    bare = unmasked(seen(written))
    assert (bare.text if bare else None) == read


def test_accents_may_be_missing() -> None:
    assert seen("Reseña après ค่ะ").folded.text == "resena apres ค่ะ"


@given(st.text(max_size=80))
def test_every_character_of_a_view_has_its_place_in_the_text(text: str) -> None:
    plain = seen(text)
    for view in (plain, plain.folded, unmasked(plain) or plain):
        for at in range(len(view.text)):
            span = view.span(at, at + 1)
            assert 0 <= span.start < span.end <= len(text)
