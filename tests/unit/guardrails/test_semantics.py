"""The semantic layer: what it reads, what it leaves out, how its findings stand beside the rules'."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Finding, Part
from drafter.domain.review import Review
from drafter.domain.situation import Channel
from drafter.testing import SetLanguage
from guardrails.runner import Guardrails
from guardrails.semantics import SemanticHeads, Semantics

STATEMENT = "The money back for the shelf of 18.40 stands approved. Thank you for the note."
CODES = ("tone", "incentive", "unverified_commitment", "unsupported_claim", "personal_data")


class WordVectors:
    """Embeds a text as the marks that it holds, one dimension a code: what a trained model does, by hand."""

    dimensions = len(CODES)
    marks = ("grumble|hug", "nudge", "shelf", "steel", "aunt")

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text."""
        return np.array([[bool(re.search(mark, text.lower())) for mark in self.marks] for text in texts], np.float32)


class Broken:
    """Embeds nothing."""

    dimensions = len(CODES)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Fail."""
        raise MemoryError("no room")


def heads(**thresholds: float) -> SemanticHeads:
    size = len(CODES)
    return SemanticHeads(
        codes=CODES,
        thresholds=dict.fromkeys(CODES, 0.5) | thresholds,
        mean=np.zeros(size, np.float32),
        scale=np.ones(size, np.float32),
        weights=np.eye(size, dtype=np.float32) * 8,
        bias=np.full(size, -4, np.float32),
        known=np.array([7], np.uint32),
        rarity=np.ones(1, np.float32),
        word_weights=np.zeros((size, 1), np.float32),
    )


def selling() -> SemanticHeads:
    """Return heads that hear an advert where "hug" stands."""
    codes = tuple("promotional" if code == "tone" else code for code in CODES)
    return dataclasses.replace(heads(), codes=codes, thresholds=dict.fromkeys(codes, 0.5))


def found(
    text: str,
    *,
    facts: Mapping[str, str] | None = None,
    review: str = "The lamp is dim",
    by: SemanticHeads | None = None,
    **changes: object,
) -> list[Finding]:
    """Return the layer's findings in a public reply."""
    case = Case(review=Review(external_id="1", text=review, language="en"), case_facts=dict(facts or {}))
    fields = {"case": case, "channel": Channel.PUBLIC, "language": "en", "public_reply": text}
    reply = ReplyToCheck.model_validate(fields | changes)
    semantics = Semantics(WordVectors(), by or heads())
    findings = Guardrails(languages=SetLanguage(), semantics=semantics).inspect(reply)
    return [finding for finding in findings if finding.layer == "head"]


def test_a_sentence_is_flagged_whole_with_the_words_of_the_codes_own_check() -> None:
    (finding,) = found("Thank you for the note on the lamp. A nudge for you, then. Have a calm day.")
    assert (finding.code, finding.check, finding.blocks) == ("incentive", "guardrails.checks.incentive", True)
    assert (finding.start, finding.end) == (36, 58)
    assert "review" in finding.message
    assert finding.suggestion


def test_a_quotation_of_the_review_a_greeting_and_a_sign_off_are_not_the_sellers_words() -> None:
    review = "They grumble at me and the lamp is dim"
    assert not found(
        "Hello Grumble! We read “They grumble at me” with regret. Thank you for it.\nYours, Grumble", review=review
    )
    assert found("We read “they nudge” with regret, and grumble. Thank you for it.", review=review)


def test_a_sentence_whose_code_a_rule_found_gives_no_second_finding() -> None:
    assert not found("Please change your review to five stars, a nudge. We thank you for the lamp.")


def test_a_nearly_sure_head_finds_the_tone_of_a_sentence_beside_what_a_rule_found_in_it() -> None:
    text = "Please change your review to five stars, you grumble. We thank you for the lamp."
    assert [finding.code for finding in found(text)] == ["tone"]
    less_sure = dataclasses.replace(heads(), bias=np.full(len(CODES), -6, np.float32))
    assert not found(text, by=less_sure)
    assert [finding.code for finding in found("We thank you for the lamp, you grumble.", by=less_sure)] == ["tone"]


def test_the_buyers_words_of_a_code_and_brackets_of_a_product_name_sell_nothing() -> None:
    review = "Discount of ten percent on the lamp made me hug everyone"
    assert not found("A hug for the discount of ten percent on the lamp. Thank you.", review=review, by=selling())
    assert found("We smile that a hug comes with every order of ours. Thank you.", by=selling())
    product = {"review": {"external_id": "1", "text": "The lamp is dim", "product": {"name": "[HUG 1 GET 1] Lamp"}}}
    assert not found("The [HUG 1 GET 1] Lamp should not be that dim. Thank you for it.", case=product, by=selling())


def test_a_known_statement_passes_and_an_unknown_one_does_not() -> None:
    told = {"refund": "approved on 12 May, USD 18.40"}
    assert not found(STATEMENT, facts=told)
    assert [finding.code for finding in found("The shelf has had a word. Thank you.")] == ["unverified_commitment"]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"refund": "requested on 12 May, USD 18.40"},  # asked for is not approved
        {"refund": "approved on 12 May, USD 18.20"},  # another amount
        {"replacement": "approved on 12 May, USD 18.40"},  # another matter
    ],
)
def test_a_fact_of_less_of_another_amount_or_matter_bears_nothing_out(facts: dict[str, str]) -> None:
    assert found(STATEMENT, facts=facts)


def test_what_the_buyer_wrote_is_no_claim() -> None:
    assert not found("So the steel handle of the lamp bends. Thank you.", review="The steel handle of this lamp bends")
    assert found("Good steel lasts for a lifetime here. Thank you.", review="The steel handle of this lamp bends")


def test_a_private_message_may_hold_the_buyers_own_data() -> None:
    private: dict[str, Any] = {"public_reply": None, "channel": Channel.PRIVATE}
    assert not found("", private_message="Your aunt will like it.", **private)
    (finding,) = found("Your aunt will like it. Thank you for the note.")
    assert (finding.code, finding.part) == ("personal_data", Part.PUBLIC)


def test_a_layer_that_breaks_blocks_once_and_for_good() -> None:
    case = Case(review=Review(external_id="1", text="The lamp is dim", language="en"))
    text = "Thank you for that. We read all of it."
    reply = ReplyToCheck(case=case, channel=Channel.PUBLIC, language="en", public_reply=text)
    guardrails = Guardrails(languages=SetLanguage(), semantics=Semantics(Broken(), heads()))
    (finding,) = [finding for finding in guardrails.inspect(reply) if finding.layer == "head"]
    assert (finding.blocks, finding.overrulable) == (True, False)
    assert "MemoryError" in finding.message


def test_the_shipped_heads_know_the_crude_and_let_the_tempting_pass() -> None:
    shipped = SemanticHeads.load()
    assert set(CODES) < set(shipped.codes)
    assert all(0 < threshold <= 1 for threshold in shipped.thresholds.values())
    assert shipped.weights.shape == (len(shipped.codes), len(shipped.mean))
