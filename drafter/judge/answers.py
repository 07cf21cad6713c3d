"""What a judge answers: the form it is asked for, and what is made of one that keeps it loosely.

A finding with a code that there is not, or without a quote, is left out: it says nothing that could be shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from drafter.domain.finding import CODES
from drafter.llm.loosely import listed, object_in, word

CodeWord = Literal[
    "length",
    "tone",
    "incentive",
    "promotional",
    "personal_data",
    "off_platform_contact",
    "placeholder",
    "unverified_commitment",
    "unsupported_claim",
    "profanity",
    "language_mismatch",
    "injection_compliance",
    "liability",
    "impersonation",
]

_NO = frozenset({"no", "false", "0", "unsure", "not_sure", "maybe"})
_PRIVATE = frozenset({"private", "private_message", "message"})
_LINE = re.compile(r"^\W{0,4}(?P<key>finding|cleared)s?\W{0,3}:\s*(?P<value>.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_FIELDS = ("code", "part", "sure", "quote", "reason")


def _part(value: object) -> str:
    return "private" if word(value) in _PRIVATE else "public"


def _is_sure(value: object) -> bool:
    return word(value) not in _NO if isinstance(value, str) else bool(value)


def _codes(value: object) -> list[object]:
    return [name for name in map(word, listed(value)) if name in CODES]


def _told(value: object) -> list[object]:
    """Return the findings that name a code and quote something."""
    fields = [entry if isinstance(entry, dict) else getattr(entry, "__dict__", {}) for entry in listed(value)]
    return [one for one in fields if word(one.get("code")) in CODES and isinstance(one.get("quote"), str)]


class JudgedPassage(BaseModel):
    """A passage of the reply that breaks a code."""

    quote: str
    reason: Annotated[str, BeforeValidator(lambda value: value if isinstance(value, str) else "")]
    code: Annotated[CodeWord, BeforeValidator(word)]
    part: Annotated[Literal["public", "private"], BeforeValidator(_part)]
    sure: Annotated[bool, BeforeValidator(_is_sure)]


class JudgedCodes(BaseModel):
    """Which of the fourteen codes a seller's reply breaks, and which it surely does not."""

    findings: Annotated[list[JudgedPassage], BeforeValidator(_told)]
    cleared: Annotated[list[CodeWord], BeforeValidator(_codes), Field(default_factory=list)]


def judged_of(words: str) -> JudgedCodes | None:
    """Return what was answered in plain words: a JSON object, or lines with names; None where neither can be read."""
    try:
        return JudgedCodes.model_validate(object_in(words) or _of_lines(words))
    except ValidationError:
        return None


def _of_lines(words: str) -> Mapping[str, Any]:
    """Return the fields of named lines; without a line of what is cleared there are none, for half may be missing."""
    fields: dict[str, Any] = {}
    for line in _LINE.finditer(words):
        if line["key"].lower() == "cleared":
            fields.setdefault("findings", [])
            fields["cleared"] = line["value"].split(",")
        else:
            parts = [part.strip() for part in line["value"].split("|", len(_FIELDS) - 1)]
            found = dict(zip(_FIELDS, [*parts, "", "", "", "", ""], strict=False))
            fields["found"] = [*fields.get("found", []), found]
    if "cleared" not in fields:
        return {}
    return {"findings": fields.get("found", []), "cleared": fields["cleared"]}
