"""What the desk shows of an item in the language that the person reads."""

from __future__ import annotations

from dataclasses import dataclass

from drafter.approvals import ItemView
from drafter.domain.translation import READABLE, Translation
from drafter.translations import NO_MODEL, Translations


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The translation of the open item, or what stands in its way."""

    language: str  # that the person reads
    languages: tuple[str, ...]  # to choose from
    foreign: tuple[str, ...]  # the texts that are in another one
    review_only: bool  # drafts may not be sent to a model
    done: Translation | None
    hindrance: str | None  # why there can be none, or why there is none


def reading_of(translations: Translations, view: ItemView, language: str, failure: str | None) -> Reading:
    """Return an item's translation as the desk shows it; this asks no model."""
    foreign = translations.foreign(view.item, view.review, language)
    return Reading(
        language=language,
        languages=READABLE,
        foreign=tuple(foreign),
        review_only=translations.review_only,
        done=translations.found(view.id, language) if foreign else None,
        hindrance=failure or (None if translations.available else NO_MODEL),
    )
