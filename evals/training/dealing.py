"""Texts dealt out in batches of about one length, so that each length is compiled once and little is padding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def dealt(
    tokens: Sequence[Sequence[int]], order: Sequence[int], *, lengths: Sequence[int], most: int
) -> list[tuple[int, int, list[int]]]:
    """Return groups of texts: the length they are padded to, the size of the batch, and the texts.

    Args:
        tokens: of each text.
        order: the texts to deal out, by their places in `tokens`.
        lengths: to which texts may be padded, rising; the last one holds the longest text.
        most: tokens of a batch.
    """
    by_length: dict[int, list[int]] = defaultdict(list)
    for row in order:
        by_length[next(length for length in lengths if length >= len(tokens[row]))].append(row)
    groups: list[tuple[int, int, list[int]]] = []
    for length, rows in by_length.items():
        size = min(64, max(8, most // length))
        groups.extend((length, size, rows[at : at + size]) for at in range(0, len(rows), size))
    return groups


def mask_of(tokens: Sequence[Sequence[int]], rows: Sequence[int], size: int, length: int) -> NDArray[np.bool_]:
    """Return where a batch has tokens."""
    mask = np.zeros((size, length), bool)
    mask[:, 0] = True  # a row that only fills up has one token, or its mean would be nothing by nothing
    for at, row in enumerate(rows):
        mask[at, : len(tokens[row])] = True
    return mask
