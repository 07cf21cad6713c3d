"""`reader`: reading situations, beside the bare embedding of the same texts, whole and clause by clause.

Single: one review after the other on one core. Batch: all reviews at once on all cores, as the batch commands do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from drafter import compose
from drafter.domain.review import Review
from drafter.domain.visible import visible
from drafter.embeddings import E5Embedder
from drafter.readers.clauses import clauses
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.heads import encoder_tuning
from evals.bench.measure import Compared, compare, sample_cases, tell

Thing = TypeVar("Thing")
_REPEATED = 2  # times that the sample is read in a round


def run() -> None:
    """Measure the embedded reader; its cache of vectors is off, so that each text is embedded each time."""
    reviews = [case.review for case in sample_cases()] * _REPEATED
    reader = EmbeddingReader(E5Embedder(cached_texts=0, tuning=encoder_tuning()), compose.languages())
    bare = E5Embedder(cached_texts=0)
    texts = [_texts(review) for review in reviews]

    def embed(pieces: Sequence[str]) -> None:
        for piece in pieces:
            bare.embed([piece])

    with _one_core():
        single = compare(_each(reader.read_review, reviews), _each(embed, texts))
    batch = compare(_all(reader.read_review, reviews), _all(embed, texts))
    tell("reader", _figures(len(reviews), sum(map(len, texts)), single, batch))


def _figures(reviews: int, texts: int, single: Compared, batch: Compared) -> dict[str, float]:
    return {
        "reviews": reviews,
        "texts_a_review": texts / reviews,
        "single_reviews_per_second": reviews / single.part,
        "single_bare_per_second": reviews / single.baseline,
        "single_ratio": single.baseline / single.part,
        "batch_reviews_per_second": reviews / batch.part,
        "batch_bare_per_second": reviews / batch.baseline,
        "batch_ratio": batch.baseline / batch.part,
    }


def _texts(review: Review) -> list[str]:
    """Return what the reader embeds of a review: the whole, and each clause where there are several."""
    shown = visible(review.full_text)
    pieces = [span.of(shown) for span in clauses(visible(review.text))]
    return [shown, *pieces]


def _each(work: Callable[[Thing], object], things: Sequence[Thing]) -> Callable[[], None]:
    def all_of_them() -> None:
        for thing in things:
            work(thing)

    return all_of_them


def _all(work: Callable[[Thing], object], things: Sequence[Thing]) -> Callable[[], None]:
    def all_of_them() -> None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(work, things))

    return all_of_them


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep this process to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
