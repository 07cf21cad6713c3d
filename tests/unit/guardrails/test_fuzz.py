"""Whatever is written, in a reply, a review or a name: no check crashes, and every span lies in the text."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.personal_data import find_personal_data
from drafter.domain.review import Review
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.normalise import seen, unmasked
from guardrails.runner import Guardrails

#: What checks look for, and what tricksters put between.
_PIECES = [
    "We will refund you. ",
    "change your review",
    "f r e e gift ",
    "Gracias por ",
    "ขอบคุณค่ะ ",
    "申し訳ございません。",
    "Xin lỗi bạn ",
    "+1 650 253 0000 ",
    "4111 1111 1111 1111 ",
    "ana@example.com",
    "example dot com",
    "@shop",
    "#sale",
    "{{name}}",
    "[Name]",
    "<b>",
    "</b>",
    "&amp;",
    "&#8203;",
    "\u200b",
    "\u202e",
    "\u202c",
    "\u0301",
    "e\u0301",
    "ﬁ",
    "İ",
    "ß",
    "ｶﾞ",
    "ำ",
    "😊",
    "👨\u200d👩\u200d👧",
    "“",
    "”",
    "«",
    "「",
    "」",
    '"',
    "'",
    "(",
    ".",
    "...",
    "?!",
    "。",
    "\n",
    "\r\n",
    "\t",
    "\u3000",
    "- ",
    "1. ",
    "P.S. ",
    "0",
    "12",
    "3.5",
    "aaaa",
    "SHOUT ",
    "wh@t5",
    "ก",
    "漢",
    "ー",
    "\ud800",
    "\0",
]
texts = st.text(max_size=120) | st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


@cache
def _guardrails() -> Guardrails:
    return Guardrails(languages=Languages())


reviews = st.fixed_dictionaries(
    {
        "external_id": st.just("1"),
        "text": texts,
        "author": st.none() | texts.map(lambda name: name[:200]),
        "product": st.fixed_dictionaries({"name": st.none() | texts}),
        "rating": st.none() | st.integers(1, 5),
        "platform": st.sampled_from(["tiktok_shop", "google_business", "google_play", "generic"]),
    }
)
rules = st.sampled_from(["gift", r"\w+@", "(a|aa)+$", "หมวก"]).map(
    lambda pattern: {"name": "own", "words": ["gift", "ขอบคุณ"], "pattern": pattern, "reason": "ours"}
)
replies = st.fixed_dictionaries(
    {
        "case": st.fixed_dictionaries(
            {
                "review": reviews,
                "shop": rules.map(lambda rule: {"rules": [rule], "limits": {"public_characters": 60}}),
                "case_facts": st.dictionaries(
                    st.sampled_from(["order_status", "customer_name", "x"]), texts, max_size=3
                ),
            }
        ),
        "channel": st.sampled_from(list(Channel)),
        "language": st.none() | st.sampled_from(SUPPORTED_LANGUAGES),
        "public_reply": texts | st.none(),
        "private_message": texts | st.none(),
        "recent_replies": st.lists(texts, max_size=2).map(tuple),
    }
).map(ReplyToCheck.model_validate)


@settings(deadline=None, max_examples=150)
@given(checked=replies)
def test_no_input_crashes_a_check_and_every_span_lies_in_the_text(checked: ReplyToCheck) -> None:
    lengths = {"public": len(checked.public_reply or ""), "private": len(checked.private_message or "")}
    for finding in _guardrails().inspect(checked):
        assert "could not be made" not in finding.message, finding
        assert 0 <= finding.start <= finding.end <= lengths[finding.part.value]


@settings(deadline=None)
@given(text=texts)
def test_every_character_of_a_view_leads_back_into_the_text(text: str) -> None:
    plain = seen(text)
    bare = unmasked(plain)
    for view in (plain, plain.folded, *((bare, bare.folded) if bare else ())):
        assert len(view.text) == len(view.starts) == len(view.ends)
        for at in range(len(view.text)):
            span = view.span(at, at + 1)
            assert 0 <= span.start < span.end <= len(text)


@settings(deadline=None)
@given(text=texts, region=st.none() | st.sampled_from(["US", "UK", "EU", "TH", "ZZ"]))
def test_every_datum_lies_in_the_text(text: str, region: str | None) -> None:
    for datum in find_personal_data(text, region=region):
        assert 0 <= datum.start < datum.end <= len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "f r e e ",
        "1 ",
        "aaab",
        "we will ",
        "we have been ",
        "e ",
        ". ",
        "{ ",
        "ค่ะ",
        "ー",
        "「",
        "“",
        "@a.",
        "1-",
        "<b>",
        "&amp;",
        " ",
        "\n",
        "😊",
        "?",
        "e\u0301",
    ],
)
def test_a_long_repetition_is_answered(unit: str) -> None:
    """Eight thousand characters of one unit, in reply and review: with a pattern that runs away, this would not end."""
    text = unit * (8_000 // len(unit))
    case = Case(review=Review(external_id="1", text=text))
    found = _guardrails().inspect(ReplyToCheck(case=case, channel=Channel.PUBLIC, language="en", public_reply=text))
    assert "length" in {finding.code for finding in found}
    assert not any("could not be made" in finding.message for finding in found)
