"""Cases of reviews: what goes in, what a right answer is, and the YAML that holds them; unknown keys are refused.

A dataset is a YAML file or a folder of them. `evals.loading` opens any kind of dataset by name or path.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError
from pydantic_evals import Case as EvalCase
from pydantic_evals import Dataset

from drafter.domain.case import Case, Prepared
from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route, SituationName
from drafter.domain.yaml_files import parsed
from drafter.store.outcomes import Outcome

DATASETS = Path(__file__).parent / "datasets"
SCHEMA = DATASETS / "schema.json"  # of the files below, for editors; `schema_text` is what it must hold
SHORT = 20  # characters of a review; below it, there is hardly anything to take up

Words = tuple[str, ...]


class Inputs(Record):
    """A review with what the seller knows about it."""

    review: Review
    case_facts: CaseFacts = {}
    shop: Shop = Shop()

    def as_case(self) -> Case:
        """Return the case that the pipeline prepares."""
        return Case(review=self.review, shop=self.shop, case_facts=self.case_facts)


class Point(Record):
    """A point that the review states, and how a reply shows that it was answered."""

    says: str  # what the customer states, in a few words
    words: Mapping[str, Words]  # by language of the reply; one of them in the reply is enough


class DecidedDraft(Record):
    """A draft that people decided on, personal data replaced; it shows what went wrong, and no score is taken by it."""

    outcome: Outcome
    public_reply: str | None = None
    private_message: str | None = None
    difference: str | None = None  # to what was approved, `[-taken out-]{+put in+}`; the private message after a line
    edit_distance: float | None = None  # 0 to 1
    reason: str | None = None  # why it was rejected, or what was asked for
    writer: str
    model: str | None = None
    prompt_hash: str | None = None


class Expected(Record):
    """What a right answer to a case is. What a case leaves out is not asked of it."""

    situation: SituationName | None = None
    also: tuple[SituationName, ...] = ()  # as good as the first
    secondary: tuple[SituationName, ...] = ()  # further ones that the text shows: half right as the first
    language: str | None = None  # of the review
    sentiment: Literal[-1, 0, 1] | None = None
    legal_threat: bool | None = None
    personal_data: bool | None = None  # whether the review holds any
    channels: tuple[Channel, ...] = ()  # any of them is right
    route: Route | None = None
    details: Words = ()  # spans or words of the review; a reply that took it in holds one of them
    points: tuple[Point, ...] = ()  # each of them is to be answered
    facts_may: Mapping[str, Words] = {}  # case facts that a reply may use, with words that show that it did
    facts_must_not: Mapping[str, Words] = {}  # true but not fit to publish, with words that give them away
    must_say: Words = ()  # each of them; `chat|message` asks for either
    must_not_say: Words = ()
    name: Words | None = None  # the names by which the reply may call the customer; empty: by none
    reference: str | None = None  # a public reply that a person approved
    note: str | None = None  # why the case is there, for those who read a report
    drafts: tuple[DecidedDraft, ...] = ()  # that people changed or refused, in their order
    tags: tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ...] = ()  # slices of a report


EvalDataset = Dataset[Inputs, Prepared, Expected]


class CaseEntry(Record):
    """A case as the YAML has it; the review's `external_id` is the case's name where it is left out."""

    name: str
    inputs: Inputs
    metadata: Expected


class CaseFile(Record):
    """A YAML file of cases."""

    name: str | None = None  # of the dataset; the file's or the folder's where it is left out
    cases: tuple[CaseEntry, ...]


def load(name_or_path: str) -> EvalDataset:
    """Return a shipped dataset of reviews by its name, or one from a YAML file or a folder of such files.

    Raises:
        BadInput: there is no such dataset, or a case in it is wrong; the message says which and why.
    """
    path = Path(name_or_path)
    if not path.exists() and path.suffix not in (".yaml", ".yml", ".json"):
        path = next(
            (found for found in (DATASETS / name_or_path, DATASETS / f"{name_or_path}.yaml") if found.exists()), path
        )
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        named = ", ".join([*shipped(), "guardrails", "red_team"])
        raise BadInput(f"There is no dataset {name_or_path!r}. Name a file, or one of: {named}.")
    read = [_read(file) for file in files]
    entries = [entry for file in read for entry in file.cases]
    return dataset_of(read[0].name or path.stem, entries, source=str(path))


def shipped() -> list[str]:
    """Return the names of the shipped datasets of reviews."""
    folders = (found.name for found in DATASETS.iterdir() if found.is_dir() and any(found.glob("*.yaml")))
    return sorted([*folders, *(file.stem for file in DATASETS.glob("*.yaml"))])


def dataset_of(name: str, entries: Iterable[CaseEntry], *, source: str) -> EvalDataset:
    """Return entries as a dataset. Raises BadInput if a name comes twice."""
    cases = [EvalCase(name=entry.name, inputs=entry.inputs, metadata=entry.metadata) for entry in entries]
    try:
        return EvalDataset(name=name, cases=cases)
    except ValueError as error:
        raise BadInput(f"{source} cannot be used as a dataset: {error}") from None


def slices_of(inputs: Inputs, expected: Expected | None) -> tuple[str, ...]:
    """Return the slices of a report that a case belongs to: `language:es`, `rating:1`, `with_facts`, and its tags."""
    return tuple(dict.fromkeys(_slices(inputs, expected or Expected())))


def schema_text() -> str:
    """Return the JSON schema of a YAML file of cases, as it is stored beside them."""
    schema = CaseFile.model_json_schema()
    review = schema["$defs"]["Review"]
    review["required"] = [key for key in review["required"] if key != "external_id"]  # the case's name stands in
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _slices(inputs: Inputs, expected: Expected) -> Iterator[str]:
    review = inputs.review
    if expected.language:
        yield f"language:{expected.language}"
    if expected.situation:
        yield f"situation:{expected.situation.value}"
    yield f"rating:{review.rating or 'none'}"
    yield f"platform:{review.platform}"
    if len(review.full_text) < SHORT:
        yield "short"
    if inputs.case_facts:
        yield "with_facts"
    if expected.name == ():
        yield "no_name"
    if len(expected.points) > 1:
        yield "several_points"
    yield from expected.tags


def _read(path: Path) -> CaseFile:
    try:
        content = parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path} cannot be read as a dataset: {error}") from None
    _name_reviews(content)
    try:
        return CaseFile.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{path} cannot be used as a dataset: {_faults(error, content)}") from None


def _name_reviews(content: object) -> None:
    """Give each review without an id its case's name."""
    cases = content.get("cases") if isinstance(content, dict) else None
    for case in cases if isinstance(cases, list) else ():
        match case:
            case {"name": str(name), "inputs": {"review": dict(review)}}:
                review.setdefault("external_id", name)


def _faults(error: ValidationError, content: object) -> str:
    return "; ".join(_fault(fault["loc"], fault["type"], fault["msg"], content) for fault in error.errors()[:5])


def _fault(place: tuple[int | str, ...], kind: str, message: str, content: Any) -> str:  # noqa: ANN401  # any YAML
    where, inner = "", place
    if place[:1] == ("cases",) and len(place) > 1 and isinstance(place[1], int):
        case = content["cases"][place[1]]
        name = case.get("name") if isinstance(case, dict) else None
        where, inner = f"case {name or f'number {place[1] + 1}'}: ", place[2:]
    key = ".".join(map(str, inner))
    return f"{where}there is no key {key!r}" if kind == "extra_forbidden" else f"{where}{key}: {message}"
