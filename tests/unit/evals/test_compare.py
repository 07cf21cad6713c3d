"""Two runs beside each other: planted regressions are found and named, and equal runs are called equal."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from drafter.domain.errors import BadInput
from evals.compare import compare
from evals.runs import ReviewResult, Run

MakeRun = Callable[..., Run]
MakeResult = Callable[..., ReviewResult]
LANGUAGES = ("en", "de", "fr", "th")


def results(make_result: MakeResult, **worse: dict[str, Any]) -> list[ReviewResult]:
    """Return twenty cases of each language; `worse` holds the scores of a language's cases."""
    made = []
    for number in range(80):
        language = LANGUAGES[number % 4]
        scores = {"detail_taken_up": 1.0, "right_route": 1.0, "confusion_cost": 0.0, "latency_ms": 5.0}
        scores |= worse.get(language, {})
        made.append(make_result(f"case-{number}", scores, slices=(f"language:{language}", f"rating:{number % 5}")))
    return made


def test_a_planted_regression_is_named_with_its_slices(make_run: MakeRun, make_result: MakeResult) -> None:
    before = make_run("A", results(make_result))
    after = make_run("B", results(make_result, de={"detail_taken_up": 0.0}, fr={"detail_taken_up": 0.0}))
    found = compare(before, after)
    assert [effect.score for effect in found.scores if effect.called] == ["detail_taken_up"]
    assert {(effect.score, effect.slice) for effect in found.slices} >= {
        ("detail_taken_up", "language:de"),
        ("detail_taken_up", "language:fr"),
    }
    assert not {effect.slice for effect in found.slices} & {"language:en", "language:th"}
    assert found.verdict.startswith("B is worse: detail_taken_up -0.500 [-0.6")
    assert "no other score differs" in found.verdict
    assert "language:de -1.00" in found.verdict
    assert len(found.fell) == 40
    assert found.fell[0].reasons == {"detail_taken_up": "why detail_taken_up"}
    assert not found.rose


def test_of_a_cost_less_is_better(make_run: MakeRun, make_result: MakeResult) -> None:
    before = make_run("A", results(make_result, de={"confusion_cost": 1.0}))
    after = make_run("B", results(make_result))
    assert compare(before, after).verdict.startswith("B is better: confusion_cost -0.250")


def test_better_here_and_worse_there_is_told(make_run: MakeRun, make_result: MakeResult) -> None:
    before = make_run("A", results(make_result, de={"right_route": 0.0}))
    after = make_run("B", results(make_result, fr={"detail_taken_up": 0.0}))
    found = compare(before, after)
    assert found.verdict.startswith("B is better in some, worse in others")
    assert len(found.fell) == len(found.rose) == 20


def test_the_same_run_twice_is_no_difference(make_run: MakeRun, make_result: MakeResult) -> None:
    found = compare(make_run("A", results(make_result)), make_run("B", results(make_result)))
    assert not found.differs
    assert found.verdict == "No difference: 3 scores over 80 cases, none differs."


def test_time_is_told_but_is_no_verdict(make_run: MakeRun, make_result: MakeResult) -> None:
    after = make_run("B", results(make_result, **{language: {"latency_ms": 50.0} for language in LANGUAGES}))
    found = compare(make_run("A", results(make_result)), after)
    assert not found.differs
    assert [(effect.score, effect.difference, effect.called) for effect in found.effort] == [("latency_ms", 45.0, True)]


def test_cases_of_one_run_only_are_named(make_run: MakeRun, make_result: MakeResult) -> None:
    whole = results(make_result)
    other = [
        result.with_changes(inputs_hash="sha256:changed") if result.case == "case-1" else result for result in whole
    ]
    found = compare(make_run("A", whole), make_run("B", other[:-2]))
    assert found.only_before == ("case-78", "case-79")
    assert found.changed == ("case-1",)
    assert found.cases == 77
    assert found.verdict.endswith("2 cases are only in A.")


def test_repeats_are_one_case(make_run: MakeRun, make_result: MakeResult) -> None:
    """Five repeats of six cases are six cases, too few for a call, not thirty."""
    runs = [
        make_run(name, [make_result(f"c{case}", {"s": value}, repeat=n) for case in range(6) for n in range(1, 6)])
        for name, value in (("A", 1.0), ("B", 0.0))
    ]
    found = compare(runs[0], runs[1])
    assert found.cases == 6
    assert found.scores[0].difference == -1.0
    assert not found.differs


def test_equal_runs_are_called_different_as_seldom_as_the_level_says(
    make_run: MakeRun, make_result: MakeResult
) -> None:
    """Noise of the same size in both; expected is at most 1 of 20."""
    rng, called = np.random.default_rng(11), 0
    for seed in range(20):
        runs = [
            make_run(
                name,
                [
                    make_result(
                        f"c{case}",
                        {f"s{score}": float(rng.random() < 0.3 + case / 120) for score in range(5)},
                        slices=(f"language:{case % 4}", f"rating:{case % 5}"),
                    )
                    for case in range(60)
                ],
            )
            for name in "AB"
        ]
        called += compare(runs[0], runs[1], seed=seed).differs
    assert called <= 3


def test_runs_of_nothing_in_common_are_refused(make_run: MakeRun, make_result: MakeResult) -> None:
    with pytest.raises(BadInput, match="no case in common"):
        compare(make_run("A", [make_result("one", {})]), make_run("B", [make_result("two", {})]))
