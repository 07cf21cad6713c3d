"""What people and tools may ask a brand voice to be; stricter at the edge than the record that is stored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from drafter.domain.record import Text
from drafter.domain.shop import BrandVoice, VoiceExample

Phrase = Annotated[Text, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Sample = Annotated[Text, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]


class WantedExample(VoiceExample):
    """A reply that sounds as the shop wants to sound."""

    reply: Sample
    review: Sample | None = None


class VoiceChange(BrandVoice):
    """A brand voice as it is wanted; what is left out stays as it is."""

    sign_off: Annotated[Text, StringConstraints(max_length=40, strip_whitespace=True)] | None = None
    avoid: Annotated[tuple[Phrase, ...], Field(max_length=50)] = ()
    use: Annotated[tuple[Phrase, ...], Field(max_length=20)] = ()
    examples: Annotated[tuple[WantedExample, ...], Field(max_length=6)] = ()

    @field_validator("sign_off")
    @classmethod
    def _empty_is_none(cls, sign_off: str | None) -> str | None:
        return sign_off or None

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that were sent, with their values."""
        return self.model_dump(exclude_unset=True)
