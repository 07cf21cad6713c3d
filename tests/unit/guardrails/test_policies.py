"""Policy packs: every one whole, every rule with its source, the strict default wherever nothing is known."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import CODES
from drafter.domain.review import Platform, Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.situation import Channel
from drafter.testing import SetLanguage
from guardrails.limits import limits_of
from guardrails.policies import is_market, old_sources, packs, policy_for
from guardrails.policies.pack import Length
from guardrails.runner import Guardrails

LOOKED_UP = date(2026, 11, 22)
MARKETS = ("US", "GB", "EU", "TH", "ID", "MY", "PH", "SG", "VN", "MX", "BR", "JP")


def length_findings(text: str, *, platform: str, region: str | None = None, limits: Limits) -> list[tuple[int, str]]:
    review = Review.model_validate({"external_id": "1", "platform": platform, "region": region})
    case = Case(review=review, shop=Shop(limits=limits))
    checked = ReplyToCheck(case=case, channel=Channel.PUBLIC, language="en", public_reply=text)
    found = Guardrails(languages=SetLanguage()).inspect(checked)
    return [(finding.start, finding.message) for finding in found if finding.code == "length" and finding.final]


def test_every_platform_has_a_pack_and_every_pack_a_platform() -> None:
    assert set(packs()) == set(get_args(Platform))


@pytest.mark.parametrize("platform", get_args(Platform))
@pytest.mark.parametrize("region", [None, *MARKETS, "ZZ"])
def test_every_code_has_a_rule_with_source_date_and_status_everywhere(platform: str, region: str | None) -> None:
    policy = policy_for(platform, region)
    for code in CODES:
        told = policy.behind(code) or ""
        assert "2026-11-22" in told, code
        assert any(status in told for status in ("(verified", "(third-party", "(unverified", "(inherited, unverified"))
    assert policy.behind("no_detail") is None
    assert policy.public.most <= 4_096
    assert policy.sentences.least <= policy.sentences.most


@pytest.mark.parametrize("name", sorted(packs()))
def test_a_verified_source_is_a_full_address(name: str) -> None:
    verified = [source.source for source in packs()[name].sources if source.status == "verified"]
    assert all(source.startswith("https://") and "..." not in source for source in verified)


def test_tiktok_shop_has_an_entry_for_each_of_its_markets() -> None:
    assert set(packs()["tiktok_shop"].regions) == set(MARKETS)


@pytest.mark.parametrize(
    ("code", "market"), [("UK", "United Kingdom"), ("FR", "European Union"), ("EU", "European Union")]
)
def test_a_market_is_known_by_each_of_its_codes(code: str, market: str) -> None:
    assert packs()["tiktok_shop"].region(code).title == market


def test_a_rule_is_verified_where_it_was_read_and_inherited_elsewhere() -> None:
    thai, british = (policy_for("tiktok_shop", region).behind("off_platform_contact") or "" for region in ("TH", "GB"))
    assert "(verified, https://seller-th.tiktok.com" in thai
    assert "(inherited, unverified, https://seller-th.tiktok.com" in british


def test_the_strict_rule_holds_where_a_market_allows_more_and_says_so() -> None:
    told = policy_for("tiktok_shop", "TH").behind("incentive") or ""
    assert "no request to change or remove one (inherited, unverified" in told
    assert "Thailand allows inviting the buyer to edit" in told


def test_the_law_of_a_market_holds_on_every_platform() -> None:
    assert "16 CFR 465) (verified" in (policy_for("trustpilot", "US").behind("liability") or "")
    assert "(inherited, unverified" in (policy_for("trustpilot", "TH").behind("liability") or "")


def test_an_unknown_platform_or_market_gets_the_strictest() -> None:
    unknown = policy_for("a new platform", "ZZ")
    assert (unknown.public.most, unknown.replies.per_review, unknown.editing.possible) == (500, "once", False)
    assert unknown.public.status == "inherited"


@pytest.mark.parametrize(
    ("platform", "most", "unit", "replies", "editable"),
    [
        ("google_business", 4_096, "bytes", "each_version", True),
        ("google_play", 350, "characters", "each_version", True),
        ("lazada", 500, "characters", "once", False),
        ("tiktok_shop", 500, "characters", "once", False),
    ],
)
def test_a_platforms_limits_are_its_own(platform: str, most: int, unit: str, replies: str, editable: bool) -> None:
    policy = policy_for(platform, None)
    found = (policy.public.most, policy.public.unit, policy.replies.per_review, policy.editing.possible)
    assert found == (most, unit, replies, editable)


def test_a_limit_in_bytes_is_counted_in_bytes() -> None:
    limit = Length(most=7, unit="bytes", source="s", looked_up=LOOKED_UP, status="verified")
    assert limit.beyond("seven b") is None
    assert limit.beyond("ขอบคุณ") == 2
    assert limit.beyond("four 😊") == 5


def test_the_lower_of_shop_and_platform_holds() -> None:
    text = "word " * 120
    for platform, own, place in (("google_play", 500, 350), ("google_play", 100, 100), ("google_business", 500, 500)):
        found = length_findings(text, platform=platform, limits=Limits(public_characters=own, public_words=200))
        assert [start for start, _ in found] == [place], platform
    thai = "ค" * 1_500  # 4,500 bytes
    found = length_findings(thai, platform="google_business", limits=Limits(public_characters=5_000))
    assert found == [(1_365, "The text is over the limit of 4096 bytes.")]


def test_writers_and_pages_get_the_lower_limit_too() -> None:
    case = Case(review=Review(external_id="1", platform="google_play"), shop=Shop(limits=Limits(public_words=50)))
    limits = limits_of(case)
    assert (limits.public_characters, limits.public_words, limits.private_characters) == (350, 50, 2_000)


def test_a_source_that_is_older_than_ninety_days_says_so() -> None:
    fresh, old = date(2027, 2, 20), date(2027, 2, 21)
    assert old_sources(fresh) == {}
    assert set(old_sources(old)) == set(packs())
    assert "look again" not in (policy_for("lazada", None, on=fresh).behind("tone") or "")
    assert "more than 90 days ago: look again" in (policy_for("lazada", None, on=old).behind("tone") or "")


@pytest.mark.parametrize(
    ("code", "known"), [("US", True), ("EU", True), ("UK", True), ("ZZ", False), ("NARNIA", False)]
)
def test_a_market_is_a_country_or_what_a_pack_names(code: str, known: bool) -> None:
    assert is_market(code) is known
