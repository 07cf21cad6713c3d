"""Benchmarks run their two ways in turn, and refuse a name that they do not know."""

import json

import pytest

from evals.bench.__main__ import main
from evals.bench.measure import Compared, compare, sample_cases, tell


def test_part_and_baseline_take_turns_after_a_round_to_warm_up() -> None:
    calls: list[str] = []
    compare(lambda: calls.append("part"), lambda: calls.append("baseline"), rounds=2)
    assert calls == ["part", "baseline"] * 3


def test_the_ratio_says_how_often_the_baseline_fits() -> None:
    assert Compared(part=3.0, baseline=1.5).ratio == 2


def test_the_last_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    tell("small", {"ratio": 1.5})
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["ratio"] == 1.5


def test_the_sample_is_what_is_measured() -> None:
    assert len(sample_cases()) >= 40


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert "pipeline" in capsys.readouterr().err
