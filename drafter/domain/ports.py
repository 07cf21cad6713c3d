"""The ports: what the story needs from the outside, as protocols.

Real parts live in `readers`, `writers`, `guardrails`, `embeddings` and `languages`; scripted twins in
`drafter.testing`. Only `compose` chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drafter.domain.case import Brief, Case, ReplyToCheck
    from drafter.domain.draft import Draft
    from drafter.domain.finding import Finding
    from drafter.domain.judging import JudgingBrief, TracedJudgement, Verdict
    from drafter.domain.reading import ReadingBrief, TracedSituation
    from drafter.domain.situation import Situation
    from drafter.domain.translation import Texts, Translated


class Reader(Protocol):
    """Reads a review's situation."""

    name: str

    async def read(self, case: Case) -> Situation:
        """Return the situation. Raises ReaderFailed."""
        ...


class ModelReader(Protocol):
    """Reads a review's situation by a model; several can stand in for each other."""

    name: str  # of the model

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the situation with the try that gave it. Raises ReaderFailed."""
        ...


class Writer(Protocol):
    """Writes a draft for a situation."""

    name: str

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return a draft, checked by nobody yet. Raises WriterFailed."""
        ...


class Inspector(Protocol):
    """Checks a reply; pure and without a network. A check that crashes is a blocking finding."""

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        """Return all findings, blocking ones first, in the order of their spans."""
        ...


class ModelJudge(Protocol):
    """Judges a reply by a model; several can stand in for each other."""

    name: str  # of the model

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        """Return the judgement with the try that gave it. Raises JudgeFailed."""
        ...


class Judge(Protocol):
    """Judges a reply that was inspected."""

    async def verdict(
        self, reply: ReplyToCheck, findings: tuple[Finding, ...], *, seconds: float | None = None
    ) -> Verdict:
        """Return the findings with the judge's word; where it has none, as they were, with the reason in its tries.

        Args:
            reply: that was inspected.
            findings: of the inspection.
            seconds: that the models may take together; None: as long as they need.
        """
        ...


class RepairRecord(Protocol):
    """Remembers how models did at mending their drafts."""

    async def in_vain(self, model: str, codes: Sequence[str]) -> str | None:
        """Return why a model's next round would mend nothing, for people to read; None where it is worth a try.

        Args:
            model: whose draft has blocking findings.
            codes: of these findings.
        """
        ...


class Translator(Protocol):
    """Translates a review and its draft for the person who decides."""

    name: str  # of the model

    async def translate(self, case: Case, texts: Texts, language: str, *, seconds: float) -> Translated:
        """Return the texts in a language (one of `READABLE`), in those seconds. Raises TranslatorFailed."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors."""

    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a row, for each text in its order; safe to call from several threads."""
        ...


class LanguageIdentifier(Protocol):
    """Tells the language of a text."""

    def identify(self, text: str, *, hint: str | None = None) -> str:
        """Return a BCP-47 primary subtag, or `und`; `hint` is the likely one where the text does not decide."""
        ...


class Clock(Protocol):
    """Tells the time, so that tests can set it."""

    def now(self) -> datetime:
        """Return the time, in UTC, with its zone."""
        ...
