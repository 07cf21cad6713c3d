"""Materials and origins that a reply names though nothing known does: contradicted by the facts, or made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from drafter.domain.text import Span
from drafter.domain.yaml_files import parsed
from guardrails.kinds import clause_around
from guardrails.normalise import seen
from guardrails.prefilter import Prefilter
from guardrails.statements import QUESTION, is_denied
from guardrails.subject import Subject

_FOLDER = Path(__file__).parent / "words"
_BEGINNING = 4  # letters
_CLAUSES = re.compile(r"[.!?;\n。！？,、](?!\d)")
_NEAR = 24  # letters before and after a material in which it is said to be genuine


def unknown_materials(subject: Subject) -> Iterator[Span]:
    """Yield the materials of a text that neither facts, review nor product name hold, or that a fact denies."""
    view = subject.folded_views[0]
    for pattern in _materials().able(view.pieces):
        for match in pattern.finditer(view.text):
            span, clause = view.span(*match.span()), clause_around(view.text, *match.span())
            if _is_called_genuine(match):
                denied = is_denied(_between_commas(clause, match[0]))
                known = subject.is_from_quotation(span) or _is_known_as_genuine(subject, pattern)
            else:
                denied = is_denied(clause)
                known = subject.is_quoted(span) or _is_known(subject, pattern, match[0])
            if not (denied or known):
                yield span


def _between_commas(clause: str, word: str) -> str:
    return next((part for part in _CLAUSES.split(clause) if word in part), clause)


def _is_known(subject: Subject, pattern: re.Pattern[str], word: str) -> bool:
    """Whether the review names it (whoever says what of it), or a fact says that it is so."""
    stated = seen(f"{subject.review_text}\n{subject.product_name}").folded.text
    facts = seen(subject.facts_text).folded.text
    in_facts = [clause for clause in _CLAUSES.split(facts) if pattern.search(clause)]
    if in_facts:
        return not all(is_denied(clause) for clause in in_facts)
    return bool(pattern.search(stated)) or _begins_a_word(word, stated)


def _is_called_genuine(match: re.Match[str]) -> bool:
    """Whether a material is said to be real, pure or the only one, in its own words or just beside them."""
    genuine = _genuine()
    before, after = match.string[: match.start()][-_NEAR:], match.string[match.end() :][:_NEAR]
    return any(
        genuine[place].search(words) for place, words in (("within", match[0]), ("before", before), ("after", after))
    )


def _is_known_as_genuine(subject: Subject, pattern: re.Pattern[str]) -> bool:
    """Whether a fact has the material and no other beside it; without such a fact, whether the buyer calls it so.

    The name of a product is no proof: "leather wallet" is what a wallet that looks like leather is called, too.
    """
    facts = seen(subject.facts_text).folded.text
    in_facts = [clause for clause in _CLAUSES.split(facts) if pattern.search(clause)]
    if in_facts or _genuine()["other"].search(facts):
        return any(not is_denied(clause) and not _genuine()["other"].search(clause) for clause in in_facts)
    stated = QUESTION.sub(" ", seen(f"{subject.review_text}\n{subject.product_name}").folded.text)
    return any(_is_called_genuine(match) for match in pattern.finditer(stated))


def _begins_a_word(word: str, stated: str) -> bool:
    """Whether a known word begins as the material does: "Wolle" and "Wollsocken"."""
    return word.isascii() and len(word) > _BEGINNING and word[:_BEGINNING] in stated


@cache
def _materials() -> Prefilter:
    return Prefilter([re.compile(rf"(?<![a-z])(?:{words})(?![a-z])") for words in _file("materials").values()])


@cache
def _genuine() -> dict[str, re.Pattern[str]]:
    return {place: re.compile(words) for place, words in _file("genuine").items()}


def _file(name: str) -> dict[str, str]:
    content: dict[str, str] = parsed((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return content
