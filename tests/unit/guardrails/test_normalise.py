"""Views take disguises off and lead back to the text as written."""

from __future__ import annotations

import re

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
        ("f&#114;ee <b>gift</b>", "free gift"),
        ("\u202eeerf\u202c gift", "free gift"),
        ("\u043a\u043e\u043c\u0443 free", "\u043a\u043e\u043c\u0443 free"),
    ],
)
def test_a_disguise_is_seen_through(written: str, read: str) -> None:
    assert seen(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("d1sc0unt", "discount"),
        ("emai1 us", "email us"),
        ("r e f u n d", "refund"),
        ("f r e e g i f t for you", "free gift for you"),
        ("W.h.a.t.s.A.p.p", "whatsapp"),
        ("what s app", "whatsapp"),
        ("a dis-count", "a discount"),
        ("fr\u00b7ee gift", "free gift"),
        ("a freeee gift", "a free gift"),
        ("re view", "review"),
        ("c\u00f3digo de desc.uento", "c\u00f3digo de descuento"),
        ("a 5-star", None),
        ("sooo good", None),
        ("corre o salta", None),
        ("Hallo!!! 100%", None),
        ("c++ and 3d", None),
    ],
)
def test_masks_are_taken_off_where_there_are_any(written: str, read: str | None) -> None:
    bare = unmasked(seen(written))
    assert (bare.text if bare else None) == read


def test_accents_may_be_missing() -> None:
    assert seen("Reseña après ค่ะ").folded.text == "resena apres ค่ะ"


@pytest.mark.parametrize("written", ["\u202eeerf\u202c gift", "say f r\u200b e e now", "a d1sc0unt \ud83d\ude0a ok"])
def test_what_is_found_leads_back_to_what_was_written(written: str) -> None:
    plain = seen(written)
    view = unmasked(plain) or plain
    found = re.search("free|discount", view.text)
    assert found is not None
    span = view.span(*found.span())
    assert {"\u202eeerf\u202c gift": "eerf", "say f r\u200b e e now": "f r\u200b e e"}.get(
        written, "d1sc0unt"
    ) == span.of(written)


@given(st.text(max_size=80) | st.text(alphabet="fre gift.-1!$@\u202e\u202c&#;<b>", max_size=80))
def test_every_character_of_a_view_has_its_place_in_the_text(text: str) -> None:
    plain = seen(text)
    for view in (plain, plain.folded, unmasked(plain) or plain):
        for at in range(len(view.text)):
            span = view.span(at, at + 1)
            assert 0 <= span.start < span.end <= len(text)
