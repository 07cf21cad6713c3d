"""Translation: a review and its draft in the language that the person who decides reads; never part of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime

from drafter.domain.draft import Attempt
from drafter.domain.record import Record, Text
from drafter.domain.shop import SUPPORTED_LANGUAGES

#: The writer's name in an `Attempt` that translated.
TRANSLATOR = "translator"

#: The languages that a person may read: those that we write, and some that people at desks speak besides.
READABLE: tuple[str, ...] = (*SUPPORTED_LANGUAGES, "zh", "ko", "hi", "ar", "ru", "tr", "nl", "pl")

#: Which text of an item was translated.
TextName = Literal["review", "public_reply", "private_message"]

Texts = Mapping[TextName, Text]


class Translated(Record):
    """What a model made of texts, with the try that gave it."""

    texts: Texts
    tried: Attempt


class Translation(Record):
    """Texts of an item as a machine translated them."""

    language: str  # that they were translated into
    texts: Texts
    model: str
    at: AwareDatetime
