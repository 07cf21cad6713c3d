"""The runner: order, spans, crashes, limits, policies, warnings, and texts of any kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import CODES, Severity
from drafter.domain.review import Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.situation import Channel
from drafter.testing import SetLanguage
from guardrails.catalogue import CATALOGUE
from guardrails.kinds import Check, Hit
from guardrails.runner import Guardrails
from guardrails.subject import Subject

CALM = "Thank you for telling us about the strap. We are glad that it holds."


def reply(text: str | None, **changes: object) -> ReplyToCheck:
    review = Review(external_id="1", text="The strap holds well and looks good on me", language="en")
    fields: dict[str, object] = {
        "case": Case(review=review),
        "channel": Channel.PUBLIC,
        "language": "en",
        "public_reply": text,
    }
    return ReplyToCheck.model_validate(fields | changes)


def codes_of(checked: ReplyToCheck) -> set[str]:
    return {finding.code for finding in Guardrails(languages=SetLanguage()).inspect(checked)}


def test_a_right_reply_has_no_finding() -> None:
    assert codes_of(reply(CALM)) == set()


def test_the_catalogue_has_every_code_once_and_says_what_it_is() -> None:
    codes = [check.code for check in CATALOGUE]
    assert set(CODES) <= set(codes)
    assert len(codes) == len(set(codes))
    assert all(check.summary and check.message and check.suggestion and check.source for check in CATALOGUE)
    assert {check.code for check in CATALOGUE if check.severity is Severity.BLOCK} == set(CODES)


def test_a_check_that_crashes_blocks_under_its_own_code() -> None:
    def broken(_: Subject) -> Iterator[Hit]:
        raise KeyError("gone")

    check = Check(code="tone", summary="s", message="m", suggestion="s", source="s", find=broken)
    (finding,) = Guardrails(languages=SetLanguage(), checks=(check,)).inspect(reply(CALM))
    assert (finding.code, finding.blocks, finding.overrulable) == ("tone", True, False)
    assert "KeyError" in finding.message


def test_a_span_outside_the_text_counts_as_a_crash() -> None:
    check = Check(code="tone", summary="s", message="m", suggestion="s", source="s", find=lambda _: [Hit(0, 9_999)])
    (finding,) = Guardrails(languages=SetLanguage(), checks=(check,)).inspect(reply(CALM))
    assert "could not be made" in finding.message


def test_findings_come_blocking_first_and_in_the_order_of_their_spans() -> None:
    findings = Guardrails(languages=SetLanguage()).inspect(
        reply("Dear valued customer, call us under +1 650 253 0000. Please change your review.")
    )
    assert [finding.blocks for finding in findings] == sorted((f.blocks for f in findings), reverse=True)
    blocking = [finding.start for finding in findings if finding.blocks]
    assert blocking == sorted(blocking)


def test_a_disguised_word_is_underlined_as_it_was_written() -> None:
    text = "We are sorry. Please ch\u200bange your rev\u0456ew."
    (finding,) = [f for f in Guardrails(languages=SetLanguage()).inspect(reply(text)) if f.code == "incentive"]
    assert text[finding.start : finding.end] == "ch\u200bange your rev\u0456ew"


def test_the_platform_rule_stands_with_the_finding() -> None:
    review = Review(external_id="1", platform="tiktok_shop", region="US")
    checked = reply("Thank you. Please change your review.", case=Case(review=review))
    (finding,) = [f for f in Guardrails(languages=SetLanguage()).inspect(checked) if f.code == "incentive"]
    assert finding.policy is not None
    assert "knowledge_id=4451321470682882" in finding.policy
    assert "2026-11-22" in finding.policy


def test_the_character_limit_may_not_be_overruled() -> None:
    shop = Shop(limits=Limits(public_characters=20))
    checked = reply(CALM, case=Case(review=Review(external_id="1"), shop=shop))
    findings = [f for f in Guardrails(languages=SetLanguage()).inspect(checked) if f.code == "length"]
    assert [(f.start, f.overrulable) for f in findings] == [(20, False)]


@pytest.mark.parametrize(
    ("channel", "text", "wrong"),
    [
        (Channel.PRIVATE, "Please write to us in the shop chat.", False),
        (Channel.PRIVATE, CALM, True),
        (Channel.PUBLIC, "Please write to us in the shop chat.", True),
        (Channel.PUBLIC, " ", True),
    ],
)
def test_the_channel_decides_how_many_sentences_belong(channel: Channel, text: str, wrong: bool) -> None:
    assert ("length" in codes_of(reply(text, channel=channel))) is wrong


def test_no_public_reply_beside_a_private_message_is_right() -> None:
    checked = reply(None, channel=Channel.PRIVATE, private_message="We are sorry. Please tell us which order it is.")
    assert codes_of(checked) == set()


def test_nothing_at_all_is_an_empty_reply() -> None:
    assert "length" in codes_of(reply(None))


def test_a_fourth_sentence_needs_the_shop_and_the_review() -> None:
    four = "Thank you for the photo of the strap. We see it. We are sorry. Write to us in the shop chat."
    shop = Shop(limits=Limits(fourth_sentence=True))
    case = Case(review=Review(external_id="1"), shop=shop)
    assert "length" in codes_of(reply(four, case=case))
    assert "length" not in codes_of(reply(four, case=case, several_points=True))


def test_the_buyers_own_data_pass_in_private() -> None:
    private = "We are sorry. Is 583920184756 the right order?"
    assert "personal_data" not in codes_of(reply(CALM, private_message=private))
    assert "personal_data" in codes_of(reply(private))


def test_the_shop_language_is_expected_where_the_reviews_is_none_of_ours() -> None:
    shop = Shop(default_language="de")
    case = Case(review=Review(external_id="1", text="Prima tas", language="nl"), shop=shop)
    german = "Vielen Dank für die Nachricht. Wir freuen uns, dass die Tasche gefällt."
    assert codes_of(reply(german, case=case, language=None)) == set()


def test_a_near_copy_a_machine_phrase_and_a_handle_only_warn() -> None:
    review = Review(external_id="1", text="The strap holds", author="user_4711x", language="en")
    text = "Hi user_4711x, we take this seriously. The strap should hold."
    checked = reply(text, case=Case(review=review), recent_replies=(text,))
    findings = Guardrails(languages=SetLanguage()).inspect(checked)
    assert {f.code for f in findings} == {"sameness", "robotic_phrase", "unusable_name"}
    assert not any(f.blocks for f in findings)


def test_a_reply_that_takes_up_nothing_is_noticed() -> None:
    assert codes_of(reply("Thank you for writing to us today. Have a pleasant evening.")) == {"no_detail"}
