"""The real reader, loaded once."""

from __future__ import annotations

import pytest

from drafter.embeddings import E5Embedder
from drafter.languages import Languages
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.heads import encoder_tuning


@pytest.fixture(scope="session")
def reader() -> EmbeddingReader:
    return EmbeddingReader(E5Embedder(tuning=encoder_tuning()), Languages())
