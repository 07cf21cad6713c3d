"""Edits: how far a person's text is from the draft that they had before them, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

import regex
from rapidfuzz.distance import Levenshtein

from drafter.domain.draft import Draft
from drafter.domain.record import Record
from drafter.domain.text import UNSPACED_LANGUAGES

_WORDS = regex.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\s+|\S")
_MARKS = regex.compile(r"\X")  # letters with their signs: Thai vowels and tones do not come off
_LONGEST = 3_000  # words or letters that are compared one by one; a longer text counts as replaced

Kind = Literal["kept", "removed", "added"]


class Change(Record):
    """A stretch of text that an edit kept, took out, or put in."""

    kind: Kind
    text: str


def edit_distance(before: Draft, after: Draft) -> float:
    """Return how much of a draft was changed, 0 (nothing) to 1 (all): the normalised Levenshtein distance.

    It counts words and signs, or letters in languages that do not part words, over both texts of the draft together.
    """
    pairs = [(_counted(old, before.language), _counted(new, before.language)) for old, new in _parts(before, after)]
    longest = sum(max(len(old), len(new)) for old, new in pairs)
    changed = sum(Levenshtein.distance(old, new) for old, new in pairs)
    return round(changed / longest, 4) if longest else 0.0


def differences(before: Draft, after: Draft) -> tuple[tuple[Change, ...], ...]:
    """Return what became of the public reply and of the private message, of each that has changed."""
    changed = [(old, new) for old, new in _parts(before, after) if old != new]
    return tuple(difference(old, new, before.language) for old, new in changed)


def difference(before: str, after: str, language: str) -> tuple[Change, ...]:
    """Return how a text became another, in whole words where the language parts them."""
    old, new = _pieces(before, language), _pieces(after, language)
    if max(len(old), len(new)) > _LONGEST:
        return tuple(_joined([("removed", before), ("added", after)]))
    return tuple(_joined(_without_islands(list(_steps(old, new)))))


def _parts(before: Draft, after: Draft) -> list[tuple[str, str]]:
    return [
        (before.public_reply or "", after.public_reply or ""),
        (before.private_message or "", after.private_message or ""),
    ]


def _pieces(text: str, language: str) -> list[str]:
    found: list[str] = (_MARKS if language in UNSPACED_LANGUAGES else _WORDS).findall(text)
    return found


def _counted(text: str, language: str) -> list[str]:
    return [piece for piece in _pieces(text, language) if not piece.isspace()]


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[Kind, str]]:
    for step, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            yield "kept", "".join(old[start:end])
        else:
            yield "removed", "".join(old[start:end])
            yield "added", "".join(new[new_start:new_end])


def _without_islands(steps: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """Return the steps with a mere space between two changes as a part of both, so that phrases stay whole."""
    whole: list[tuple[Kind, str]] = []
    for place, (kind, text) in enumerate(steps):
        if kind == "kept" and text.isspace() and 0 < place < len(steps) - 1:
            whole += [("removed", text), ("added", text)]
        else:
            whole.append((kind, text))
    return whole


def _joined(steps: Iterable[tuple[Kind, str]]) -> Iterator[Change]:
    """Yield the steps with neighbours as one: what was taken out before what was put in."""
    for kept, group in groupby(steps, key=lambda step: step[0] == "kept"):
        found = list(group)
        for kind in ("kept",) if kept else ("removed", "added"):
            if text := "".join(text for of, text in found if of == kind):
                yield Change(kind=kind, text=text)


def marked(changes: Iterable[Change]) -> str:
    """Return a difference as one text, in the signs of GNU wdiff: `[-taken out-]`, `{+put in+}`."""
    signs: dict[Kind, tuple[str, str]] = {"kept": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(f"{signs[change.kind][0]}{change.text}{signs[change.kind][1]}" for change in changes)
