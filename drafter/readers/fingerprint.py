"""Fingerprints: by what two reviews are found to say nearly the same, without comparing all with all.

MinHash over groups of letters (Broder 1997): of 64 hash functions each keeps the smallest value that a text's groups
have. Four of them make a band; two texts that share a band are likely alike, and then compared group by group. Of
texts that have 80 % of their groups in common 99.9 % share a band, with 60 % nine in ten, with 20 % one in forty.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from drafter.domain.visible import visible

ALIKE = 0.6  # share of common letter groups from which one review is nearly the other: a few words apart
BANDS = 16
_ROWS = 4  # hash functions a band
_GROUP = 5  # letters of a group; in scripts that write a syllable or a word with one character, fewer
_GROUP_DENSE = 3
_LEAST = 60  # letters; shorter texts are alike by chance: thousands of customers write "good product, fast delivery"
_LEAST_DENSE = 30
_MOST = 4_000  # letters that are compared
_DENSE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_PRIME = (1 << 31) - 1  # products of two values below it fit into 64 bits

Groups = frozenset[int]


def groups(text: str) -> Groups:
    """Return the groups of letters of a text, hashed; empty where it is too short to be told from others.

    Case, punctuation, digits, emoji and disguises do not count.
    """
    plain = _DRAWN_OUT.sub(r"\1", _NOT_LETTERS.sub("", visible(text).casefold()))[:_MOST]
    dense = len(_DENSE.findall(plain)) * 2 > len(plain)
    if len(plain) < (_LEAST_DENSE if dense else _LEAST):
        return frozenset()
    size = _GROUP_DENSE if dense else _GROUP
    return frozenset(zlib.crc32(plain[at : at + size].encode()) for at in range(len(plain) - size + 1))


def bands(of: Groups) -> tuple[int, ...]:
    """Return the bands of a text's groups, each a number below 2 to the 63rd; none where there are no groups."""
    if not of:
        return ()
    factors, summands = _functions()
    values = np.fromiter(of, dtype=np.uint64, count=len(of)) % _PRIME
    smallest = np.array(
        [((values * factor + summand) % _PRIME).min() for factor, summand in zip(factors, summands, strict=True)]
    )
    return tuple(_number(row.tobytes()) for row in smallest.astype("<u8").reshape(BANDS, _ROWS))


def in_common(one: Groups, other: Groups) -> float:
    """Return the share of the groups of both that they have in common."""
    return len(one & other) / max(len(one | other), 1)


@cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the factors and summands of the hash functions, the same on every machine and for ever."""
    numbers = [_number(f"fingerprint {at}".encode()) % (_PRIME - 1) + 1 for at in range(2 * BANDS * _ROWS)]
    return np.array(numbers[::2], dtype=np.uint64), np.array(numbers[1::2], dtype=np.uint64)


def _number(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()) >> 1
