"""The embedding model behind our port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from drafter.embeddings import E5Embedder


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    return E5Embedder(cached_texts=8)


def test_one_unit_vector_a_text_in_its_order(embedder: E5Embedder) -> None:
    """Rows follow the texts, whatever was cached before."""
    both = embedder.embed(["too small", "arrived late"])
    turned = embedder.embed(["arrived late", "too small"])
    assert both.shape == (2, embedder.dimensions)
    assert both.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-4)
    np.testing.assert_array_equal(both, turned[::-1])


def test_no_texts_give_no_rows(embedder: E5Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_the_same_meaning_in_two_languages_is_nearer_than_two_meanings(embedder: E5Embedder) -> None:
    english, german, other = embedder.embed(["the zipper broke", "der Reißverschluss ist kaputt", "lovely colour"])
    assert english @ german > english @ other


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "x" * 50_000, "👍" * 3_000])
def test_any_text_has_a_finite_vector(embedder: E5Embedder, text: str) -> None:
    assert np.isfinite(embedder.embed([text])).all()


def test_threads_get_the_vectors_that_one_thread_gets(embedder: E5Embedder) -> None:
    texts = [f"the strap number {number} came off" for number in range(16)]
    alone = E5Embedder(cached_texts=1).embed(texts)
    with ThreadPoolExecutor(4) as threads:
        together = np.vstack(list(threads.map(lambda text: embedder.embed([text]), texts)))
    np.testing.assert_allclose(alone, together, atol=1e-6)
