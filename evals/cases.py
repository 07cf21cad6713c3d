"""Cases: what goes in, what is expected, and the YAML datasets that hold them; unknown keys are refused."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_evals import Dataset

from drafter.domain.case import Case, Prepared
from drafter.domain.errors import BadInput
from drafter.domain.record import Record
from drafter.domain.review import CaseFacts, Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route, SituationName

DATASETS = Path(__file__).parent / "datasets"


class Inputs(Record):
    """A review with what the seller knows about it."""

    review: Review
    case_facts: CaseFacts = {}
    shop: Shop = Shop()

    def as_case(self) -> Case:
        """Return the case that the pipeline prepares."""
        return Case(review=self.review, shop=self.shop, case_facts=self.case_facts)


class Expected(Record):
    """What a right answer to a case is."""

    situation: SituationName
    also: tuple[SituationName, ...] = ()  # as good as the first, or right as a secondary situation
    language: str  # of the review
    route: Route
    channels: tuple[Channel, ...]  # any of them is right
    detail_words: tuple[str, ...] = ()  # a reply that took the review in holds one of them
    must_not_say: tuple[str, ...] = ()


EvalDataset = Dataset[Inputs, Prepared, Expected]


def load(name_or_path: str) -> EvalDataset:
    """Return a shipped dataset by its name, or one from a file.

    Raises:
        BadInput: there is no such dataset, or a case in it is wrong; the message says where.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml", ".json"):
        path = DATASETS / f"{name_or_path}.yaml"
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in DATASETS.glob("*.yaml")))
        raise BadInput(f"There is no dataset {name_or_path!r}. Name a YAML file, or one of: {shipped}.")
    try:
        return EvalDataset.from_file(path)
    except (ValidationError, ValueError) as error:
        raise BadInput(f"{path} cannot be used as a dataset: {error}") from None
