"""The table of the cascade: what each threshold would ask, gain and cost, from two runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drafter.domain.draft import Attempt, Usage
from drafter.domain.errors import BadInput
from drafter.domain.reading import LLM_READER
from drafter.domain.situation import SituationName
from evals.cascade import CascadeTable, of_runs, shown, simulated
from evals.cases import Expected
from evals.runs import ReviewResult, Run

MakeRun = Callable[..., Run]
MakeResult = Callable[..., ReviewResult]

#: For each review: what it is about, what the embedded reader says and how sure it is, what the model says.
REVIEWS = (
    ("quality", "quality", 0.95, "quality"),
    ("quality", "sizing", 0.3, "quality"),
    ("sizing", "sizing", 0.6, "quality"),
    ("safety", "safety", 0.9, "safety"),
)
USAGE = Usage(calls=1, tokens_in=900, tokens_out=100, cost_usd=0.002)


@pytest.fixture
def runs(make_run: MakeRun, make_result: MakeResult) -> Callable[..., tuple[Run, Run]]:
    """Return what makes the run of the embedded reader and that of the model."""

    def read(number: int, told: str, confidence: float, wanted: str, **output: Any) -> ReviewResult:
        result = make_result(str(number), {})
        situation = result.output.situation.with_changes(situation=SituationName(told), confidence=confidence)
        return result.model_copy(
            update={
                "expected": Expected(situation=SituationName(wanted)),
                "output": result.output.with_changes(situation=situation, **output),
            }
        )

    def make(usage: Usage = USAGE) -> tuple[Run, Run]:
        tried = Attempt(writer=LLM_READER, model="openai:m", number=1, outcome="passed", usage=usage)
        first = [read(n, told, sure, wanted) for n, (wanted, told, sure, _) in enumerate(REVIEWS)]
        second = [read(n, told, 0.9, wanted, attempts=(tried,)) for n, (wanted, _, _, told) in enumerate(REVIEWS)]
        embedded = make_run("embedded", first)
        return embedded, make_run("model", second, origin=embedded.origin.with_changes(reader="llm"))

    return make


def at(table: CascadeTable, threshold: float) -> dict[str, Any]:
    return next(row.model_dump() for row in table.rows if row.threshold == threshold)


def test_a_threshold_asks_what_the_product_would_ask_and_takes_the_models_word_there(
    runs: Callable[..., tuple[Run, Run]],
) -> None:
    table = of_runs(*runs())
    risks, default, high, every = (at(table, threshold) for threshold in (0.0, 0.5, 0.7, 1.0))
    assert [row["asked"] for row in (risks, default, high, every)] == [0.25, 0.5, 0.75, 1.0]
    assert [row["accuracy"] for row in (risks, default, high, every)] == [0.75, 1.0, 0.75, 0.75]
    assert (default["tokens"], default["usd_per_thousand"]) == (500.0, 1.0)
    assert (every["safety_recall"], every["safety_precision"], every["macro_f1"]) == (1.0, 1.0, pytest.approx(0.6))


def test_a_cost_that_is_not_known_is_not_told(runs: Callable[..., tuple[Run, Run]]) -> None:
    table = of_runs(*runs(USAGE.with_changes(cost_usd=None)))
    assert at(table, 1.0)["usd_per_thousand"] is None


@pytest.mark.parametrize("accuracy", [0.0, 1.0])
def test_a_simulated_reader_is_as_right_as_it_is_told_and_says_what_it_is(
    runs: Callable[..., tuple[Run, Run]], accuracy: float
) -> None:
    table = simulated(runs()[0], accuracy)
    assert at(table, 1.0)["accuracy"] == accuracy
    assert at(table, 1.0)["tokens"] > 1_000
    assert table.simulated
    view = shown(table, 0.5)
    assert "SIMULATED" in str(view.title)
    assert "Not a measurement" in str(view.caption)


def test_a_simulation_repeats_itself_by_its_seed(runs: Callable[..., tuple[Run, Run]]) -> None:
    embedded = runs()[0]
    assert simulated(embedded, 0.5, (1.0,), seed=1) == simulated(embedded, 0.5, (1.0,), seed=1)


def test_other_runs_make_no_table(runs: Callable[..., tuple[Run, Run]], make_run: MakeRun) -> None:
    embedded, model = runs()
    empty = make_run("empty", [])
    for first, second, why in (
        (model, model, "--reader embedding"),
        (embedded, embedded, "--reader llm"),
        (empty, model, "share no review"),
    ):
        with pytest.raises(BadInput, match=why):
            of_runs(first, second)
    with pytest.raises(BadInput, match="no review with a situation"):
        simulated(empty, 0.5)
