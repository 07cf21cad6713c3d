"""Evaluation runs: scored right, told in a verdict, and stopped under a threshold."""

from pathlib import Path

import pytest

from drafter.compose import PipelineParts
from drafter.domain.case import Case
from drafter.domain.errors import BadInput
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedReader, ScriptedWriter
from evals import run as evaluation
from evals.cases import EvalDataset, load

DATASET = """
name: small
cases:
  - name: right
    inputs: {review: {external_id: "1", text: Love the zipper, rating: 5}}
    metadata: {situation: positive, language: en, channels: [public], route: draft, details: [zipper]}
  - name: half right
    inputs: {review: {external_id: "2", text: Late and broken, rating: 1}}
    metadata: {situation: quality, language: en, channels: [hybrid], route: draft, must_not_say: [refund]}
  - name: spam
    inputs: {review: {external_id: "3", text: buy followers, rating: 5}}
    metadata: {situation: spam_abuse, language: en, channels: [none], route: no_reply}
"""


def read(case: Case) -> Situation:
    if "Late" in case.review.text:
        return QUIET_SITUATION.with_changes(
            situation=SituationName.SHIPPING, secondary=(SituationName.QUALITY,), channel=Channel.HYBRID, sentiment=-1
        )
    if "followers" in case.review.text:
        return QUIET_SITUATION.with_changes(situation=SituationName.SPAM_ABUSE, channel=Channel.NONE)
    return QUIET_SITUATION


def parts(text: str = "Thank you, we are glad that the zipper holds.") -> PipelineParts:
    return PipelineParts(reader=ScriptedReader(read), writers=(ScriptedWriter(text),), inspector=ScriptedInspector())


@pytest.fixture
def dataset(tmp_path: Path) -> EvalDataset:
    path = tmp_path / "small.yaml"
    path.write_text(DATASET)
    return load(str(path))


async def test_each_score_is_the_average_over_the_cases_that_ask_for_it(dataset: EvalDataset) -> None:
    report = await evaluation.run(dataset, parts())
    found = {verdict.score: (round(verdict.average, 3), verdict.cases) for verdict in evaluation.verdicts(report, {})}
    assert found == {
        "right_situation": (round((1 + 0.5 + 1) / 3, 3), 3),
        "right_language": (1.0, 3),
        "right_channel": (1.0, 3),
        "right_route": (1.0, 3),
        "reply_is_there": (1.0, 3),
        "passes_guardrails": (1.0, 2),
        "detail_taken_up": (1.0, 1),
        "nothing_forbidden_said": (1.0, 1),
    }
    assert not evaluation.crashes(report)


async def test_a_worse_writer_falls_under_the_threshold(dataset: EvalDataset) -> None:
    report = await evaluation.run(dataset, parts("We give you a refund."))
    thresholds = {"detail_taken_up": 0.5, "nothing_forbidden_said": 1.0, "right_route": 1.0}
    failed = {verdict.score for verdict in evaluation.verdicts(report, thresholds) if not verdict.passed}
    assert failed == {"detail_taken_up", "nothing_forbidden_said"}


async def test_a_crash_is_told_and_is_no_low_score(dataset: EvalDataset) -> None:
    def crash(case: Case) -> Situation:
        if "zipper" in case.review.text:
            raise RuntimeError("the reader fell over")
        return read(case)

    broken = PipelineParts(reader=ScriptedReader(crash), writers=(ScriptedWriter(),), inspector=ScriptedInspector())
    report = await evaluation.run(dataset, broken)
    assert len(report.cases) == 2
    assert any("the reader fell over" in line for line in evaluation.crashes(report))


async def test_the_whole_report_is_kept(dataset: EvalDataset, tmp_path: Path) -> None:
    report = await evaluation.run(dataset, parts())
    evaluation.save(report, tmp_path / "deep" / "eval.json")
    kept = (tmp_path / "deep" / "eval.json").read_text()
    assert "Love the zipper" in kept
    assert "we are glad that the zipper holds" in kept


def test_an_unknown_key_in_a_case_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "typo.yaml"
    path.write_text(DATASET.replace("must_not_say", "must_never_say"))
    with pytest.raises(BadInput, match="must_never_say"):
        load(str(path))


def test_a_dataset_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(BadInput, match="first_cases"):
        load("nothing")


def test_the_shipped_dataset_has_all_situations_and_languages() -> None:
    cases = load("first_cases").cases
    expected = [case.metadata for case in cases if case.metadata]
    assert len(cases) >= 60
    assert {one.situation for one in expected} == set(SituationName)
    assert {"en", "es", "pt", "fr", "de", "it", "id", "ms", "th", "vi", "fil", "ja"} <= {
        one.language for one in expected
    }


def test_a_threshold_for_a_score_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text("first_cases: {right_mood: 0.5}")
    with pytest.raises(BadInput, match="right_mood"):
        evaluation.thresholds_for("first_cases", path)
