"""The guardrails' training text: sentences of replies, our own, one JSON object a line, one file a language."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drafter.domain.record import Record

FOLDER = Path(__file__).parent / "replies"

#: What the heads learn to tell. Length, gaps, swearing and the language are for rules only.
SEMANTIC_CODES: tuple[str, ...] = (
    "tone",
    "incentive",
    "promotional",
    "personal_data",
    "off_platform_contact",
    "unverified_commitment",
    "unsupported_claim",
    "liability",
    "impersonation",
    "injection_compliance",
)


class ReplySentence(Record):
    """A sentence of a reply, with the codes of what it does where no case fact bears it out."""

    text: str
    codes: tuple[str, ...]
    language: str


def load(folder: Path = FOLDER) -> list[ReplySentence]:
    """Return all sentences, in the order of files and lines."""
    return [
        ReplySentence.model_validate(json.loads(line))
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def hash_of(sentences: Sequence[ReplySentence]) -> str:
    """Return a hash that changes with any text or label."""
    digest = hashlib.sha256()
    for sentence in sentences:
        digest.update(sentence.model_dump_json().encode() + b"\n")
    return digest.hexdigest()[:16]


def labels(sentences: Sequence[ReplySentence]) -> NDArray[np.bool_]:
    """Return which codes each sentence has: sentences x codes."""
    return np.array([[code in sentence.codes for code in SEMANTIC_CODES] for sentence in sentences])


def blocks(sentences: Sequence[ReplySentence], count: int) -> NDArray[Any]:
    """Return in which part of its language's file each sentence stands: those of one sitting stand together."""
    total = Counter(sentence.language for sentence in sentences)
    seen: Counter[str] = Counter()
    found: list[int] = []
    for sentence in sentences:
        found.append(seen[sentence.language] * count // total[sentence.language])
        seen[sentence.language] += 1
    return np.array(found)
