"""The rubric: what 1, 3 and 5 mean for each quality; judges and the labels of the calibration pairs go by it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import AfterValidator

from drafter.domain.record import Record
from drafter.domain.yaml_files import parsed
from prompts.library import content_hash, render


class Quality(StrEnum):
    """What a reply is judged by."""

    RELEVANCE = "relevance"
    SPECIFICITY = "specificity"
    EMPATHY = "empathy"
    ACCURACY = "accuracy"
    TONE = "tone"


class Levels(Record):
    """What the scores of one quality mean."""

    asks: str
    one: str
    three: str
    five: str


def _all_there(levels: Mapping[Quality, Levels]) -> Mapping[Quality, Levels]:
    missing = [quality.value for quality in Quality if quality not in levels]
    if missing:
        raise ValueError(f"the rubric says nothing of {', '.join(missing)}")
    return levels


class Rubric(Record):
    """The whole rubric."""

    layout: str  # how a quality is told to a judge
    qualities: Annotated[Mapping[Quality, Levels], AfterValidator(_all_there)]
    weighing: str  # which quality counts for more where two replies are compared

    @property
    def told(self) -> str:
        """The qualities as a judge is told of them."""
        told = (
            render(self.layout, {"quality": quality.value, **self.qualities[quality].model_dump()})
            for quality in Quality
        )
        return "\n\n".join(told)

    @property
    def hash(self) -> str:
        """The hash of its content."""
        return content_hash(self.model_dump(mode="json"))


_FIGURES: Mapping[int, Literal["one", "three", "five"]] = {1: "one", 3: "three", 5: "five"}


@cache
def rubric() -> Rubric:
    """Return the rubric that comes with this version."""
    content = parsed((files("evals.judging") / "rubric.yaml").read_text(encoding="utf-8"))
    qualities = {
        name: {_FIGURES.get(key, key): text for key, text in levels.items()}
        for name, levels in content["qualities"].items()
    }
    return Rubric.model_validate({**content, "qualities": qualities})
