"""The embedding model's vocabulary: how it cuts a text into tokens. Training needs it, reading leaves it to the engine.

A unigram vocabulary: of all ways to cut a text into known pieces, the one whose scores sum to the most.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

from drafter.weights import VOCABULARY_AT

_SPACE = "▁"  # stands for a space inside pieces
_UNKNOWN_COSTS = 10.0  # below the worst piece, for a character that no piece covers
_WORST = -1e30


class Vocabulary:
    """The pieces, their scores and the normalisation of characters, read from a weights file."""

    def __init__(self, weights: bytes) -> None:
        count, self.start, self.end, self.padding, self.unknown = struct.unpack_from("<5i", weights, VOCABULARY_AT)
        (blob_size,) = struct.unpack_from("<Q", weights, VOCABULARY_AT + 20)
        at = VOCABULARY_AT + 28
        ends = struct.unpack_from(f"<{count + 1}I", weights, at)
        at += 4 * (count + 1)
        self._scores = struct.unpack_from(f"<{count}f", weights, at)
        at += 4 * count
        blob = weights[at : at + blob_size]
        pieces = (blob[begin:end] for begin, end in pairwise(ends))
        self._pieces: dict[bytes, int] = {}
        for number, piece in enumerate(pieces):
            self._pieces.setdefault(piece, number)
        self._pieces.pop(b"", None)
        self._longest = max(map(len, self._pieces))
        self._unknown_score = min(self._scores) - _UNKNOWN_COSTS
        self._normal = dict(_normalised(weights, at + blob_size))

    def tokens(self, text: str, *, most: int) -> list[int]:
        """Return the numbers of a query's tokens, between start and end, cut to so many."""
        characters = self._characters("query: " + text)
        return [self.start, *self._best(characters)[: most - 2], self.end]

    def _characters(self, text: str) -> list[bytes]:
        """Return a text's characters as the pieces write them: normalised, runs of spaces as one."""
        normal = "".join(self._normal.get(char, char) for char in text)
        while "  " in normal:
            normal = normal.replace("  ", " ")
        spaced = normal if normal.startswith(" ") else " " + normal
        return [char.encode("utf-8", "replace") for char in spaced.replace(" ", _SPACE)]

    def _best(self, characters: list[bytes]) -> list[int]:
        """Return the pieces of the best way through the characters (Viterbi)."""
        size = len(characters)
        best = [0.0] + [_WORST] * size
        came: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for at in range(size):
            for end, piece in self._pieces_from(characters, at):
                score = best[at] + self._scores[piece]
                if score > best[end]:
                    best[end], came[end] = score, (at, piece)
            if best[at] + self._unknown_score > best[at + 1]:
                best[at + 1], came[at + 1] = best[at] + self._unknown_score, (at, self.unknown)
        found: list[int] = []
        while size:
            size, piece = came[size]
            found.append(piece)
        return found[::-1]

    def _pieces_from(self, characters: list[bytes], at: int) -> Iterator[tuple[int, int]]:
        """Yield the end and the number of each piece that begins at a character."""
        held = b""
        for end in range(at, len(characters)):
            held += characters[end]
            if len(held) > self._longest:
                return
            piece = self._pieces.get(held)
            if piece is not None and piece != self.unknown:
                yield end + 1, piece


def _normalised(weights: bytes, at: int) -> Iterator[tuple[str, str]]:
    """Yield each character that is written otherwise, and how."""
    (count,) = struct.unpack_from("<i", weights, at)
    at += 8
    for _ in range(count):
        code, size = struct.unpack_from("<IB", weights, at)
        yield chr(code), "".join(map(chr, struct.unpack_from(f"<{size}I", weights, at + 5)))
        at += 5 + 4 * size
