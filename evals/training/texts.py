"""The training texts: our own sentences, one JSON object a line, one file a language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from drafter.domain.record import Record
from drafter.domain.situation import Channel, Flag, SituationName

_SHORT = 60  # characters

FOLDER = Path(__file__).parent / "texts"


class TrainingText(Record):
    """A text as a customer might write it, with what a reader should find in it."""

    text: str
    situation: SituationName
    secondary: tuple[SituationName, ...] = ()
    language: str
    rating: int | None = None  # stars that go with it
    sentiment: Literal[-1, 0, 1]
    channel: Channel
    detail: str | None = None  # the words that a good reply takes up
    flags: tuple[Flag, ...] = ()
    legal_threat: bool = False

    @property
    def of_one_point(self) -> bool:
        """Whether the text is a short one that says one thing; the longer ones name their detail."""
        return self.detail is None and not self.secondary and len(self.text) < _SHORT


def load(folder: Path = FOLDER) -> list[TrainingText]:
    """Return all training texts, in the order of files and lines."""
    return [
        TrainingText.model_validate(json.loads(line))
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def hash_of(texts: Sequence[TrainingText]) -> str:
    """Return a hash that changes with any text or label."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.model_dump_json().encode() + b"\n")
    return digest.hexdigest()[:16]
