"""Runs made by hand: scores by case, without a pipeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from drafter.domain.case import Prepared
from drafter.domain.draft import Attempt, Draft, Provenance
from drafter.domain.review import Review
from drafter.domain.situation import Route, SituationName
from drafter.testing import QUIET_SITUATION
from evals.cases import Expected, Inputs
from evals.runs import Origin, ReviewResult, Run, Score

Scores = Mapping[str, float]
MakeRun = Callable[..., Run]

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
ORIGIN = Origin(
    writers=("template",),
    reader="embedding",
    settings={"writer": "template"},
    prompts={"templates": "sha256:1"},
    reader_hash="sha256:2",
    guardrails_hash="sha256:3",
    code_hash="sha256:4",
    versions={"drafter": "0.1.0"},
)


def result_of(
    case: str,
    scores: Scores,
    *,
    slices: Sequence[str] = (),
    repeat: int = 1,
    text: str = "The zipper broke.",
    reply: str = "Thank you. We are sorry about the zipper.",
) -> ReviewResult:
    """Return a case's result with these scores."""
    provenance = Provenance(writer="template", prompt="templates/en/quality", prompt_hash="sha256:5")
    output = Prepared(
        route=Route.DRAFT,
        situation=QUIET_SITUATION,
        draft=Draft(public_reply=reply, language="en", provenance=provenance),
        attempts=(Attempt(writer="template", number=1, outcome="passed", latency_ms=2.0),),
    )
    return ReviewResult(
        case=case,
        repeat=repeat,
        key=f"{case}/{repeat}",
        inputs=Inputs(review=Review(external_id=case, text=text, rating=2)),
        inputs_hash=f"sha256:{case}",
        expected=Expected(situation=SituationName.QUALITY),
        slices=tuple(slices),
        output=output,
        seconds=0.01,
        scores={name: Score(value=value, reason=f"why {name}") for name, value in scores.items()},
    )


@pytest.fixture
def make_run() -> MakeRun:
    """Return what makes a finished run of results."""

    def make(name: str, results: Sequence[ReviewResult], **fields: Any) -> Run:
        whole: dict[str, Any] = {
            "name": name,
            "dataset": "small",
            "dataset_hash": "sha256:0",
            "origin": ORIGIN,
            "seed": 0,
            "repeat": 1,
            "concurrency": 1,
            "started_at": AT,
            "ended_at": AT,
            "wanted": len(results),
        }
        return Run(**whole | fields).with_results(tuple(results))

    return make


@pytest.fixture
def make_result() -> Callable[..., ReviewResult]:
    """Return what makes one result."""
    return result_of
