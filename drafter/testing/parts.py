"""Twins of the ports: clock, reader, writer, inspector, embedder, language identifier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft, Provenance
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding
from drafter.domain.situation import Channel, Situation, SituationName

QUIET_SITUATION = Situation(
    situation=SituationName.POSITIVE,
    language="en",
    sentiment=1,
    channel=Channel.PUBLIC,
    confidence=1.0,
    reader="scripted",
)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = datetime(2026, 1, 5, 12, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the set time."""
        return self.at

    def forward(self, step: timedelta) -> None:
        """Move the clock."""
        self.at += step


class ScriptedReader:
    """Returns one situation, or what a function makes of the case."""

    name = "scripted"

    def __init__(self, answer: Situation | Callable[[Case], Situation] = QUIET_SITUATION) -> None:
        self._answer = answer

    async def read(self, case: Case) -> Situation:
        """Return the scripted situation."""
        return self._answer if isinstance(self._answer, Situation) else self._answer(case)


class ScriptedWriter:
    """Writes the given texts in turn; an exception in their place is raised. The last one repeats."""

    def __init__(self, *answers: str | WriterFailed, name: str = "scripted") -> None:
        self.name = name
        self.briefs: list[Brief] = []
        self._answers = answers or ("Thank you, Ana. We are glad that the zipper holds.",)

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the next scripted text as a public reply."""
        answer = self._answers[min(len(self.briefs), len(self._answers) - 1)]
        self.briefs.append(brief)
        if isinstance(answer, WriterFailed):
            raise answer
        provenance = Provenance(writer=self.name, attempt=brief.attempt)
        return Draft(public_reply=answer, language=situation.language, provenance=provenance)


class ScriptedInspector:
    """Finds what a function finds; by default nothing."""

    def __init__(self, find: Callable[[ReplyToCheck], tuple[Finding, ...]] = lambda _: ()) -> None:
        self._find = find

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        """Return the scripted findings."""
        return self._find(reply)


class HashEmbedder:
    """Vectors from hashes: the same text has the same vector, and nothing more is meant by it."""

    dimensions = 384

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a row."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            rows[row] = np.random.default_rng(seed).standard_normal(self.dimensions)
        norms = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return np.asarray(rows / norms, dtype=np.float32)


class SetLanguage:
    """Says that every text is in one language, unless told otherwise for that text."""

    def __init__(self, language: str = "en", **by_text: str) -> None:
        self._language = language
        self._by_text = by_text

    def identify(self, text: str, *, hint: str | None = None) -> str:
        """Return the set language."""
        return self._by_text.get(text, self._language)
