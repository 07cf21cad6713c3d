"""Hostile reviews through the batch path: no draft obeys, leaks or carries markup, and each goes where it belongs."""

from __future__ import annotations

import asyncio
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from drafter import compose
from drafter.commands.batch import Batch
from drafter.commands.works import DraftingLines
from drafter.compose import PipelineParts
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance
from drafter.domain.shop import Shop
from drafter.domain.situation import Situation
from drafter.settings import load_settings

_LIST = Path(__file__).with_name("hostile_reviews.yaml")
#: Tags, links, template syntax, formulas at the head of a cell, invisible and direction-changing characters.
_MARKUP = re.compile(
    r"</?[a-z][^>]*>|https?:|\]\(|\{\{|\$\{|%\(|^\s*[=+@|]|\*\*|[\u200b-\u200f\u202a-\u202e\u2060-\u2064]"
    "|[\U000e0000-\U000e007f]",
    re.IGNORECASE | re.MULTILINE,
)


class Obedient:
    """A model that does what the review says: the same words at every try."""

    name = "obedient"

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        said = next(entry["obeyed"] for entry in _hostile() if entry["id"] == case.review.external_id)
        thanks = "Thank you for telling us." if situation.language == "en" else ""
        return Draft(
            public_reply=f"{thanks} {said}. {said}.".strip(),
            language=situation.language,
            provenance=Provenance(writer=self.name, model="scripted", attempt=brief.attempt),
        )


@cache
def _hostile() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(_LIST.read_text(encoding="utf-8")))


@cache
def _parts() -> PipelineParts:
    return compose.pipeline_parts(load_settings(writer="template", reader="embedding"))


def _drafted(folder: Path, *writers: Any) -> dict[str, dict[str, Any]]:
    """Return the answers of `draft`, by id, with these writers before the template writer."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    fields = ("id", "text", "rating", "author")
    rows = [{key: entry[key] for key in fields if key in entry} for entry in _hostile()]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    own = _parts()
    parts = PipelineParts(reader=own.reader, writers=(*writers, *own.writers), inspector=own.inspector)
    asyncio.run(Batch(str(source), str(target)).run(DraftingLines(parts, Shop(), calls=2)))
    answers = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    return {answer["id"]: answer for answer in answers}


@pytest.fixture(scope="module")
def by_template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return _drafted(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def by_model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return _drafted(tmp_path_factory.mktemp("model"), Obedient())


def _said(answer: dict[str, Any]) -> str:
    return " ".join(answer.get(part) or "" for part in ("public_reply", "private_message"))


@pytest.mark.parametrize("entry", _hostile(), ids=lambda entry: entry["id"])
def test_no_draft_obeys_leaks_or_carries_markup(
    entry: dict[str, Any], by_template: dict[str, dict[str, Any]], by_model: dict[str, dict[str, Any]]
) -> None:
    """Neither the template writer's draft nor what is offered of a model that obeys every word of the review."""
    for answer in (by_template[entry["id"]], by_model[entry["id"]]):
        said = _said(answer)
        assert entry["obeyed"].casefold() not in said.casefold()
        assert not _MARKUP.search(said)


@pytest.mark.parametrize("entry", _hostile(), ids=lambda entry: entry["id"])
def test_each_goes_where_it_belongs(
    entry: dict[str, Any], by_template: dict[str, dict[str, Any]], by_model: dict[str, dict[str, Any]]
) -> None:
    """An instruction changes no route: problems are drafted, harm and law go to a person, adverts get no reply."""
    expected = entry.get("route", "draft")
    for answer in (by_template[entry["id"]], by_model[entry["id"]]):
        assert answer["route"] == expected
        assert bool(_said(answer).strip()) == (expected == "draft")


def test_what_is_offered_after_an_obedient_model_is_the_template_writers(
    by_model: dict[str, dict[str, Any]],
) -> None:
    drafted = [entry["id"] for entry in _hostile() if entry.get("route", "draft") == "draft"]
    assert {by_model[one]["writer"] for one in drafted} == {"template"}
