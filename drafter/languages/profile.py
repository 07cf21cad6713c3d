"""The profile: a linear model over the letter groups of words, trained on our own texts, which ships as a plain array.

It knows the languages that share the Latin script. A text's score is the sum over its words, so each word is looked
up once and remembered. `python -m evals.training.train_languages` makes it.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15  # of the hash table; letter groups that meet in one bucket share a weight
_SHORTEST, _LONGEST = 2, 4  # letters of a group; the word's edges count as letters
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_REMEMBERED = 20_000  # words

Floats = NDArray[np.float32]


def buckets(word: str) -> Iterator[int]:
    """Yield the buckets of a word in lower case: the whole of it and each group of its letters."""
    spoken = _DRAWN_OUT.sub(r"\1\1", word)
    yield _bucket(f"={spoken}")
    edged = f" {spoken} "
    for length in range(_SHORTEST, _LONGEST + 1):
        for at in range(len(edged) - length + 1):
            yield _bucket(edged[at : at + length])


def weight(words: Sequence[str]) -> float:
    """Return what each letter group of a text counts: less than one in a long text, which has many."""
    return float(max(len(words), 1) ** -0.5)


def _bucket(letters: str) -> int:
    return zlib.crc32(letters.encode()) % BUCKETS


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How likely each language is, by the letters of the words."""

    languages: tuple[str, ...]
    weights: Floats  # buckets x languages
    bias: Floats
    _words: dict[str, Floats] = field(default_factory=dict, repr=False, compare=False)

    def log_shares(self, words: Sequence[str]) -> dict[str, float]:
        """Return the logarithm of each language's share, for words in lower case."""
        logits = self.bias + sum((self._of(word) for word in words), np.zeros_like(self.bias)) * weight(words)
        logs = logits - np.logaddexp.reduce(logits)
        return dict(zip(self.languages, map(float, logs), strict=True))

    def _of(self, word: str) -> Floats:
        known = self._words.get(word)
        if known is None:
            known = self.weights[list(buckets(word))].sum(axis=0, dtype=np.float32)
            if len(self._words) < _REMEMBERED:
                self._words[word] = known
        return known

    @classmethod
    def load(cls, folder: Traversable | None = None) -> Profile:
        """Return the profile that comes with the package, or that of another folder."""
        place = folder or resources.files("drafter.languages") / "models"
        about = json.loads(place.joinpath("profile.json").read_text(encoding="utf-8"))
        with place.joinpath("profile.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return cls(
                languages=tuple(about["languages"]),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"].astype(np.float32),
            )


@cache
def profile() -> Profile:
    """Return the process's one profile."""
    return Profile.load()
