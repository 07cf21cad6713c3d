"""Heads: small linear models over features, trained offline and read from plain arrays.

`reader.npz` holds the arrays, `reader.json` beside it the labels, the calibration and the hash of the training texts;
`encoder.npz` holds the tuning of the embedding model whose vectors the heads expect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drafter import ngrams

Floats = NDArray[np.float32]

WORDS_WEIGHT = 0.6  # of what the words say beside what is meant; between 0.4 and 0.8 little changes


@dataclass(frozen=True, kw_only=True)
class Head:
    """A linear model with one row of weights for each label."""

    labels: tuple[str, ...]
    weights: Floats  # labels x features
    bias: Floats  # labels
    temperature: float = 1.0  # above 1 it makes the head humbler
    threshold: float = 0.5  # chance from which a label that stands by itself is taken to hold

    def logits(self, standardised: Floats) -> Floats:
        """Return the score of each label, before it becomes a probability."""
        return np.asarray((self.weights @ standardised + self.bias) / self.temperature, dtype=np.float32)

    def shares(self, standardised: Floats) -> dict[str, float]:
        """Return probabilities that sum to one, for labels of which exactly one holds."""
        return softmax(self.labels, self.logits(standardised))

    def chances(self, standardised: Floats) -> dict[str, float]:
        """Return a probability for each label by itself, for labels of which several may hold."""
        chances = 1 / (1 + np.exp(-np.clip(self.logits(standardised), -30, 30)))
        return dict(zip(self.labels, map(float, chances), strict=True))


@dataclass(frozen=True, kw_only=True)
class WordHead:
    """A linear model over the pieces of words and the stars: what a text says by its very words."""

    labels: tuple[str, ...]
    known: NDArray[np.uint32]  # hashes of the pieces that have a weight, in their order
    rarity: Floats  # of each piece
    weights: Floats  # labels x (pieces and stars)
    bias: Floats  # labels

    def logits(self, text: str, rating: int | None) -> Floats:
        """Return the logarithm of each label's share."""
        columns, values = ngrams.weighted(text, self.known, self.rarity)
        scores = self.weights[:, columns] @ values + self.weights[:, len(self.known) + (rating or 0)] + self.bias
        powers = scores - scores.max()
        return np.asarray(powers - np.log(np.exp(powers).sum()), np.float32)


def softmax(labels: tuple[str, ...], logits: Floats) -> dict[str, float]:
    """Return probabilities that sum to one."""
    powers = np.exp(logits.astype(np.float64) - float(logits.max()))
    return dict(zip(labels, map(float, powers / powers.sum()), strict=True))


def encoder_tuning() -> Traversable:
    """Return where the tuning of the embedding model lies that goes with the heads of the package."""
    return resources.files("drafter.readers") / "models" / "encoder.npz"


@dataclass(frozen=True, kw_only=True)
class Heads:
    """All that the reader asks of its features."""

    mean: Floats  # of the features over the training texts
    scale: Floats  # one over their standard deviation; one for those that are already weighted
    situation: Head  # which situation it is
    present: Head  # which situations it shows, the main one and others
    sentiment: Head  # `-1`, `0`, `1`
    remedy: Head  # `needed`: the customer needs something put right
    harm: Head  # `told`: of an injury, a danger or a threat with the law
    words: WordHead  # which situation it is, by the words alone

    def situations(self, standardised: Floats, text: str, rating: int | None) -> dict[str, float]:
        """Return the share of each situation, by what is meant and by how it is said."""
        meant = self.situation.logits(standardised)
        said = self.words.logits(text, rating) * (WORDS_WEIGHT / self.situation.temperature)
        return softmax(self.situation.labels, meant + said)

    def standardised(self, raw: Floats) -> Floats:
        """Return features as the heads expect them."""
        return (raw - self.mean) * self.scale

    @classmethod
    def load(cls, folder: Traversable | None = None) -> Heads:
        """Return the heads that come with the package, or those of another folder."""
        place = folder or resources.files("drafter.readers") / "models"
        about = json.loads(place.joinpath("reader.json").read_text(encoding="utf-8"))
        with place.joinpath("reader.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            heads = {name: _head(name, about["heads"][name], arrays) for name in _LINEAR}
            words = WordHead(
                labels=heads["situation"].labels,
                known=arrays["words_known"],
                rarity=arrays["words_rarity"].astype(np.float32),
                weights=arrays["words_weights"].astype(np.float32),
                bias=arrays["words_bias"],
            )
            return cls(mean=arrays["mean"], scale=arrays["scale"], words=words, **heads)


_LINEAR = ("situation", "present", "sentiment", "remedy", "harm")


def _head(name: str, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Head:
    return Head(
        labels=tuple(about["labels"]),
        temperature=about["temperature"],
        threshold=about.get("threshold", 0.5),
        weights=arrays[f"{name}_weights"].astype(np.float32),
        bias=arrays[f"{name}_bias"].astype(np.float32),
    )
