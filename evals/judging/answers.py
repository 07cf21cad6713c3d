"""What a judge answers: quote and reason come before the score, so that the score follows from them.

What a field is to hold is told by the prompt's forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator

from evals.judging.rubric import Quality


def _figure(value: Any) -> Any:  # noqa: ANN401  # whatever a model sent in the place of a figure
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def _letter(value: Any) -> Any:  # noqa: ANN401  # whatever a model sent in the place of a letter
    if not isinstance(value, str):
        return value
    plain = value.strip().upper().removeprefix("REPLY ")
    return "tie" if plain == "TIE" else plain


class Mark(BaseModel):
    """One quality of a reply."""

    quote: str
    reason: str
    score: Annotated[Literal[1, 2, 3, 4, 5], BeforeValidator(_figure)]


class JudgedReply(BaseModel):
    """The judgement of a reply to a customer's review."""

    relevance: Mark
    specificity: Mark
    empathy: Mark
    accuracy: Mark
    tone: Mark

    def marks(self) -> Iterator[tuple[Quality, Mark]]:
        """Yield each quality with its mark."""
        for quality in Quality:
            yield quality, getattr(self, quality.value)

    @property
    def quotes(self) -> dict[str, str]:
        """The quotes by what they are for."""
        return {quality.value: mark.quote for quality, mark in self.marks()}


class JudgedPair(BaseModel):
    """Which of two replies to a customer's review is better."""

    quote: str
    reason: str
    quality: Quality
    better: Annotated[Literal["A", "B", "tie"], BeforeValidator(_letter)]

    @property
    def quotes(self) -> dict[str, str]:
        """The quote, by what it is for."""
        return {"the verdict": self.quote}
