"""Settling: whether a review tells that its case is closed, so that the customer needs nothing more put right."""

from __future__ import annotations

from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.readers.rules import Reading
from drafter.readers.words import find
from drafter.reports.matching import stands_in
from drafter.reports.points import NEAR_CHARACTERS, NEAR_WORDS
from prompts.library import Library


def is_settled(reading: Reading, library: Library) -> bool:
    """Whether money back, another one or a solution has come, and a word before does not deny it."""
    points = library.points(reading.language)
    denied = points.denied if points else ()
    for span in find("settled", reading.text, reading.language):
        before, after = reading.text[: span.start], reading.text[span.end :]
        if reading.language in UNSPACED_LANGUAGES:
            near, behind = before[-NEAR_CHARACTERS:], after[:NEAR_CHARACTERS]
        else:
            near, behind = " ".join(before.split()[-NEAR_WORDS:]), " ".join(after.split()[:1])
        if not (denied and (stands_in(denied, near) or (points and stands_in(points.denied_after, behind)))):
            return True
    return False
