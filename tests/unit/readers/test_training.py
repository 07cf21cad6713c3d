"""Training of the reader's heads, and the texts that it uses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drafter.domain.review import Review
from drafter.domain.situation import Situation, SituationName
from drafter.languages import SUPPORTED, Languages
from drafter.readers.embedding import EmbeddingReader
from drafter.readers.heads import Heads
from drafter.testing import HashEmbedder
from evals.training import measure, train_reader
from evals.training import texts as training_texts

TEXTS = training_texts.load()
SLICE = TEXTS[::24]


def test_the_texts_cover_every_situation_in_every_language() -> None:
    counted = Counter((text.language, text.situation) for text in TEXTS)
    assert len(TEXTS) >= 1_500
    assert all(counted[language, situation] for language in SUPPORTED for situation in SituationName)


def test_no_text_stands_twice() -> None:
    assert len({text.text.lower() for text in TEXTS}) == len(TEXTS)


def test_training_twice_gives_the_same_arrays() -> None:
    vectors = HashEmbedder().embed([text.text for text in SLICE])
    first, about = train_reader.train(SLICE, vectors)
    second, about_second = train_reader.train(SLICE, vectors)
    assert about == about_second
    assert first.keys() == second.keys()
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])


def test_saved_heads_are_read_back(tmp_path: Path) -> None:
    """What training writes, a reader can use, without a pickle."""
    vectors = HashEmbedder().embed([text.text for text in SLICE])
    train_reader.save(*train_reader.train(SLICE, vectors), tmp_path)
    heads = Heads.load(tmp_path)
    read = EmbeddingReader(HashEmbedder(), Languages(), heads=heads).read_review(
        Review(external_id="1", text=SLICE[0].text, rating=SLICE[0].rating)
    )
    assert read.situation in set(SituationName)


def test_the_shipped_heads_were_trained_on_the_texts_as_they_are() -> None:
    about = json.loads((train_reader.MODELS / "reader.json").read_text(encoding="utf-8"))
    assert about["texts_hash"] == training_texts.hash_of(TEXTS)


def test_vectors_are_kept_between_runs(tmp_path: Path) -> None:
    cache = tmp_path / "vectors.npz"
    first = train_reader.embedded(SLICE[:3], HashEmbedder(), cache)
    second = train_reader.embedded(SLICE[:3], _Refusing(), cache)
    np.testing.assert_array_equal(first, second)


class _Refusing(HashEmbedder):
    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError("these texts were embedded before")


def _read(situation: str, **more: object) -> Situation:
    fields = {"situation": situation, "language": "en", "sentiment": -1, "channel": "hybrid", "confidence": 1}
    return Situation.model_validate({**fields, "reader": "scripted", **more})


def test_figures_count_what_they_say() -> None:
    rows = [
        {"text": "a", "language": "en", "situation": "quality", "secondary": [], "best_channel": "hybrid"},
        {"text": "b", "language": "es", "situation": "shipping", "secondary": ["quality"], "best_channel": "public"},
    ]
    found = measure.figures([(row, _read("quality")) for row in rows])
    assert (found["accuracy"], found["primary_or_secondary"]) == (0.5, 1.0)
    assert (found["channel"], found["language"]) == (0.5, 0.5)
    assert found["macro_f1"] == 0.333
