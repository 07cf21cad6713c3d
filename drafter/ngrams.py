"""Character n-grams: the pieces of words that a text is made of, as numbers that a linear head can weigh.

A sentence vector knows what is meant and forgets how it was written. The pieces know the words, and typos and endings
change few of them; so the two err on different texts. A piece is known by its hash; those that the training text has
often enough have a column.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray

_SIZES = range(2, 6)  # characters of a piece
_WORDS = re.compile(r"\S+")
_DIGITS = re.compile(r"\d")


def pieces(text: str) -> Counter[int]:
    """Return how often each piece stands in a text, by its hash; a word's edges count as characters, a digit as any."""
    counts: Counter[int] = Counter()
    for word in _WORDS.findall(_DIGITS.sub("0", text.lower())):
        edged = f" {word} ".encode("utf-32-le")
        for size in _SIZES:
            width = 4 * size
            counts.update(zlib.crc32(edged[at : at + width]) for at in range(0, max(len(edged) - width, 0) + 1, 4))
    return counts


def weighted(
    text: str, known: NDArray[np.uint32], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the columns of a text's pieces and their weights, whose squares sum to one.

    `known` holds the hashes of the pieces that have a column, in their order; a piece weighs more the rarer it is in
    the training text (`rarity`, one number a column); a second and a third time add less than the first.
    """
    counts = pieces(text)
    hashes = np.fromiter(counts.keys(), np.uint32, len(counts))
    columns = np.minimum(np.searchsorted(known, hashes), max(len(known) - 1, 0))
    found = known[columns] == hashes
    columns = columns[found]
    times = np.fromiter(counts.values(), np.float32, len(counts))[found]
    weights = (1 + np.log(times)) * rarity[columns]
    return columns, np.asarray(weights / max(float(np.linalg.norm(weights)), 1e-9), np.float32)
