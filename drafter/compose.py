"""The only place where real parts meet.

Heavy parts (the embedding model, LangChain) are imported when they are first needed, so that `drafter --help` is quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

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


def pipeline_parts(settings: Settings) -> PipelineParts:
    """Return the reader, the writers and the guardrails that the settings ask for."""
    from drafter.readers.embedding import EmbeddingReader
    from drafter.writers.template import TemplateWriter
    from guardrails.runner import Guardrails
    from prompts.library import Library

    return PipelineParts(
        reader=EmbeddingReader(embedder(), languages()),
        writers=(TemplateWriter(Library()),),
        inspector=Guardrails(languages=languages(), embedder=embedder()),
    )
