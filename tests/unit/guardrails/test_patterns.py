"""No pattern backtracks without bound: a repetition within a repetition has something between that tells them apart.

`(a+)+` can part a run of a's in any number of ways and tries them all before it gives up. `(a+,)+` cannot: the comma is
in each round, and no `a` is a comma. The test reads each pattern's parse tree and asks for such a mark.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]  # the only parse tree of a pattern that there is
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import drafter.domain
import guardrails
from drafter.domain.errors import Misconfigured
from guardrails.kinds import rules, word_file

#: Characters that stand for their kinds: letters, digits, white space, signs, other scripts.
KINDS = frozenset(string.printable + "’“”«»éñßđơกคะ่あカ漢。、！？「」😊\u200b")
#: From here on a repetition counts as one without end.
MANY = 25
_WORD_FILES = sorted(path.stem for path in (Path(guardrails.__file__).parent / "words").glob("*.yaml"))


def patterns_of_modules() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for package in (guardrails, drafter.domain):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(info.name)).items():
                for number, pattern in enumerate(value if isinstance(value, tuple) else (value,)):
                    if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                        found[f"{info.name}.{name}.{number}"] = pattern
    return found


def patterns_of_words() -> dict[str, re.Pattern[str]]:
    found: dict[str, re.Pattern[str]] = {}
    for name in _WORD_FILES:
        try:
            sections = word_file(name)
        except Misconfigured:  # a file of plain words
            continue
        for key in sections:
            found_here = rules(name, key)
            for kind, patterns in (("flag", found_here.flag), ("unless", found_here.unless)):
                found |= {f"{name}.{key}.{kind}.{number}": pattern for number, pattern in enumerate(patterns)}
    return found


#: Where a repetition and a group keep what is in them.
_INNER = {op.MAX_REPEAT: 2, op.MIN_REPEAT: 2, op.POSSESSIVE_REPEAT: 2, op.SUBPATTERN: 3}


def characters(node: Any, flags: int) -> frozenset[str]:
    """Return which characters of the alphabet a part of a pattern can take up."""
    kind, value = node
    if kind is op.LITERAL:
        return frozenset({chr(value)} | ({chr(value).lower(), chr(value).upper()} if flags & re.IGNORECASE else set()))
    if kind in (op.NOT_LITERAL, op.IN, op.ANY):
        return frozenset(char for char in KINDS if _takes(kind, value, char, flags))
    if kind in _INNER:
        return _union(value[_INNER[kind]], flags)
    if kind is op.BRANCH:
        return frozenset().union(*(_union(branch, flags) for branch in value[1]))
    if kind in (op.ATOMIC_GROUP, op.GROUPREF_EXISTS):
        return KINDS
    return frozenset()  # looks around, edges: nothing is taken up


def _union(nodes: Any, flags: int) -> frozenset[str]:
    return frozenset().union(*(characters(node, flags) for node in nodes))


def _takes(kind: Any, value: Any, char: str, flags: int) -> bool:
    chars = {char, char.lower(), char.upper()} if flags & re.IGNORECASE else {char}
    if kind is op.ANY:
        return char != "\n" or bool(flags & re.DOTALL)
    if kind is op.NOT_LITERAL:
        return ord(char) != int(value)
    negated = value and value[0][0] is op.NEGATE
    return any(_in_class(item, one) for item in value for one in chars if len(one) == 1) is not bool(negated)


def _in_class(item: Any, char: str) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return ord(char) == int(value)
    if kind is op.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind is op.CATEGORY:
        letter = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rsplit("_", 1)[1]]
        return bool(re.fullmatch(letter.upper() if "NOT" in str(value) else letter, char))
    return False


def ambiguous(nodes: Any, flags: int) -> Iterator[str]:
    """Yield repetitions within which another one can take up the same run in several ways."""
    for kind, value in nodes:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            _, most, body = value
            if int(most) >= MANY:
                yield from _clashes(body, flags)
            yield from ambiguous(body, flags)
        elif kind is op.SUBPATTERN:
            yield from ambiguous(value[3], flags)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from ambiguous(branch, flags)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from ambiguous(value[1], flags)


def _clashes(body: Any, flags: int) -> Iterator[str]:
    for way in _ways(body):
        for place, (kind, value) in enumerate(way):
            if kind not in (op.MAX_REPEAT, op.MIN_REPEAT) or int(value[1]) < MANY:
                continue
            others = [node for at, node in enumerate(way) if at != place]
            marks = [characters(node, flags) for node in others if _is_needed(node)]
            if not any(mark and _apart(mark, way[place], flags) for mark in marks):
                yield f"{kind} of {sorted(_union(value[2], flags))[:5]}"


def _apart(mark: frozenset[str], repeat: Any, flags: int) -> bool:
    """Whether no character of a mark can be taken up by a repetition."""
    return not any(_can_take(node, char, flags) for char in mark for node in repeat[1][2])


def _can_take(node: Any, char: str, flags: int) -> bool:
    kind, value = node
    if kind in (op.NOT_LITERAL, op.IN, op.ANY):
        return _takes(kind, value, char, flags)
    return char in characters(node, flags)


def _ways(body: Any) -> list[list[Any]]:
    """Return a body without its groups: one sequence for each of its alternatives."""
    ways: list[list[Any]] = [[]]
    for node in body:
        kind, value = node
        if kind is op.SUBPATTERN:
            inner = _ways(value[3])
        elif kind is op.BRANCH:
            inner = [way for branch in value[1] for way in _ways(branch)]
        else:
            inner = [[node]]
        ways = [[*way, *more] for way in ways for more in inner]
    return ways


def _is_needed(node: Any) -> bool:
    kind, value = node
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return bool(value[0] >= 1)
    return kind not in (op.AT, op.ASSERT, op.ASSERT_NOT)


def faults(pattern: re.Pattern[str]) -> list[str]:
    return list(ambiguous(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG), pattern.flags))


@pytest.mark.parametrize(
    "bad", [r"(a+)+b", r"(?:[^.]*\s*)*x", r"(?:(?:ab|\w)+,?)*", r"(?:\s+|\s*-)+\d", r"(?:x{0,40}y?)*"]
)
def test_the_test_knows_a_bad_pattern(bad: str) -> None:
    assert faults(re.compile(bad))


@pytest.mark.parametrize("good", [r"(?:a+,)+b", r"(?:\s+\w+)*", r"\w+(?:['’-]\w+)*", r"(?:[A-Z]\w{0,5}\s)+"])
def test_the_test_lets_a_good_pattern_pass(good: str) -> None:
    assert not faults(re.compile(good))


def test_no_pattern_of_a_module_backtracks_without_bound() -> None:
    found = patterns_of_modules()
    assert len(found) > 40
    assert {name: told for name, pattern in found.items() if (told := faults(pattern))} == {}


def test_no_pattern_of_a_word_file_backtracks_without_bound() -> None:
    found = patterns_of_words()
    assert len(found) > 1_000
    assert {name: told for name, pattern in found.items() if (told := faults(pattern))} == {}
