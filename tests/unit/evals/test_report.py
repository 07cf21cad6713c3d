"""The report: everything on one page, hostile text harmless, charts as files of their own."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pydantic_evals.reporting import ConfusionMatrix, ScalarResult, TableResult
from pydantic_evals.reporting.analyses import LinePlot, LinePlotCurve, LinePlotPoint

from drafter.domain.errors import BadInput
from evals.report import page, write_pictures
from evals.report.charts import nice
from evals.report.differing import Piece, differing
from evals.runs import Broken, ReviewResult, Run

MakeRun = Callable[..., Run]
MakeResult = Callable[..., ReviewResult]
ANALYSES = (
    ConfusionMatrix(title="situations", class_labels=["positive", "quality"], matrix=[[3, 1], [0, 2]]),
    LinePlot(
        title="calibration of the reader",
        x_label="confidence",
        y_label="right",
        x_range=(0, 1),
        y_range=(0, 1),
        curves=[LinePlotCurve(name="reader", points=[LinePlotPoint(x=0.5, y=0.4), LinePlotPoint(x=0.9, y=0.95)])],
    ),
    ScalarResult(title="calibration error of the reader", value=0.0456),
    TableResult(title="codes", columns=["code", "F1"], rows=[["tone", 0.5], ["length", None]]),
)


@pytest.fixture
def runs(make_run: MakeRun, make_result: MakeResult) -> tuple[Run, Run]:
    """A run with analyses and what was there before it."""

    def results(score: float, reply: str) -> list[ReviewResult]:
        return [
            make_result(f"case-{n}", {"right_route": score, "latency_ms": 3.0}, slices=["language:en"], reply=reply)
            for n in range(12)
        ]

    after = make_run("after", results(0.5, "Thank you for the lamp."), analyses=ANALYSES)
    return after, make_run("before", results(1.0, "Thank you for the zipper."))


def test_the_page_needs_nothing_from_elsewhere(runs: tuple[Run, Run]) -> None:
    shown = page(*runs)
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:,)""", shown)
    assert "@import" not in shown
    assert "url(" not in shown


def test_the_page_tells_all_that_the_run_holds(runs: tuple[Run, Run]) -> None:
    shown = page(*runs)
    for told in ("after is worse", "0.046", "<td>tone</td>", "<ins>lamp</ins>", "<del>zipper</del>", "sha256:4"):
        assert told in shown
    assert shown.count('<details class="case"') == 12
    alone = page(runs[1])
    assert "is worse" not in alone
    assert "<ins>" not in alone


def test_hostile_text_is_only_text(make_run: MakeRun, make_result: MakeResult) -> None:
    hostile = "</script><script>alert(1)</script><svg onload=alert(2)>'\""
    results = [make_result(hostile, {"right_route": 0.0}, slices=[f"tag{hostile}"], text=hostile, reply=hostile)]
    run = make_run(hostile, results, broken=(Broken(case=hostile, error=hostile),), stopped=hostile)
    shown = page(run, make_run("before", results))
    assert shown.count("<script>") == 1
    assert "<svg onload" not in shown


def test_what_crashed_is_on_the_page(runs: tuple[Run, Run]) -> None:
    run = runs[0].model_copy(update={"broken": (Broken(case="four", error="RuntimeError: fell over"),)})
    assert "four crashed: RuntimeError: fell over" in page(run)


def test_charts_are_files_of_their_own(runs: tuple[Run, Run], tmp_path: Path) -> None:
    written = [file for file in write_pictures(*runs, tmp_path / "pictures") if file.suffix == ".svg"]
    assert [file.stem for file in written] == ["scores", "differences", "confusion", "calibration", "cost"]
    for file in written:
        text = file.read_text(encoding="utf-8")
        assert ET.fromstring(text).tag.endswith("svg")  # noqa: S314  # our own file
        assert "var(" not in text
        assert file.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    (tmp_path / "taken").write_text("")
    with pytest.raises(BadInput, match="taken"):
        write_pictures(*runs, tmp_path / "taken")


def test_differences_are_marked_by_words_and_by_letters_where_words_are_not_parted() -> None:
    assert differing("It is late.", "It was late.", "en") == (
        [Piece("It ", own=False), Piece("is", own=True), Piece(" late.", own=False)],
        [Piece("It ", own=False), Piece("was", own=True), Piece(" late.", own=False)],
    )
    assert differing("色が違う", "形が違う", "ja")[1] == [Piece("形", own=True), Piece("が違う", own=False)]
    assert differing("", "New", "en") == ([], [Piece("New", own=True)])


@pytest.mark.parametrize(("most", "end"), [(0, 1.0), (0.0007, 0.001), (0.3, 0.5), (7, 10), (130, 200), (2600, 5000)])
def test_axes_end_at_round_numbers(most: float, end: float) -> None:
    assert nice(most) == pytest.approx(end)
