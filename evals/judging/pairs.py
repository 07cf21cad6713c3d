"""Calibration pairs: two replies to one review, and which is better by the rubric in the eyes of the set's author.

One author wrote and labelled them; there is no second reader, so that a judge's agreement with them is agreement with
one person's reading of the rubric.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from drafter.domain.case import Case
from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Product, Review
from drafter.domain.situation import SituationName
from drafter.domain.yaml_files import parsed
from evals.judging.judge import Verdict
from evals.judging.rubric import Quality
from evals.judging.shown import Reply


class Pair(Record):
    """A review with two replies."""

    name: str
    language: str  # of the review
    situation: SituationName | None = None
    case: Case
    first: Reply
    second: Reply


class LabelledPair(Pair):
    """A pair of which a person said which is better."""

    better: Verdict
    quality: Quality  # that decides; for a tie the one in which they differ most
    why: str
    kind: str  # what makes it easy or hard: `longer_but_emptier`, `warm_but_inventing`


class _Entry(Record):
    """A pair as the YAML has it."""

    name: str
    situation: SituationName
    kind: str
    rating: int | None = None
    product: str | None = None
    author: str | None = None
    review: str
    facts: CaseFacts = {}
    first: str | Reply
    second: str | Reply
    better: Verdict
    quality: Quality
    why: str


def calibration_pairs() -> tuple[LabelledPair, ...]:
    """Return the pairs that come with this version, language by language."""
    folder = files("evals.judging") / "pairs"
    sheets = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(
        pair
        for sheet in sheets
        for pair in pairs_of(parsed(sheet.read_text(encoding="utf-8")), sheet.name.removesuffix(".yaml"))
    )


def pairs_of(entries: Iterable[Any], language: str) -> tuple[LabelledPair, ...]:
    """Return the pairs of a file's content. Raises BadInput, which names what is wrong."""
    try:
        return tuple(_pair(_Entry.model_validate(entry), language) for entry in entries)
    except ValidationError as error:
        fault = error.errors()[0]
        raise BadInput(f"A pair in {language}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}.") from None


def _pair(entry: _Entry, language: str) -> LabelledPair:
    review = Review(
        external_id=entry.name,
        text=entry.review,
        rating=entry.rating,
        author=entry.author,
        product=Product(name=entry.product),
    )
    return LabelledPair(
        name=entry.name,
        language=language,
        situation=entry.situation,
        case=Case(review=review, case_facts=entry.facts),
        first=_reply(entry.first),
        second=_reply(entry.second),
        better=entry.better,
        quality=entry.quality,
        why=entry.why,
        kind=entry.kind,
    )


def _reply(given: str | Reply) -> Reply:
    return given if isinstance(given, Reply) else Reply(public=given)
