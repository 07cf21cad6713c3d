"""What became of findings: mended in one round, in two, never, or never tried."""

from __future__ import annotations

import pytest

from drafter.insights.repairs import RepairFigures, repair_figures
from drafter.store.repairs import Run, Try


def run(*codes: tuple[str, ...], models: str = "aaa", writer: str = "llm") -> Run:
    """Return tries with the given findings, each by the model of its letter."""
    return tuple(
        Try(writer=writer, model=f"m:{model}", prompt_hash="sha256:1", codes=found)
        for found, model in zip(codes, models, strict=False)
    )


def told(*runs: Run, code: str = "tone") -> dict[str, int]:
    (figures,) = [one for one in repair_figures(runs) if one.code == code and one.model == "m:a"]
    counts = figures.model_dump(include={"found", "first", "second", "never", "not_tried", "brought"})
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize(
    ("tries", "ended"),
    [
        (run(("tone",), ()), {"found": 1, "first": 1}),
        (run(("tone",), ("tone",), ()), {"found": 1, "second": 1}),
        (run(("tone",), ("tone",), ("tone",)), {"found": 1, "never": 1}),
        (run(("tone",), ("tone",)), {"found": 1, "never": 1}),
        (run(("tone",)), {"found": 1, "not_tried": 1}),
        (run(("length", "tone"), ("length",), ("length",)), {"found": 1, "first": 1}),
        (run(("length",), ("tone",), ()), {"brought": 1}),
        (run(("length",), ("tone",), ("tone",)), {"brought": 1}),
        (run(("tone",), (), models="ab"), {"found": 1, "not_tried": 1}),
    ],
    ids=[
        "gone after one round",
        "gone after two",
        "never gone",
        "given up after one",
        "not asked to",
        "gone while another stays",
        "brought by a repair",
        "brought once, though it stays",
        "mended by another model",
    ],
)
def test_a_finding_comes_to_one_end(tries: Run, ended: dict[str, int]) -> None:
    assert told(tries) == ended


def test_ends_are_added_up_for_each_writer_model_prompt_and_code() -> None:
    found = repair_figures(
        [run(("tone",), ()), run(("tone",), ("tone",)), run(("tone",)), run(("tone",), (), models="bb")]
    )
    assert [(one.model, one.found, one.mended.count, one.mended.of) for one in found] == [
        ("m:a", 3, 1, 2),
        ("m:b", 1, 1, 1),
    ]


def test_few_tries_leave_much_open() -> None:
    (figures,) = repair_figures([run(("tone",), ())] * 3)
    assert figures.mended.share == 1
    assert figures.mended.low < 0.5


def test_nothing_tried_gives_no_figures() -> None:
    nothing: tuple[RepairFigures, ...] = ()
    assert repair_figures([]) == nothing
