"""What a model answers about a review: the form it is asked for, and what is made of one that keeps it loosely.

The situation, the sentiment and the channel must be right, or there is no answer. Names in a list that there are not
are left out: a wrong flag more or less is no reason to lose the whole reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from drafter.llm.loosely import listed, object_in, word

SituationWord = Literal[
    "positive",
    "shipping",
    "quality",
    "sizing",
    "misunderstanding",
    "wrong_item",
    "service",
    "safety",
    "spam_abuse",
    "other",
]
#: The flags that a model may raise; the others follow from characters, stars, media and other reviews.
FlagWord = Literal["health", "child", "self_harm", "counterfeit", "third_party_data", "instruction_in_review"]

_SITUATIONS = frozenset(SituationWord.__args__)  # type: ignore[attr-defined]  # a Literal has them
_FLAGS = frozenset(FlagWord.__args__)  # type: ignore[attr-defined]
_NUMBERED = {"-1": "negative", "0": "neutral", "1": "positive", "mixed": "neutral"}
_YES = frozenset({"yes", "true", "1"})
_LINE = re.compile(r"^\W{0,4}(?P<key>[a-z_ ]{3,20}?)\W{0,3}:\s*(?P<value>.*?)\s*$", re.IGNORECASE | re.MULTILINE)


def _mood(value: object) -> object:
    told = word(str(value)) if isinstance(value, int) else word(value)
    return _NUMBERED.get(told, told) if isinstance(told, str) else told


def _of(known: frozenset[str]) -> Callable[[object], list[object]]:
    return lambda value: [name for name in map(word, listed(value)) if name in known]


def _quotes(value: object) -> list[str]:
    return [quote for quote in listed(value) if isinstance(quote, str)]


def _chance(value: object) -> object:
    """Return a number as a chance; one above 1 was meant as per cent."""
    try:
        number = float(str(value).rstrip("% "))
    except ValueError:
        return 0.5  # it did not say
    return min(max(number / 100 if number > 1 else number, 0.0), 1.0) if number == number else 0.5  # noqa: PLR0124  # NaN


def _is_so(value: object) -> object:
    return word(value) in _YES if isinstance(value, str) else bool(value)


class ReadReview(BaseModel):
    """What a customer's review says."""

    details: Annotated[list[str], BeforeValidator(_quotes), Field(default_factory=list)]
    situation: Annotated[SituationWord, BeforeValidator(word)]
    secondary: Annotated[list[SituationWord], BeforeValidator(_of(_SITUATIONS)), Field(default_factory=list)]
    language: str
    sentiment: Annotated[Literal["negative", "neutral", "positive"], BeforeValidator(_mood)]
    channel: Annotated[Literal["public", "hybrid", "private", "none"], BeforeValidator(word)]
    legal_threat: Annotated[bool, BeforeValidator(_is_so)]
    flags: Annotated[list[FlagWord], BeforeValidator(_of(_FLAGS)), Field(default_factory=list)]
    confidence: Annotated[float, BeforeValidator(_chance)]


def read_of(words: str) -> ReadReview | None:
    """Return what was answered in plain words: a JSON object, or lines with names; None where neither can be read."""
    try:
        return ReadReview.model_validate(object_in(words) or _of_lines(words))
    except ValidationError:
        return None


def _of_lines(words: str) -> Mapping[str, Any]:
    fields: dict[str, Any] = {"details": []}
    for line in _LINE.finditer(words):
        key, value = str(word(line["key"])), line["value"]
        if key in ("detail", "details"):
            fields["details"] += [] if word(value) in ("", "none") else [value]
        elif key in ("secondary", "flags"):
            fields[key] = value.split(",")
        else:
            fields.setdefault(key, value)
    return fields
