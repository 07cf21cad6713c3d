"""A pack: what is known of one platform's rules and limits, everything with its source, as its file says it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import Field

from drafter.domain.finding import CODES
from drafter.domain.record import Record

#: After that many days somebody should read a source again.
FRESH_DAYS = 90


class Source(Record):
    """Where something was read, and when."""

    source: Annotated[str, Field(min_length=1)]  # full address, or whose word it is
    looked_up: date
    #: `inherited`: nothing is known of this platform; a strict rule of another one, or our own, is taken over
    status: Literal["verified", "third-party", "unverified", "inherited"]

    def is_old(self, on: date) -> bool:
        """Whether on that day the source was last looked at more than 90 days ago."""
        return on - self.looked_up > timedelta(days=FRESH_DAYS)

    def cited(self, on: date | None = None) -> str:
        """Return source, status and date as one phrase, which says so where the source is old."""
        status = "inherited, unverified" if self.status == "inherited" else self.status
        old = f", more than {FRESH_DAYS} days ago: look again" if on is not None and self.is_old(on) else ""
        return f"{status}, {self.source}, looked up {self.looked_up.isoformat()}{old}"


class Length(Source):
    """How long a text may be."""

    most: Annotated[int, Field(gt=0)]
    unit: Literal["characters", "bytes"] = "characters"

    def beyond(self, text: str) -> int | None:
        """Return the code point at which a text passes the limit; None where it does not."""
        if self.unit == "characters":
            return self.most if len(text) > self.most else None
        sizes = accumulate(len(char.encode("utf-8", "surrogatepass")) for char in text)
        return next((place for place, size in enumerate(sizes) if size > self.most), None)


class Sentences(Source):
    """How many sentences a public reply has; a shop may allow one more where the review states several points."""

    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]


class Replies(Source):
    """How often a seller may answer a review."""

    per_review: Literal["once", "each_version"]


class Editing(Source):
    """Whether an answer that is posted can be changed."""

    possible: bool
    note: str = ""  # how, or what else can be done


class PlatformLimits(Record):
    """A platform's limits; what is left out is inherited."""

    public: Length | None = None
    private: Length | None = None
    sentences: Sentences | None = None
    replies: Replies | None = None
    editing: Editing | None = None


class PolicyRule(Source):
    """One rule of a platform, behind one code."""

    code: Literal[CODES]  # type: ignore[valid-type]  # the closed list is in the domain
    rule: Annotated[str, Field(min_length=1)]


class Difference(Source):
    """What a market allows although the strict rule forbids it; it is recorded, and the strict rule still holds."""

    code: Literal[CODES]  # type: ignore[valid-type]
    allows: Annotated[str, Field(min_length=1)]


class Region(Record):
    """What differs in one market."""

    title: Annotated[str, Field(min_length=1)]
    also: tuple[str, ...] = ()  # further codes that mean this market: the members of the EU
    limits: PlatformLimits = PlatformLimits()
    rules: tuple[PolicyRule, ...] = ()
    differences: tuple[Difference, ...] = ()


class Pack(Record):
    """A platform's rules, as its file says them."""

    platform: str
    title: str
    limits: PlatformLimits = PlatformLimits()
    rules: tuple[PolicyRule, ...] = ()
    regions: dict[str, Region] = {}  # by ISO 3166-1 alpha-2, or EU

    def region(self, code: str | None) -> Region:
        """Return what the pack says of a market; nothing of its own where it does not know it."""
        for name, region in self.regions.items():
            if code and code in (name, *region.also):
                return region
        return Region(title=code or "no region named")

    @property
    def sources(self) -> tuple[Source, ...]:
        """Everything in the pack that was looked up somewhere."""
        sections: tuple[Pack | Region, ...] = (self, *self.regions.values())
        limits = (getattr(section.limits, name) for section in sections for name in PlatformLimits.model_fields)
        rules = (rule for section in sections for rule in section.rules)
        differences = (difference for region in self.regions.values() for difference in region.differences)
        return (*(limit for limit in limits if limit is not None), *rules, *differences)
