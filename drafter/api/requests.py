"""What the API takes: the bodies of requests, stricter at the edge than the records that they become.

Text that a customer wrote is made storable (`drafter.domain.record.storable`); in names, ids and addresses the same
characters are refused, since a changed id would be another one.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from drafter.api import examples
from drafter.domain.approval import DecisionKind
from drafter.domain.finding import Part
from drafter.domain.record import Record, Text, storable
from drafter.domain.review import Media, Review
from drafter.domain.shop import Shop, Tone
from drafter.voices import VoiceChange


def _plain(value: str) -> str:
    if storable(value) != value:
        raise ValueError("It contains a NUL character or half of a surrogate pair. Take it out.")
    return value


def _primary_subtag(value: object) -> object:
    return value.split("-")[0].lower() if isinstance(value, str) else value


def _no_word(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("Send a whole number.")  # noqa: TRY004  # what Pydantic takes as a finding
    return value


Rating = Annotated[int, Field(ge=1, le=5), BeforeValidator(_no_word)]  # `true` is no star
Plain = Annotated[str, AfterValidator(_plain)]
ExternalId = Annotated[Plain, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$"), BeforeValidator(_primary_subtag)]  # pt-BR is pt
FactName = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
FactText = Annotated[Text, StringConstraints(max_length=5_000)]
Url = Annotated[Plain, StringConstraints(max_length=2_000, pattern=r"^https?://\S+$")]
ReplyText = Annotated[Text, StringConstraints(max_length=10_000)]
Reason = Annotated[Text, StringConstraints(max_length=2_000)]


class SentMedia(Media):
    """A picture or a video of the customer, under a web address."""

    url: Url


class SentReview(Review):
    """A review as a tool sends it; without a shop it belongs to the key's."""

    external_id: ExternalId
    rating: Rating | None = None
    region: Region | None = None
    language: Language | None = None
    media: Annotated[tuple[SentMedia, ...], Field(max_length=50)] = ()
    syndicated_from: Annotated[Plain, StringConstraints(max_length=100)] | None = None

    @field_validator("created_at")
    @classmethod
    def _plausible_year(cls, created_at: AwareDatetime | None) -> AwareDatetime | None:
        if created_at is not None and not 2000 <= created_at.year < 2100:
            raise ValueError("The time is not one at which a review can have been written. Check the year.")
        return created_at

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.rating is None and not self.full_text.strip() and not self.media:
            raise ValueError("The review says nothing: send a rating, a text or media.")
        return self

    def of_shop(self, shop: Shop) -> Review:
        """Return the review as the domain knows it, as one of that shop, and on its platform unless it names one."""
        platform = self.platform if "platform" in self.model_fields_set else shop.platform
        return Review.model_validate(self.model_dump() | {"shop": shop.name, "platform": platform})


class NewReview(Record):
    """A review and what the seller knows about its case."""

    model_config = {"json_schema_extra": {"examples": [examples.NEW_REVIEW]}}

    review: SentReview
    case_facts: Annotated[dict[FactName, FactText], Field(max_length=50)] = {}


class NewDecision(Record):
    """A person's step on an item, as a tool passes it on."""

    model_config = {"json_schema_extra": {"examples": [examples.APPROVE, examples.REJECT, examples.REGENERATE]}}

    kind: Annotated[
        Literal[
            DecisionKind.CLAIM,
            DecisionKind.RELEASE,
            DecisionKind.EDIT,
            DecisionKind.REGENERATE,
            DecisionKind.APPROVE,
            DecisionKind.UNDO,
            DecisionKind.REJECT,
            DecisionKind.DISMISS,
            DecisionKind.ANSWERED_ELSEWHERE,
            DecisionKind.ESCALATE,
        ],
        Field(description="The step to take."),
    ]
    actor: Annotated[Plain, StringConstraints(min_length=1, max_length=100)] = Field(
        description="Name of the person who takes it, as it was created with `drafter users`."
    )
    reason: Reason | None = Field(default=None, description="Why; needed to reject and to dismiss.")
    public_reply: ReplyText | None = Field(default=None, description="The person's own text, with edit or approve.")
    private_message: ReplyText | None = Field(default=None, description="The person's own text, with edit or approve.")
    instruction: Reason | None = Field(default=None, description="A wish to the writer, with regenerate.")
    tone: Tone | None = Field(
        default=None, description="With regenerate: the tone of this draft, in place of the shop's own."
    )
    overrule_reason: Reason | None = Field(
        default=None, description="Why a lead approves in spite of blocking findings, where that is allowed at all."
    )


class TextsToCheck(Record):
    """A reply that is to be checked and not stored."""

    model_config = {"json_schema_extra": {"examples": [examples.TEXTS_TO_CHECK]}}

    public_reply: ReplyText | None = None
    private_message: ReplyText | None = None


class WantedTranslation(Record):
    """The language that the person who decides reads."""

    model_config = {"json_schema_extra": {"examples": [examples.WANTED_TRANSLATION]}}

    language: Language = Field(description="Its code, such as en, de or zh.")


class NewVoice(VoiceChange):
    """A brand voice as it is wanted; what is left out stays as it is."""

    model_config = {"json_schema_extra": {"examples": [examples.VOICE_CHANGE]}}


class PartOfReply(Record):
    """Which part of a reply was posted; all of them without a body."""

    model_config = {"json_schema_extra": {"examples": [examples.POSTED]}}

    part: Part | None = None


class FailedPart(Record):
    """Why a reply, or a part of it, cannot be posted."""

    model_config = {"json_schema_extra": {"examples": [examples.FAILED]}}

    reason: Annotated[Text, StringConstraints(min_length=1, max_length=1_000)]
    part: Part | None = None
