"""Features: the numbers that a head sees of a text. Training and reading share this one function."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drafter.readers.words import mentions

#: Topics whose words count as features, in the order of their columns; changing it needs a new training.
TOPICS = (
    "delay",
    "not_received",
    "carrier",
    "defect",
    "poor_make",
    "counterfeit",
    "fit",
    "expectation",
    "wrong_sent",
    "no_help",
    "praise",
    "lukewarm",
    "injury",
    "fire",
    "spoiled",
    "legal",
    "coins",
    "advert",
    "insult",
    "child_danger",
    "danger",
)
_STARS = 6  # one column each for no rating and for 1 to 5 stars
_STARS_WEIGHT = 2.0
_TOPIC_WEIGHT = 6.0

MAX_CHARACTERS = 900  # of one text, embedded: about 300 tokens, 0.2 s


def columns(dimensions: int) -> int:
    """Return the number of features for vectors of so many dimensions."""
    return dimensions + _STARS + len(TOPICS)


def features(vector: NDArray[np.float32], *, text: str, language: str, rating: int | None) -> NDArray[np.float32]:
    """Return the features of a text; the vector is the embedder's, standardised later by the head."""
    stars = np.zeros(_STARS, dtype=np.float32)
    stars[rating or 0] = _STARS_WEIGHT
    topics = np.array([mentions(topic, text, language) for topic in TOPICS], dtype=np.float32) * _TOPIC_WEIGHT
    return np.concatenate([vector, stars, topics])
