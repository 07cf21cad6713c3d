"""Twins of the ports: clock, reader, writer, translator, inspector, embedder, language identifier."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Attempt, Draft, Provenance, Usage
from drafter.domain.errors import ReaderFailed, TranslatorFailed, WriterFailed
from drafter.domain.finding import Finding
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.domain.translation import TRANSLATOR, Texts, Translated

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
    """Returns one situation, or what a function makes of the case; a failure in its place is raised."""

    name = "scripted"

    def __init__(
        self, answer: Situation | ReaderFailed | Callable[[Case], Situation | ReaderFailed] = QUIET_SITUATION
    ) -> None:
        self.cases: list[Case] = []
        self._answer = answer

    async def read(self, case: Case) -> Situation:
        """Return the scripted situation, or raise the scripted failure."""
        self.cases.append(case)
        answer = self._answer(case) if callable(self._answer) else self._answer
        if isinstance(answer, ReaderFailed):
            raise answer
        return answer


class ScriptedWriter:
    """Writes the given answers in turn, the last one again and again.

    A text is a public reply, a draft is taken as it is, a failure is raised. With a `model` it passes for a writer that
    asks one; `usage` is what each try takes, and a failure says its own.
    """

    def __init__(
        self,
        *answers: str | Draft | WriterFailed,
        name: str = "scripted",
        model: str | None = None,
        usage: Usage = Usage(),
    ) -> None:
        self.name = name
        self.briefs: list[Brief] = []
        self._answers = answers or ("Thank you, Ana. We are glad that the zipper holds.",)
        self._model = model
        self._usage = usage

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the next scripted draft, or raise the next scripted failure."""
        answer = self._answers[min(len(self.briefs), len(self._answers) - 1)]
        self.briefs.append(brief)
        if isinstance(answer, WriterFailed):
            raise answer
        if isinstance(answer, Draft):
            return answer
        provenance = Provenance(writer=self.name, model=self._model, attempt=brief.attempt, usage=self._usage)
        return Draft(public_reply=answer, language=situation.language, provenance=provenance)


class ScriptedTranslator:
    """Puts the language before each text; with a failure, raises it."""

    def __init__(self, failure: TranslatorFailed | None = None, *, name: str = "openai:scripted") -> None:
        self.name = name
        self.asked: list[tuple[Texts, str]] = []
        self._failure = failure

    async def translate(self, case: Case, texts: Texts, language: str, *, seconds: float) -> Translated:
        """Return the marked texts, or raise the scripted failure."""
        self.asked.append((texts, language))
        if self._failure is not None:
            raise self._failure
        usage = Usage(calls=1, tokens_in=100, tokens_out=20)
        tried = Attempt(writer=TRANSLATOR, model=self.name, number=1, outcome="passed", usage=usage)
        return Translated(texts={name: f"[{language}] {text}" for name, text in texts.items()}, tried=tried)


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
