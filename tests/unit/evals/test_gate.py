"""The gate: thresholds over all cases and in slices, falls against a baseline, and a summary for CI."""

from collections.abc import Callable
from pathlib import Path

import pytest

from drafter.domain.errors import BadInput
from evals.gate import Thresholds, judge, markdown, thresholds_of
from evals.runs import Broken, ReviewResult, Run

MakeRun = Callable[..., Run]
MakeResult = Callable[..., ReviewResult]


@pytest.fixture
def run(make_run: MakeRun, make_result: MakeResult) -> Run:
    """Good in English, bad in Thai."""
    return make_run(
        "now",
        [
            make_result("one", {"right_route": 1.0, "latency_ms": 100.0}, slices=["language:en"]),
            make_result("two", {"right_route": 1.0, "latency_ms": 300.0}, slices=["language:en"]),
            make_result("three", {"right_route": 0.0, "latency_ms": 200.0}, slices=["language:th"]),
        ],
    )


@pytest.mark.parametrize(
    ("thresholds", "passed"),
    [
        (Thresholds(least={"right_route": 0.6}), True),
        (Thresholds(least={"right_route": 0.7}), False),
        (Thresholds(slices={"language:en": {"right_route": 1.0}}), True),
        (Thresholds(slices={"language:th": {"right_route": 0.5}}), False),
        (Thresholds(slices={"language:ja": {"right_route": 0.5}}), False),
        (Thresholds(most={"latency_ms": 200.0}), True),
        (Thresholds(most={"latency_ms": 199.0}), False),
        (Thresholds(least={"no_such_score": 0.0}), False),
    ],
)
def test_a_threshold_that_is_missed_fails_the_run(run: Run, thresholds: Thresholds, passed: bool) -> None:
    assert judge(run, thresholds).passed is passed


def test_a_fall_against_the_baseline_fails_the_run(run: Run, make_run: MakeRun, make_result: MakeResult) -> None:
    before = make_run("before", [make_result(name, {"right_route": 1.0}) for name in ("one", "two", "three")])
    assert judge(run, Thresholds(drop={"right_route": 0.4}), before).passed
    assert not judge(run, Thresholds(drop={"right_route": 0.3}), before).passed
    assert judge(run, Thresholds(drop={"right_route": 0.3})).passed
    other = make_run("before", [], dataset="others")
    with pytest.raises(BadInput, match="others"):
        judge(run, Thresholds(drop={"right_route": 0.3}), other)


def test_only_cases_of_both_runs_are_compared_and_the_others_told(
    run: Run, make_run: MakeRun, make_result: MakeResult
) -> None:
    drop = Thresholds(drop={"right_route": 0.3})
    easier = make_run("before", [make_result(name, {"right_route": 0.0}) for name in ("three", "four", "five")])
    held = judge(run, drop, easier)
    assert (held.passed, held.demands[0].value, held.demands[0].cases, held.left_out) == (True, 0.0, 1, 4)
    assert "4 of one alone are left out" in markdown(held)
    changed = make_result("three", {"right_route": 1.0}).model_copy(update={"inputs_hash": "another"})
    nothing_in_common = judge(run, drop, make_run("before", [changed]))
    assert (nothing_in_common.passed, nothing_in_common.demands[0].value) == (False, None)
    assert judge(run, drop, run).told_left_out is None


def test_repeats_of_a_case_count_once(make_run: MakeRun, make_result: MakeResult) -> None:
    scores = [(1, 1.0), (2, 0.0)]
    now = make_run("now", [make_result("one", {"right_route": score}, repeat=place) for place, score in scores])
    before = make_run("before", [make_result("one", {"right_route": 1.0})])
    assert judge(now, Thresholds(drop={"right_route": 0.5}), before).demands[0].value == 0.5


@pytest.mark.parametrize(
    ("chosen", "told"), [({"limit": 3}, "--limit 3"), ({"tags": ("late", "th")}, "--tags late,th")]
)
def test_a_run_of_some_cases_does_not_pass(run: Run, chosen: dict[str, object], told: str) -> None:
    part = judge(run.model_copy(update=chosen), Thresholds(least={"right_route": 0.6}))
    assert not part.passed
    assert told in markdown(part)


def test_a_crash_or_a_run_that_was_stopped_never_passes(run: Run) -> None:
    crashed = run.model_copy(update={"broken": (Broken(case="four", error="RuntimeError: fell over"),)})
    assert not judge(crashed, Thresholds()).passed
    stopped = run.model_copy(update={"ended_at": None, "stopped": "The budget of 1 USD is used up."})
    assert not judge(stopped, Thresholds()).passed
    assert "The budget of 1 USD" in markdown(judge(stopped, Thresholds()))


def test_the_summary_names_what_is_missed_first_and_lets_no_markup_in(run: Run) -> None:
    crashed = run.model_copy(update={"broken": (Broken(case="four", error="<img src=x>\n| `x` |"),)})
    told = markdown(judge(crashed, Thresholds(least={"latency_ms": 1.0, "right_route": 0.9})))
    assert told.startswith("## Evaluation of now: failed")
    assert told.index("**missed**") < told.index("| ok |")
    assert "<img" not in told


def test_thresholds_are_read_by_the_name_of_the_dataset(tmp_path: Path) -> None:
    file = tmp_path / "thresholds.yaml"
    file.write_text("small: {least: {right_route: 0.5}}\nother: {lest: {right_route: 0.5}}\n")
    assert thresholds_of("small", file).least == {"right_route": 0.5}
    with pytest.raises(BadInput, match="has no thresholds for third"):
        thresholds_of("third", file)
    with pytest.raises(BadInput, match="lest"):
        thresholds_of("other", file)
    with pytest.raises(BadInput, match="cannot be read"):
        thresholds_of("small", tmp_path / "nowhere.yaml")
