"""Figures, materials and private facts: what nothing known holds is found, in whatever form the known is written."""

from __future__ import annotations

from functools import cache

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.runner import Guardrails


@cache
def _guardrails() -> Guardrails:
    return Guardrails(languages=Languages())


def _codes(
    text: str,
    *,
    facts: dict[str, str] | None = None,
    review: str = "",
    product: str | None = None,
    language: str = "en",
) -> set[str]:
    case = Case(review=Review(external_id="1", text=review, product=Product(name=product)), case_facts=facts or {})
    reply = ReplyToCheck(case=case, channel=Channel.PUBLIC, language=language, public_reply=text)
    return {finding.code for finding in _guardrails().inspect(reply) if finding.blocks} - {"length"}


@pytest.mark.parametrize("fact", ["19 March", "March 19", "2026-03-19", "19 de marzo", "le 19 mars", "3月19日", "19/3"])
def test_a_date_is_known_in_whatever_form_a_fact_gives_it(fact: str) -> None:
    facts = {"expected_delivery": f"due {fact}"}
    assert _codes("We are sorry for the wait. The date is 19 March.", facts=facts) == set()
    assert "unverified_commitment" in _codes("We are sorry for the wait. The date is 16 March.", facts=facts)


@pytest.mark.parametrize("written", ["1,250.50 USD", "USD 1250.5", "$1,250.50"])
def test_an_amount_is_known_with_or_without_separators(written: str) -> None:
    facts = {"refund": "approved, 1250.50 dollars"}
    assert _codes(f"We are sorry. Your refund of {written} was approved.", facts=facts) == set()
    assert _codes("We are sorry. Your refund of $1,260.50 was approved.", facts=facts) == {"unverified_commitment"}


def test_a_material_passes_where_the_buyer_or_the_title_names_it() -> None:
    said = "Thank you for writing about the leather."
    assert _codes(said) == {"unsupported_claim"}
    assert _codes(said, review="The leather smells.") == set()
    assert _codes(said, product="Leather belt") == set()
    assert _codes(said, facts={"material": "no leather, polyurethane"}, review="Is it leather?") == {
        "unsupported_claim"
    }


def test_one_word_of_health_from_the_chat_is_enough_and_one_of_trade_is_not() -> None:
    chat = {"chat": "buyer had surgery in May and asked about the delivery"}
    assert _codes("Good luck with the surgery.", facts=chat) == {"personal_data"}
    assert _codes("We are sorry about the delivery.", facts=chat) == set()
    assert _codes("Good luck with the surgery.", facts=chat, review="Bought before my surgery.") == set()


def test_a_starred_out_word_is_profane_unless_it_is_the_shown_name() -> None:
    assert _codes("That is d***d annoying.") == {"profanity"}
    assert _codes("Five out of 5*5 grids fit.") == set()


def test_a_place_is_named_to_warn_of_it_only_where_the_buyer_named_it_and_nothing_leads_there() -> None:
    warns = "We never write on Telegram, so please ignore whoever asked you on Telegram."
    assert _codes(warns, review="Someone on Telegram asked me for a code.") == set()
    leads = "Do not wait, write to us on Telegram at @sunnyshop."
    assert "off_platform_contact" in _codes(leads, review="Someone on Telegram asked me for a code.")


@pytest.mark.parametrize("said", ["Your request has been approved.", "Your exchange was approved."])
def test_a_granted_request_is_more_than_a_pending_one(said: str) -> None:
    assert _codes(said, facts={"exchange": "requested on 3 October, pending"}) == {"unverified_commitment"}
    assert _codes(said, facts={"exchange": "request for an exchange approved on 3 October"}) == set()
