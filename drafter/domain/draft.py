"""Draft: a proposed answer, and how it came to be."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from drafter.domain.record import Record

PERSON = "person"  # the writer of a text that a person wrote or changed


class Provenance(Record):
    """Who wrote a draft, with what, and what it took."""

    writer: str  # the name of the writer (`template`, `llm`), or `PERSON`
    model: str | None = None
    prompt: str | None = None  # name of the prompt or template
    prompt_hash: str | None = None  # `sha256:...` of its canonical form
    attempt: int = 1  # 1 for the first try, 2 and 3 for repairs
    tokens_in: int = 0
    tokens_out: int = 0
    latency_ms: float = 0.0
    fallback_reason: str | None = None  # why not the writer that was asked for


class Draft(Record):
    """A public reply and, where the channel asks for it, a private message."""

    public_reply: str | None = None
    private_message: str | None = None
    facts_used: tuple[str, ...] = ()  # keys of the case facts
    details_used: tuple[str, ...] = ()  # details of the review that it takes up
    language: str
    provenance: Provenance

    @property
    def by_person(self) -> bool:
        """Whether a person answers for the wording."""
        return self.provenance.writer == PERSON

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.public_reply or self.private_message):
            raise ValueError("a draft has a public reply or a private message")
        return self
