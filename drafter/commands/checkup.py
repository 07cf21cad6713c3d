"""What `doctor` finds about one part."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Check(NamedTuple):
    """What was found about one part."""

    part: str
    state: Literal["ok", "note", "missing"]  # a note may be right as it is
    detail: str  # what is there, or what to do
