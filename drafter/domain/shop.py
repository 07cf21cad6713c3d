"""Shop: the seller in whose voice, and within whose promises, a reply is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Platform, Review
from drafter.domain.shop_rule import ShopRule

#: The languages in which situation, drafts, rules and pages all work.
SUPPORTED_LANGUAGES: tuple[str, ...] = ("en", "es", "pt", "fr", "de", "it", "id", "ms", "th", "vi", "fil", "ja")


#: How a reply may sound.
Tone = Literal["warm", "neutral", "formal"]


class VoiceExample(Record):
    """A reply that sounds as the shop wants to sound; a model learns its manner from it, and copies nothing."""

    reply: Annotated[str, Field(min_length=1, max_length=600)]
    review: Annotated[str, Field(max_length=600)] | None = None  # that it answers


class BrandVoice(Record):
    """How the shop sounds."""

    tone: Tone = "warm"
    person: Literal["we", "I"] = "we"
    emoji: bool = False
    sign_off: str | None = Field(default=None, max_length=40)  # up to four words count as no sentence
    avoid: tuple[str, ...] = ()  # phrases that the shop does not use
    use: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=120)], ...], Field(max_length=20)] = ()  # likes
    examples: Annotated[tuple[VoiceExample, ...], Field(max_length=6)] = ()


class Limits(Record):
    """What a reply may be long; a platform's own limit never gives."""

    public_characters: Annotated[int, Field(gt=0)] = 500  # Shopee's and Lazada's stated limit
    public_words: Annotated[int, Field(gt=0)] = 80
    public_characters_unspaced: Annotated[int, Field(gt=0)] = 240  # Thai and Japanese, in place of words
    private_characters: Annotated[int, Field(gt=0)] = 2_000  # TikTok Shop chat
    private_sentences: Annotated[int, Field(gt=0)] = 6
    fourth_sentence: bool = False  # allowed where a review states several points
    replies_per_review: Literal["once", "each_version"] = "once"  # TikTok Shop: once, even after an edit


class DailyBudget(Record):
    """What models may take for a shop in a day, by its own time zone; over it the template writer writes."""

    tokens: Annotated[int, Field(ge=0)] | None = None  # sent and received together; None: no limit
    usd: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None  # by the prices in the models' options


class Promise(Record):
    """By when a review is to be answered."""

    hours: Annotated[int, Field(gt=0)] = 48
    negative_hours: Annotated[int, Field(gt=0)] = 24  # one and two stars, on business days


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, or no name at all (a path, a NUL)
        raise ValueError("There is no such time zone. Name one as Europe/Berlin, or UTC.") from None
    return name


def _spoken(language: str) -> str:
    if language not in SUPPORTED_LANGUAGES:
        raise ValueError(f"Choose one of {', '.join(SUPPORTED_LANGUAGES)}.")
    return language


def _named_apart(rules: tuple[ShopRule, ...]) -> tuple[ShopRule, ...]:
    names = [rule.name for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"Give each rule a name of its own; there is more than one {', '.join(twice)}.")
    return rules


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("A webhook's address begins with https:// and names a host.")
    return url


class Shop(Record):
    """One seller's shop on one platform."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = "default"  # its key in this installation
    display_name: str = "Our shop"
    platform: Platform = "tiktok_shop"
    region: str | None = None
    default_language: Annotated[str, AfterValidator(_spoken)] = "en"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    business_days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5)  # ISO, Monday is 1
    brand_voice: BrandVoice = BrandVoice()
    standing_facts: CaseFacts = {}  # case facts that hold for every review of the shop
    limits: Limits = Limits()
    promise: Promise = Promise()
    daily_budget: DailyBudget = DailyBudget()
    rules: Annotated[tuple[ShopRule, ...], Field(max_length=50), AfterValidator(_named_apart)] = ()  # of its own
    escalation_contact: str | None = None  # the person who gets safety cases
    undo_seconds: Annotated[int, Field(ge=0)] = 15  # between approval and hand-over
    webhook_url: Annotated[str, AfterValidator(_web_address)] | None = (
        None  # where approved replies go; None: the tool polls
    )

    def answers_in(self, language: str) -> str:
        """Return the language of a reply to a review in `language`: that one, or our own where we do not write it.

        Args:
            language: BCP-47 tag of the review, or `und`; only the primary subtag counts.
        """
        primary = language.split("-", maxsplit=1)[0].lower()
        return primary if primary in SUPPORTED_LANGUAGES else self.default_language


def due_at(review: Review, shop: Shop, received_at: datetime) -> datetime:
    """Return by when the review is to be answered.

    A negative review (one or two stars) is promised within `negative_hours` of business days, any other within
    `hours` by the clock; both count from when it was written, or from when we received it if that is not known.
    """
    start = review.created_at or received_at
    if review.rating is None or review.rating > 2:
        return start + timedelta(hours=shop.promise.hours)
    local = start.astimezone(ZoneInfo(shop.time_zone))
    left = timedelta(hours=shop.promise.negative_hours)
    while True:
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if local.isoweekday() in shop.business_days or not shop.business_days:
            if left <= midnight - local:
                return (local + left).astimezone(start.tzinfo)
            left -= midnight - local
        local = midnight
