"""The only place where real parts meet.

Heavy parts (the embedding model, LangChain) are imported when they are first needed, so that `drafter --help` is quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from drafter.domain.errors import Misconfigured
from drafter.domain.ports import Embedder, Inspector, LanguageIdentifier, Reader, Writer
from drafter.settings import Settings


@dataclass(frozen=True, kw_only=True)
class PipelineParts:
    """What `pipeline.prepare` needs besides a case."""

    reader: Reader
    writers: tuple[Writer, ...]  # in the order in which they are tried
    inspector: Inspector


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)


@cache
def embedder() -> Embedder:
    """Return the process's one embedding model."""
    from drafter.embeddings import E5Embedder

    return E5Embedder()


@cache
def languages() -> LanguageIdentifier:
    """Return the process's one language identifier."""
    from drafter.languages import Languages

    return Languages()


@cache
def inspector() -> Inspector:
    """Return the process's one set of guardrails."""
    from guardrails.runner import Guardrails

    return Guardrails(languages=languages(), embedder=embedder())


def pipeline_parts(settings: Settings) -> PipelineParts:
    """Return the reader, the writers and the guardrails that the settings ask for."""
    return PipelineParts(reader=_reader(settings), writers=_writers(settings), inspector=inspector())


def _reader(settings: Settings) -> Reader:
    from drafter.readers.embedding import EmbeddingReader

    if settings.reader not in ("auto", "embedding"):
        raise Misconfigured(f"The reader {settings.reader!r} is not there yet: use auto or embedding.")
    return EmbeddingReader(embedder(), languages())


def _writers(settings: Settings) -> tuple[Writer, ...]:
    from drafter.writers.template import TemplateWriter
    from prompts.library import Library

    if settings.writer == "llm":
        raise Misconfigured("The writer 'llm' is not there yet: use auto or template.")
    return (TemplateWriter(Library()),)
