"""Ids: made by us, the same on both databases, in the order of their time."""

from __future__ import annotations

import secrets
import threading
import time

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # base 32 without i, l, o, u: read aloud without doubt
_RANDOM_BITS = 74

_last = 0
_guard = threading.Lock()


def new_id(prefix: str) -> str:
    """Return a new id, `rev_01k9x...`: 26 characters after the prefix, later ones sort after earlier ones.

    The layout is that of UUID version 7 (RFC 9562): 48 bits of milliseconds, then chance; within a process the id
    always grows, also within one millisecond. Near neighbours in time are near neighbours in an index.
    """
    global _last  # noqa: PLW0603  # the last id of this process, so that the next one is larger
    fresh = time.time_ns() // 1_000_000 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    with _guard:
        _last = fresh if fresh > _last else _last + 1 + secrets.randbits(32)
        number = _last
    return f"{prefix}_{_base32(number)}"


def _base32(number: int) -> str:
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))
