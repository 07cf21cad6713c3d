"""A shop's own rule: words or a pattern that its replies do not have, written as data by a person."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import regex
from pydantic import Field, model_validator

from drafter.domain.finding import Severity
from drafter.domain.record import Record

_PROBE_SECONDS = 1.0  # far more than a pattern needs with a text of no length


class ShopRule(Record):
    """One rule; what breaks it is a finding under the code `shop_rule:<name>`."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    words: tuple[Annotated[str, Field(min_length=1, max_length=100)], ...] = ()  # words and phrases, in any case
    pattern: Annotated[str, Field(min_length=1, max_length=500)] | None = None  # a regular expression, in any case
    reason: Annotated[str, Field(min_length=1, max_length=300)]  # why the shop does not say it
    suggestion: Annotated[str, Field(min_length=1, max_length=300)] = "Say it in another way."
    languages: tuple[str, ...] = ()  # of replies that it holds for; empty: all
    severity: Severity = Severity.BLOCK
    part: Literal["public", "private", "both"] = "both"

    @property
    def code(self) -> str:
        """The code of its findings."""
        return f"shop_rule:{self.name}"

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if not self.words and self.pattern is None:
            raise ValueError(f"rule {self.name!r}: give it words or a pattern")
        if any(not word.strip() for word in self.words):
            raise ValueError(f"rule {self.name!r}, words: one of them is blank")
        if self.pattern is not None and (fault := _fault(self.pattern)):
            raise ValueError(f"rule {self.name!r}, pattern: {fault}")
        return self


def compiled(pattern: str) -> regex.Pattern[str]:
    """Return a rule's pattern, ready to search; its searches take a time limit.

    Raises:
        regex.error: it is no regular expression.
    """
    return regex.compile(pattern, regex.IGNORECASE | regex.VERSION0)


def _fault(pattern: str) -> str | None:
    try:
        found = compiled(pattern)
    except regex.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        return f"{error.msg}{place}"
    if found.search("", timeout=_PROBE_SECONDS):
        return "it fits an empty text, and so everywhere; ask for at least one character"
    return None
