"""Materials and origins that a reply names though nothing known does: contradicted by the facts, or made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from drafter.domain.text import Span
from guardrails.kinds import clause_around
from guardrails.normalise import seen
from guardrails.prefilter import Prefilter
from guardrails.statements import is_denied
from guardrails.subject import Subject

_FILE = Path(__file__).parent / "words" / "materials.yaml"
_BEGINNING = 4  # letters
_CLAUSES = re.compile(r"[.!?;\n。！？,、](?!\d)")


def unknown_materials(subject: Subject) -> Iterator[Span]:
    """Yield the materials of a text that neither facts, review nor product name hold, or that a fact denies."""
    view = subject.folded_views[0]
    for pattern in _materials().able(view.pieces):
        for match in pattern.finditer(view.text):
            span = view.span(*match.span())
            if is_denied(clause_around(view.text, *match.span())):
                continue
            if not (subject.is_quoted(span) or _is_known(subject, pattern, match[0])):
                yield span


def _is_known(subject: Subject, pattern: re.Pattern[str], word: str) -> bool:
    """Whether the review names it (whoever says what of it), or a fact says that it is so."""
    stated = seen(f"{subject.review_text}\n{subject.product_name}").folded.text
    facts = seen(subject.facts_text).folded.text
    in_facts = [clause for clause in _CLAUSES.split(facts) if pattern.search(clause)]
    if in_facts:
        return not all(is_denied(clause) for clause in in_facts)
    return bool(pattern.search(stated)) or _begins_a_word(word, stated)


def _begins_a_word(word: str, stated: str) -> bool:
    """Whether a known word begins as the material does: "Wolle" and "Wollsocken"."""
    return word.isascii() and len(word) > _BEGINNING and word[:_BEGINNING] in stated


@cache
def _materials() -> Prefilter:
    content: dict[str, str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Prefilter([re.compile(rf"(?<![a-z])(?:{words})(?![a-z])") for words in content.values()])
