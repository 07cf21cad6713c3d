"""Draft: a proposed answer, and how it came to be."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from drafter.domain.finding import Finding
from drafter.domain.judgement import Judgement
from drafter.domain.record import Record, Text

OVER_BUDGET = "daily_budget"  # the code of a try at which no model was asked, because the shop's budget is used up
PERSON = "person"  # the writer of a text that a person wrote or changed


class Usage(Record):
    """What calls of a model took; usages can be added."""

    calls: Annotated[int, Field(ge=0)] = 0  # requests that were sent, those that failed included
    tokens_in: Annotated[int, Field(ge=0)] = 0
    tokens_out: Annotated[int, Field(ge=0)] = 0
    cost_usd: float | None = 0.0  # US dollars; None where the price of a model is not known

    def __add__(self, other: Usage) -> Usage:
        """Return the sum; its cost is unknown where one of the two is."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


class Attempt(Record):
    """One try of a writer, or of a model at reading or judging, and what came of it; it holds no text of the draft."""

    writer: str  # or `llm_reader`, who read the review, or `judge`, who judged the draft
    model: str | None = None
    prompt_hash: str | None = None  # of the prompt that a draft came of; None where there was none, or no draft
    number: int  # 1 for the first try of a kind of writer, 2 and 3 for repairs
    outcome: Literal["passed", "blocked", "failed"]  # what the guardrails said; `failed`: there was nothing to check
    codes: tuple[str, ...] = ()  # of the blocking findings; `daily_budget` where no model was asked because of it
    reason: Text | None = None  # why it failed
    usage: Usage = Usage()
    latency_ms: float = 0.0


class Provenance(Record):
    """Who wrote a draft, with what, and what it took."""

    writer: str  # the name of the writer (`template`, `llm`), or `PERSON`
    model: str | None = None
    prompt: str | None = None  # name of the prompt or template
    prompt_hash: str | None = None  # `sha256:...` of its canonical form
    attempt: int = 1  # 1 for the first try, 2 and 3 for repairs
    usage: Usage = Usage()  # of this try; what the whole draft took is in `Prepared.attempts`
    latency_ms: float = 0.0
    fallback_reason: Text | None = None  # why not the writer that was asked for
    over_budget: bool = False  # whether that is because the shop's daily budget was used up


class Draft(Record):
    """A public reply and, where the channel asks for it, a private message."""

    public_reply: Text | None = None
    private_message: Text | None = None
    facts_used: tuple[Text, ...] = ()  # keys of the case facts
    details_used: tuple[Text, ...] = ()  # details of the review that it takes up
    language: str
    provenance: Provenance
    judgement: Judgement | None = None  # of the judge; None where none was asked, or none could say
    remarks: tuple[Finding, ...] = ()  # what its writer noticed by itself, on the way to the checks; not kept with it

    @property
    def by_person(self) -> bool:
        """Whether a person answers for the wording."""
        return self.provenance.writer == PERSON

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.public_reply or self.private_message):
            raise ValueError("a draft has a public reply or a private message")
        return self
