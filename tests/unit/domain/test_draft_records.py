"""Drafts and what they took: old records load, usages add up, texts can be stored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.draft import Attempt, Draft, Provenance, Usage

#: A draft as it was stored before what it took became a record of its own.
STORED: dict[str, Any] = {
    "public_reply": "Thank you, Ana.",
    "private_message": None,
    "facts_used": ["return_policy"],
    "details_used": [],
    "language": "en",
    "provenance": {
        "writer": "llm",
        "model": "openai:large",
        "prompt": "write_reply",
        "prompt_hash": "sha256:aa",
        "attempt": 2,
        "tokens_in": 742,
        "tokens_out": 96,
        "latency_ms": 1840.2,
        "fallback_reason": None,
    },
}

usages = st.builds(
    Usage,
    calls=st.integers(0, 9),
    tokens_in=st.integers(0, 10_000),
    tokens_out=st.integers(0, 10_000),
    cost_usd=st.none() | st.integers(0, 1000).map(float),
)


def test_a_draft_that_was_stored_before_usage_was_a_record_still_loads() -> None:
    draft = Draft.from_store(STORED)
    assert (draft.provenance.model, draft.provenance.attempt) == ("openai:large", 2)
    assert draft.provenance.usage == Usage()
    assert draft.facts_used == ("return_policy",)


def test_a_draft_of_a_newer_version_loads_too() -> None:
    newer = {**STORED, "mood": "calm", "provenance": {**STORED["provenance"], "usage": {"calls": 1, "watts": 3}}}
    assert Draft.from_store(newer).provenance.usage == Usage(calls=1)


@pytest.mark.parametrize("cost_usd", [None, 0.0, 0.000169])
def test_what_a_draft_took_comes_back_from_the_store(cost_usd: float | None) -> None:
    usage = Usage(calls=2, tokens_in=3, tokens_out=4, cost_usd=cost_usd)
    draft = Draft.from_store(STORED).with_changes(provenance=Provenance(writer="llm", usage=usage))
    assert Draft.from_store(draft.model_dump(mode="json")) == draft


@given(usages, usages, usages)
def test_usages_add_up_in_any_order(one: Usage, two: Usage, three: Usage) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Usage() == one


@given(usages, usages)
def test_a_sum_is_priced_only_where_both_are(one: Usage, two: Usage) -> None:
    assert ((one + two).cost_usd is None) == (one.cost_usd is None or two.cost_usd is None)


def test_what_a_model_sends_is_made_fit_for_every_database() -> None:
    draft = Draft.model_validate({**STORED, "provenance": {"writer": "llm"}, "public_reply": "Hi\0 \ud800."})
    assert draft.public_reply == "Hi\ufffd \ufffd."
    assert Attempt(writer="llm", number=1, outcome="failed", reason="bad\0").reason == "bad\ufffd"
