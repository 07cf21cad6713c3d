"""Heads: small linear models over features, trained offline and read from plain arrays.

`reader.npz` holds the arrays, `reader.json` beside it the labels, the calibration and the hash of the training texts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


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


def softmax(labels: tuple[str, ...], logits: Floats) -> dict[str, float]:
    """Return probabilities that sum to one."""
    powers = np.exp(logits.astype(np.float64) - float(logits.max()))
    return dict(zip(labels, map(float, powers / powers.sum()), strict=True))


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

    def standardised(self, raw: Floats) -> Floats:
        """Return features as the heads expect them."""
        return (raw - self.mean) * self.scale

    @classmethod
    def load(cls, folder: Traversable | None = None) -> Heads:
        """Return the heads that come with the package, or those of another folder."""
        place = folder or resources.files("drafter.readers") / "models"
        about = json.loads(place.joinpath("reader.json").read_text(encoding="utf-8"))
        with place.joinpath("reader.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            heads = {
                name: Head(
                    labels=tuple(about["heads"][name]["labels"]),
                    temperature=about["heads"][name]["temperature"],
                    threshold=about["heads"][name].get("threshold", 0.5),
                    weights=arrays[f"{name}_weights"].astype(np.float32),
                    bias=arrays[f"{name}_bias"].astype(np.float32),
                )
                for name in ("situation", "present", "sentiment", "remedy", "harm")
            }
            return cls(mean=arrays["mean"], scale=arrays["scale"], **heads)
