"""Example: a reply that people let stand, shown to a writer for its manner and never for its words."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drafter.domain.record import Record, Text
from drafter.domain.situation import SituationName


class Example(Record):
    """A reply that was approved, with personal data taken out."""

    reply: Annotated[Text, Field(min_length=1)]  # the public one
    review_excerpt: Text | None = None  # of what it answered; None: not known
    situation: SituationName
    language: str  # BCP-47 primary subtag, as a draft's
