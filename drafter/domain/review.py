"""Review: what a customer wrote, where, about which product."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator

from drafter.domain.record import Record, Text

Platform = Literal[
    "tiktok_shop", "shopee", "lazada", "amazon", "google_business", "google_play", "trustpilot", "generic"
]
Rating = Annotated[int, Field(ge=1, le=5)]

#: All that the seller really knows about the case: open keys (`return_policy`, `actions_taken`,
#: `order_status`, `product_facts`, ...) to plain text. Only these and the review support a statement.
CaseFacts = Mapping[Text, Text]

MAX_TEXT = 20_000  # characters of a review's text; platforms stop far below


class Product(Record):
    """The thing that was bought."""

    id: Text | None = None
    name: Text | None = None


class Media(Record):
    """A picture or a video of the customer; shown to the person, never read by the draft."""

    kind: Literal["image", "video"] = "image"
    url: str


class Review(Record):
    """One customer's review of one product, as the platform shows it."""

    shop: str = "default"  # the shop's name in this installation
    platform: Platform = "tiktok_shop"
    region: str | None = None  # ISO 3166-1 alpha-2 of the market, or EU
    external_id: Text  # the platform's own id of the review
    product: Product = Product()
    rating: Rating | None = None  # stars; None where the platform has none
    title: Text | None = Field(default=None, max_length=1_000)
    text: Text = Field(default="", max_length=MAX_TEXT)
    author: Text | None = Field(default=None, max_length=200)  # the name that the platform shows
    language: str | None = None  # BCP-47 primary subtag, if the sender knows it
    created_at: AwareDatetime | None = None
    media: tuple[Media, ...] = ()
    verified: bool | None = None  # a verified purchase
    syndicated_from: str | None = None  # the service that it was imported from
    published: bool = True  # false: a syndicated review still held back
    order_ref: Text | None = None  # the order number; never shown in public

    @field_validator("region")
    @classmethod
    def _region_in_capitals(cls, region: str | None) -> str | None:
        return region.upper() if region else None

    @property
    def full_text(self) -> str:
        """Title and text, as one reads them."""
        return "\n".join(part for part in (self.title, self.text) if part)

    @property
    def version(self) -> str:
        """The hash of what the customer wrote: it changes when, and only when, the customer changes it."""
        written = [self.rating, self.title or "", self.text, [media.url for media in self.media]]
        canonical = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def age_hours(review: Review, now: datetime) -> float:
    """Return the hours from the review to `now`; 0 where its time is not known."""
    if review.created_at is None:
        return 0.0
    return (now - review.created_at).total_seconds() / 3600
