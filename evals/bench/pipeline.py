"""`pipeline`: read, write and check, beside the bare embedding of the same texts."""

from __future__ import annotations

import asyncio

from drafter import compose, pipeline
from drafter.embeddings import E5Embedder
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.heads import encoder_tuning
from drafter.settings import load_settings
from evals.bench.measure import compare, sample_cases, tell


def run() -> None:
    """Measure whole drafts of the sample reviews; nothing is kept from one round to the next."""
    cases = sample_cases()
    texts = [case.review.full_text for case in cases]
    parts = compose.pipeline_parts(load_settings(writer="template", reader="embedding"))

    async def prepare_all() -> None:
        reader = EmbeddingReader(E5Embedder(cached_texts=1, tuning=encoder_tuning()), compose.languages())
        for case in cases:
            await pipeline.prepare(case, reader=reader, writers=parts.writers, inspector=parts.inspector)

    def embed_all() -> None:
        bare = E5Embedder(cached_texts=1)
        for text in texts:
            bare.embed([text])

    found = compare(lambda: asyncio.run(prepare_all()), embed_all)
    tell(
        "pipeline",
        {
            "reviews": len(cases),
            "ms_per_draft": 1000 * found.part / len(cases),
            "ms_per_bare_embedding": 1000 * found.baseline / len(cases),
            "ratio": found.ratio,
        },
    )
