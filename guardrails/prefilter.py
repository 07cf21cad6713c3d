"""Prefilter: which patterns can match a text at all, told by a few letters that each of their matches must have.

Most of some two thousand patterns have nothing to do with a reply. From each one's parse tree we take pieces of letters
of which every match holds at least one; a text without any of those pieces needs no search. The parse tree is that of
Python's own `re`, which is where it is taken from; what is not understood there is searched, so that a surprise costs
time and never a finding.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from re import _constants as nodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Generic, TypeAlias, TypeVar

_LENGTH = 5  # letters of a piece; a shorter word is taken whole
_MOST_PIECES = 40  # of one pattern; more say too little

Pieces: TypeAlias = frozenset[str]
Place = TypeVar("Place", bound=Hashable)


class Prefilter:
    """The patterns of a set, found by the pieces of a text."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = patterns
        self._needed = [needed(pattern) for pattern in patterns]
        places: dict[str, list[int]] = defaultdict(list)
        for place, sets in enumerate(self._needed):
            for piece in sets[0] if sets else ():
                places[piece].append(place)
        self._places: Mapping[str, list[int]] = dict(places)
        self._pieces = frozenset(places)
        self._always = [place for place, sets in enumerate(self._needed) if not sets]

    def able(self, pieces: AbstractSet[str]) -> list[re.Pattern[str]]:
        """Return the patterns that may match a text of these pieces, in their order; those left out cannot."""
        return [pattern for _, pattern in self.numbered(pieces)]

    def numbered(self, pieces: AbstractSet[str]) -> list[tuple[int, re.Pattern[str]]]:
        """Return the same, each pattern with its number in the order."""
        known = self._pieces & pieces
        if not known and not self._always:
            return []
        places = {place for piece in known for place in self._places[piece]}
        able = [place for place in places if not any(other.isdisjoint(pieces) for other in self._needed[place][1:])]
        return [(place, self._patterns[place]) for place in sorted([*able, *self._always])]


class Index(Generic[Place]):
    """Several sets of patterns, looked up together by the pieces of a text."""

    def __init__(self, sets: Mapping[Place, Sequence[re.Pattern[str]]]) -> None:
        self._places = list(sets)
        self._owners = [number for number, place in enumerate(self._places) for _ in sets[place]]
        self._all = Prefilter([pattern for place in self._places for pattern in sets[place]])

    def able(self, pieces: AbstractSet[str]) -> Iterator[tuple[Place, list[re.Pattern[str]]]]:
        """Yield the sets of which a pattern may match a text of these pieces, each with those patterns in order."""
        grouped: dict[int, list[re.Pattern[str]]] = {}
        for number, pattern in self._all.numbered(pieces):
            grouped.setdefault(self._owners[number], []).append(pattern)
        yield from ((self._places[owner], patterns) for owner, patterns in grouped.items())


def pieces_of(text: str) -> frozenset[str]:
    """Return all stretches of a text of two to five characters."""
    pieces: list[str] = list(map(operator.add, text, text[1:]))
    found = [pieces]
    for length in range(2, _LENGTH):
        pieces = list(map(operator.add, pieces, text[length:]))
        found.append(pieces)
    return frozenset(chain.from_iterable(found))


def needed(pattern: re.Pattern[str]) -> tuple[Pieces, ...]:
    """Return sets of pieces, of each of which every match of a pattern holds one; the most telling set comes first."""
    if pattern.flags & re.IGNORECASE:
        return ()
    return tuple(sorted(_of_sequence(parser.parse(pattern.pattern, pattern.flags)), key=_telling, reverse=True))


def _telling(pieces: Pieces) -> tuple[int, int]:
    return min(map(len, pieces)), -len(pieces)


def _of_sequence(sequence: Sequence[tuple[Any, Any]]) -> list[Pieces]:
    """Return the pieces of what follows each other: of words, and of groups that are not optional."""
    found: list[Pieces] = []
    run = ""
    for kind, argument in [*sequence, (None, None)]:
        if kind is nodes.LITERAL:
            run += chr(argument)
            continue
        if len(run) > 1:
            found.append(frozenset({_tell_tale(run)}))
        run = ""
        found += _of_node(kind, argument)
    return [pieces for pieces in found if len(pieces) <= _MOST_PIECES]


def _of_node(kind: Any, argument: Any) -> list[Pieces]:  # noqa: ANN401  # a node of the parse tree
    if kind is nodes.SUBPATTERN:
        _, flags, _, inner = argument
        return [] if flags & re.IGNORECASE else _of_sequence(inner)
    if kind is nodes.BRANCH:
        branches = [_of_sequence(branch) for branch in argument[1]]
        return [frozenset().union(*(max(sets, key=_telling) for sets in branches))] if all(branches) else []
    if kind in (nodes.MAX_REPEAT, nodes.MIN_REPEAT, nodes.POSSESSIVE_REPEAT) and argument[0] > 0:
        return _of_sequence(argument[2])
    return []


def _tell_tale(word: str) -> str:
    """Return the piece of a word that stands for it: its middle, since beginnings and endings are alike in many."""
    start = max(0, (len(word) - _LENGTH) // 2)
    return word[start : start + _LENGTH]
