"""Fingerprints of reviews, rings of copies, and what a report to a platform would name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.review import Review
from drafter.domain.situation import Channel, Detail, Flag, Likeness, Situation, SituationName
from drafter.readers.fingerprint import ALIKE, BANDS, bands, groups, in_common
from drafter.readers.suspicion import Ground, ground_of, likeness_of, marked, suggested_report
from drafter.testing import QUIET_SITUATION

TEXT = "The zipper broke after two days and the seller never answered any of my messages, I want my money back now."
SPAM = QUIET_SITUATION.with_changes(situation=SituationName.SPAM_ABUSE, channel=Channel.NONE)
RING = Likeness(reviews=("a",), others=3, authors=3, shops=2, share=1.0)
PAIR = Likeness(reviews=("a",), others=1, authors=1, shops=1, share=0.8)


def _review(text: str = TEXT, **fields: object) -> Review:
    return Review.model_validate({"external_id": "r", "text": text} | fields)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT.upper(),
        TEXT.replace("two days", "2 days!!") + " 😡😡",
        TEXT.replace("e", "е"),  # the Cyrillic letter
        "so bad!! " + TEXT.replace("never answered", "never replied to"),
        TEXT.replace(" ", "\u200b "),
    ],
)
def test_a_copy_with_changes_shares_a_band_and_most_groups(copy: str) -> None:
    one, other = groups(TEXT), groups(copy)
    assert in_common(one, other) >= ALIKE
    assert set(enumerate(bands(one))) & set(enumerate(bands(other)))


@pytest.mark.parametrize(
    "other",
    [
        "The zipper is smooth after two months and the seller answered all of my messages, I will order again soon.",
        "สีสวยมาก ผ้านุ่ม ใส่สบาย ส่งไวมาก แพ็คของมาดี ประทับใจ จะกลับมาซื้ออีกแน่นอนค่ะ",
    ],
)
def test_other_words_on_the_same_matter_are_not_alike(other: str) -> None:
    assert in_common(groups(TEXT), groups(other)) < ALIKE / 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "good product, fast delivery, thank you",
        "bagus, pengiriman cepat, recommended seller",
        "ของดี ส่งไว ขอบคุณค่ะ",
        "👍" * 90,
    ],
)
def test_what_thousands_write_has_no_fingerprint(text: str) -> None:
    assert not groups(text)
    assert not bands(groups(text))


def test_a_fingerprint_is_the_same_for_ever() -> None:
    """It is stored: another value for the same text would hide the copies of all earlier reviews."""
    assert bands(groups(TEXT))[:2] == (6559763190904335506, 3236653489637392407)


@given(st.text(max_size=300))
def test_any_text_has_all_bands_or_none(text: str) -> None:
    found = bands(groups(text))
    assert len(found) in (0, BANDS)
    assert all(0 <= band < 1 << 63 for band in found)


def test_likeness_counts_people_and_shops_and_names_only_reviews_of_the_same_shop() -> None:
    others = {
        "a": _review(TEXT + " Bad.", author="Ben"),
        "b": _review(author="ana"),
        "c": _review(author="Cem", shop="other"),
        "d": _review("Quite another thing, and long enough to be compared: the mug holds a pint and keeps it hot."),
    }
    found = likeness_of(_review(author="Ana"), others)
    assert found == Likeness(reviews=("b", "a"), others=3, authors=2, shops=2, share=1.0)
    assert likeness_of(_review("short"), others) is None


def test_a_near_copy_is_flagged_and_keeps_its_situation() -> None:
    found = marked(QUIET_SITUATION, PAIR)
    assert found.flags == (Flag.NEAR_DUPLICATE,)
    assert found.situation is QUIET_SITUATION.situation
    assert marked(QUIET_SITUATION, None) == QUIET_SITUATION
    assert "likeness" not in QUIET_SITUATION.model_dump(mode="json")
    assert Situation.from_store(found.model_dump(mode="json")) == found


def test_praise_of_a_ring_is_spam_without_details() -> None:
    praise = QUIET_SITUATION.with_changes(details=(Detail(text="x", start=0, end=1),))
    found = marked(praise, RING)
    assert (found.situation, found.channel, found.details) == (SituationName.SPAM_ABUSE, Channel.NONE, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"situation": SituationName.QUALITY},
        {"secondary": (SituationName.SHIPPING,)},
        {"sentiment": -1},
        {"legal_threat": True},
        {"flags": (Flag.SELF_HARM,)},
    ],
)
def test_a_ring_silences_no_complaint_and_nothing_for_a_person(changes: dict[str, object]) -> None:
    before = QUIET_SITUATION.with_changes(**changes)
    assert marked(before, RING).situation is before.situation


@pytest.mark.parametrize(
    ("ground", "language", "text"),
    [
        ("noise", "und", "asdfghjkl qwerty"),
        ("noise", "th", "ฟหกดฟหกด"),
        ("advert", "en", "Earn money from home, link in bio"),
        ("advert", "pt", "renda extra, chama no zap"),
        ("coins", "en", "just for coins, ignore this"),
        ("coins", "es", "solo por las monedas, no tiene que ver"),
        ("coins", "pt", "só pelas moedas, ignorem"),
        ("coins", "fr", "juste pour les pièces"),
        ("coins", "de", "nur für Münzen, bitte ignorieren"),
        ("coins", "it", "solo per le monete"),
        ("coins", "id", "cuma buat dapet koin, gambar tidak sesuai"),
        ("coins", "ms", "gambar hiasan, nak koin je"),
        ("coins", "th", "พิมพ์ให้ครบตัวอักษรเพื่อเอาคอยน์"),
        ("coins", "vi", "hình ảnh mang tính chất nhận xu"),
        ("coins", "fil", "para sa coins lang po, pic not related"),
        ("coins", "ja", "コインのための投稿です"),
        ("insult", "en", "you are all idiots"),
        ("unrelated", "en", "first comment lol"),
    ],
)
def test_the_ground_of_spam_is_told_in_every_language(ground: str, language: str, text: str) -> None:
    assert ground_of(text, language) is Ground(ground)


@pytest.mark.parametrize("platform", ["shopee", "tiktok_shop", "generic"])
def test_a_report_names_a_rule_with_its_source_or_says_that_none_is_known(platform: str) -> None:
    report = suggested_report(_review("just for coins", platform=platform), SPAM)
    assert report is not None
    assert report.ground is Ground.COINS
    assert (report.mark == "V") == (platform == "shopee") == (report.source is not None)
    assert report.looked_up == "2026-11-22"


def test_copies_in_the_united_states_break_the_law_on_fake_reviews() -> None:
    copied = QUIET_SITUATION.with_changes(likeness=RING, situation=SituationName.QUALITY)
    report = suggested_report(_review(platform="generic", region="US"), copied)
    assert report is not None
    assert (report.ground, "465" in report.rule) == (Ground.COPIED, True)


def test_no_report_of_a_customers_word() -> None:
    assert suggested_report(_review(), QUIET_SITUATION.with_changes(likeness=PAIR)) is None
