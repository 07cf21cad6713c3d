"""The guardrails' training text: sentences of replies, our own, one JSON object a line, one file a language."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import guardrails
import prompts
from drafter.domain.record import Record
from drafter.domain.text import sentences
from drafter.domain.yaml_files import parsed
from prompts.library import Library, render

FOLDER = Path(__file__).parent / "replies"
TEMPLATES = Path(prompts.__file__).parent / "templates"

CASES = Path(guardrails.__file__).parent / "cases"

_QUOTED_GAP = re.compile(r"[“„«「]\{[a-z_]+\}[”“»」]")
_GAP = re.compile(r"\{[a-z_]+\}")
_SHORTEST = 12  # characters of a template's sentence

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


def of_templates(folder: Path = TEMPLATES) -> list[ReplySentence]:
    """Return the sentences of the template writer's own texts, which are clean, as the semantic layer sees them.

    What stands there for a fact or a policy (in the files of common words) is left out.
    """
    found: dict[ReplySentence, None] = {}
    for file in sorted(folder.glob("*/*.yaml")):
        content = parsed(file.read_text(encoding="utf-8"))
        language = content.pop("language")
        for text in _texts(content if "situation" in content else content.get("also")):
            shown = _GAP.sub("X", _QUOTED_GAP.sub("“…”", text))
            if len(text) > _SHORTEST:
                found.setdefault(ReplySentence(text=shown, codes=(), language=language))
    return list(found)


def of_points(library: Library | None = None) -> list[ReplySentence]:
    """Return the sentences by which the template writer repeats what reviews report: each point in one of them."""
    library = library or Library()
    found: dict[ReplySentence, None] = {}
    for language in library.languages():
        points, frames = library.points(language), library.common(language).points
        if points is None or frames is None:
            continue
        complaints = cycle((*frames.sorry, *frames.message, *frames.also))
        praise = cycle((*frames.glad, *frames.though))
        sides = ((points.complaints, complaints), (points.praise, praise))
        told = ((point, turns) for groups, turns in sides for group in groups.values() for point in group)
        for point, turns in told:
            clause = " ".join(render(point.says, {"after": "", "found": point.words[0]}).split())
            text = render(next(turns), {"point": clause})
            shown = (span.of(text) for span in sentences(text, language))
            found |= {ReplySentence(text=one, codes=(), language=language): None for one in shown}
    return list(found)


def of_cases(folder: Path = CASES) -> list[ReplySentence]:
    """Return the sentences that the rules' own cases let pass without facts: clean ones."""
    found: dict[ReplySentence, None] = {}
    for code in SEMANTIC_CODES:
        content = parsed((folder / f"{code}.yaml").read_text(encoding="utf-8"))
        for language, kinds in content.items():
            plain = (entry for entry in kinds["pass"] if isinstance(entry, str))
            found |= {ReplySentence(text=text, codes=(), language=language): None for text in plain}
    return list(found)


def _texts(content: object) -> Iterator[str]:
    """Yield the texts of a tree of mappings and lists."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _texts(part)


def hash_of(texts: Sequence[ReplySentence]) -> str:
    """Return a hash that changes with any text or label."""
    digest = hashlib.sha256()
    for sentence in texts:
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
