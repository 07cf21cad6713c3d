"""The ledger of model calls, kept at the model's door: which were made again, and whether they had to be."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from drafter.testing import ChatRequest

_WORD = re.compile(r"\b[a-z]{6}\b")
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def mark(number: int) -> str:
    """Return a made-up word by which a review is known in a prompt; no two numbers below 343,000 share one."""
    size = len(_SYLLABLES)
    return _SYLLABLES[number % size] + _SYLLABLES[number // size % size] + _SYLLABLES[number // size**2 % size]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the model."""

    start: str  # of a worker
    review: str  # its mark
    number: int  # of the draft's calls, from 1: the first try, then its repairs
    kept: bool  # the answer to this very call was on record already
    repeats: bool  # the same call was made before
    sender_lived: bool  # and one that made it was alive
    late: bool  # who made it was dead by the time it came


class Calls:
    """All calls of a run. `note` is for `ModelServer(on_request=...)`."""

    def __init__(self, kept: Callable[[str], int]) -> None:
        """Make a ledger.

        Args:
            kept: how many answers are on record for a review, by its mark; all that it needs, once it has its item.
        """
        self._kept = kept
        self._lock = threading.Lock()
        self._dead: set[str] = set()
        self.all: list[Call] = []
        self.marks: set[str] = set()

    def note(self, request: ChatRequest) -> None:
        """Take a call down as it comes in."""
        if request.method != "POST":
            return
        start, review = request.path.split("/")[1], self._review_of(request)
        number = 2 if request.is_repair else 1
        kept = self._kept(review) >= number
        with self._lock:
            before = [call for call in self.all if (call.review, call.number) == (review, number)]
            lived = any(call.start not in self._dead for call in before)
            late = start in self._dead
            fields = {"kept": kept, "repeats": bool(before), "sender_lived": lived, "late": late}
            self.all.append(Call(start=start, review=review, number=number, **fields))

    def died(self, start: str) -> None:
        """Take down that a worker was killed, once it is no more."""
        with self._lock:
            self._dead.add(start)

    def of(self, review: str) -> list[Call]:
        """Return the calls for a review so far."""
        with self._lock:
            return [call for call in self.all if call.review == review]

    def by(self, start: str) -> list[Call]:
        """Return the calls that one start of a worker has made."""
        with self._lock:
            return [call for call in self.all if call.start == start]

    @property
    def repeats(self) -> list[Call]:
        """The calls that were made before."""
        return [call for call in self.all if call.repeats]

    @property
    def most_by_one_start(self) -> int:
        """How often one worker made the same call, at most."""
        made = Counter((call.start, call.review, call.number) for call in self.all)
        return max(made.values(), default=0)

    def _review_of(self, request: ChatRequest) -> str:
        found = self.marks.intersection(_WORD.findall(request.text))
        if len(found) != 1:
            raise ValueError(f"a prompt names {len(found)} reviews")
        return found.pop()
