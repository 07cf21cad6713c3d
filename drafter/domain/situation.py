"""Situation: what kind of review this is, and what a reply to it has to respect."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from drafter.domain.record import Record


class SituationName(StrEnum):
    """What the review is about; the reply's template follows from it."""

    POSITIVE = "positive"
    SHIPPING = "shipping"
    QUALITY = "quality"
    SIZING = "sizing"
    MISUNDERSTANDING = "misunderstanding"
    WRONG_ITEM = "wrong_item"
    SERVICE = "service"
    SAFETY = "safety"
    SPAM_ABUSE = "spam_abuse"
    OTHER = "other"


class Channel(StrEnum):
    """Where the answer belongs; the customer's need decides."""

    PUBLIC = "public"
    HYBRID = "hybrid"  # a short public acknowledgement and a private message
    PRIVATE = "private"  # at most one neutral sentence in public
    NONE = "none"  # no reply


class Flag(StrEnum):
    """Why a person should look twice."""

    INSTRUCTION_IN_REVIEW = "instruction_in_review"
    HOSTILE_CHARACTERS = "hostile_characters"
    RATING_CONTRADICTION = "rating_contradiction"
    SEE_MEDIA = "see_media"
    UNSUPPORTED_LANGUAGE = "unsupported_language"
    NEAR_DUPLICATE = "near_duplicate"
    HEALTH = "health"
    CHILD = "child"
    SELF_HARM = "self_harm"
    COUNTERFEIT = "counterfeit"
    THIRD_PARTY_DATA = "third_party_data"


class CountsAs(StrEnum):
    """What the platform's score counts the complaint as."""

    LOGISTICS = "logistics"
    PRODUCT = "product"
    SERVICE = "service"
    NONE = "none"


class Route(StrEnum):
    """What becomes of a review."""

    DRAFT = "draft"
    ESCALATE = "escalate"  # a person by name; no draft is offered as approvable
    NO_REPLY = "no_reply"


class Detail(Record):
    """A point of the review that a good reply takes up; offsets in code points of `Review.text`."""

    text: str
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Statement(Record):
    """A clause of the review and what it says: `positive` where it praises; offsets in code points of `Review.text`."""

    about: SituationName
    share: Annotated[float, Field(ge=0, le=1)]  # how sure the reader is of that
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


_RING_AUTHORS = 3
_RING_SHOPS = 2


class Likeness(Record):
    """How far other reviews say nearly the same; of other shops' reviews only their number is told."""

    reviews: tuple[str, ...]  # ids of those of the same shop, the likest first; in a batch the ids of earlier lines
    others: Annotated[int, Field(ge=1)]  # reviews, those of other shops included
    authors: Annotated[int, Field(ge=0)]  # different names over them, other than this review's author
    shops: Annotated[int, Field(ge=1)]  # different ones, this review's own included
    share: Annotated[float, Field(ge=0, le=1)]  # of the text, that the likest has in common with it

    @property
    def of_a_ring(self) -> bool:
        """Whether several people in several shops pass the same text off as their own."""
        return self.authors >= _RING_AUTHORS and self.shops >= _RING_SHOPS


class Situation(Record):
    """What a reader found in a review."""

    situation: SituationName
    secondary: tuple[SituationName, ...] = ()
    language: str  # BCP-47 primary subtag, `und` where it cannot be told
    sentiment: Literal[-1, 0, 1]
    details: tuple[Detail, ...] = ()
    #: Clause by clause, from readers that read clauses one by one.
    statements: Annotated[tuple[Statement, ...], Field(exclude_if=lambda statements: not statements)] = ()
    channel: Channel
    contains_personal_data: bool = False
    legal_threat: bool = False
    flags: tuple[Flag, ...] = ()
    counts_as: CountsAs = CountsAs.NONE
    confidence: Annotated[float, Field(ge=0, le=1)]
    #: Which reader said so: `embedding` or `llm`; behind a cascade also who was asked for: `cascade:embedding`,
    #: `cascade:llm`, and `llm:embedding` where no model answered.
    reader: str
    likeness: Annotated[Likeness | None, Field(exclude_if=lambda likeness: likeness is None)] = None

    @model_validator(mode="after")
    def _primary_is_not_secondary(self) -> Self:
        if self.situation in self.secondary:
            raise ValueError("a situation is either primary or secondary")
        return self


#: The usual channel of a situation; a reader moves it by what the customer needs.
USUAL_CHANNEL: dict[SituationName, Channel] = {
    SituationName.POSITIVE: Channel.PUBLIC,
    SituationName.SHIPPING: Channel.HYBRID,
    SituationName.QUALITY: Channel.HYBRID,
    SituationName.SIZING: Channel.HYBRID,
    SituationName.MISUNDERSTANDING: Channel.PUBLIC,
    SituationName.WRONG_ITEM: Channel.HYBRID,
    SituationName.SERVICE: Channel.HYBRID,
    SituationName.SAFETY: Channel.PRIVATE,
    SituationName.SPAM_ABUSE: Channel.NONE,
    SituationName.OTHER: Channel.PUBLIC,
}

COUNTS_AS: dict[SituationName, CountsAs] = {
    SituationName.SHIPPING: CountsAs.LOGISTICS,
    SituationName.QUALITY: CountsAs.PRODUCT,
    SituationName.SIZING: CountsAs.PRODUCT,
    SituationName.MISUNDERSTANDING: CountsAs.PRODUCT,
    SituationName.WRONG_ITEM: CountsAs.SERVICE,
    SituationName.SERVICE: CountsAs.SERVICE,
}

_ESCALATING_FLAGS = frozenset({Flag.SELF_HARM, Flag.THIRD_PARTY_DATA})


def route_of(situation: Situation) -> Route:
    """Return where the review goes: harm and legal threats to a person, noise nowhere, the rest to the writer."""
    if (
        situation.situation is SituationName.SAFETY
        or situation.legal_threat
        or _ESCALATING_FLAGS.intersection(situation.flags)
    ):
        return Route.ESCALATE
    if situation.situation is SituationName.SPAM_ABUSE:
        return Route.NO_REPLY
    return Route.DRAFT
