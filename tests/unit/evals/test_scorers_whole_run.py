"""What only a whole run shows: replies that repeat each other, how reviews were read, how guardrails told replies."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_evals import Case as EvalCase

from drafter.domain.case import Prepared
from drafter.domain.draft import Draft, Provenance
from drafter.domain.finding import CODES, Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.situation import Route, SituationName
from drafter.testing import QUIET_SITUATION
from evals import scorers
from evals.cases import EvalDataset, Expected, Inputs
from evals.reply_cases import CheckDataset, Checked, ExpectedCodes, guardrail_dataset


def drafted(public: str = "Thank you. It holds.", *, language: str = "en", **situation: Any) -> Prepared:
    draft = Draft(public_reply=public, language=language, provenance=Provenance(writer="template"))
    return Prepared(route=Route.DRAFT, situation=QUIET_SITUATION.with_changes(**situation), draft=draft)


def found_codes(*codes: str) -> Checked:
    """Return what guardrails say that find these codes."""
    return Checked(
        findings=tuple(
            Finding(
                code=code,
                check=f"guardrails.checks.{code}",
                severity=Severity.BLOCK,
                part=Part.PUBLIC,
                start=0,
                end=1,
                message="no",
                suggestion="change it",
            )
            for code in codes
        )
    )


async def report_of(*cases: tuple[str, Prepared, Expected]) -> Any:  # a report and its analyses by title
    outputs = {name: output for name, output, _ in cases}
    dataset = EvalDataset(
        name="small",
        cases=[
            EvalCase(name=name, inputs=Inputs(review=Review(external_id=name, text=name)), metadata=expected)
            for name, _, expected in cases
        ],
        report_evaluators=[reporter() for reporter in scorers.REPORTERS],
    )
    report = await dataset.evaluate(lambda inputs: outputs[inputs.review.text], progress=False)
    assert not report.report_evaluator_failures
    return report, {analysis.title: analysis for analysis in report.analyses}


async def test_replies_that_repeat_each_other_are_told_within_their_language() -> None:
    same = "Thank you for the kind words. We are glad that you like it."
    report, analyses = await report_of(
        ("one", drafted(same), Expected()),
        ("two", drafted(same), Expected()),
        ("three", drafted("Sorry about that crushed box! Could you message us?"), Expected()),
        ("german", drafted(same, language="de"), Expected()),
        ("none", Prepared(route=Route.ESCALATE, situation=QUIET_SITUATION), Expected()),
    )
    found = {case.name: case.scores.get("unlike_the_others") for case in report.cases}
    assert found["one"].value == found["two"].value == 0
    assert found["one"].reason == "nearest: two"
    assert found["three"].value > 0.3
    assert found["german"] is found["none"] is None
    assert analyses["unlike_the_others"].value == pytest.approx(found["three"].value / 3)


async def test_reading_is_told_by_situation_language_confusion_and_calibration() -> None:
    def read(name: SituationName, sure: float) -> Prepared:
        return drafted(situation=name, confidence=sure)

    quality, shipping = SituationName.QUALITY, SituationName.SHIPPING
    _, analyses = await report_of(
        ("1", read(quality, 0.95), Expected(situation=quality, language="en")),
        ("2", read(shipping, 0.95), Expected(situation=quality, language="en")),
        ("3", read(shipping, 0.55), Expected(situation=shipping, language="de")),
        ("4", read(shipping, 0.55), Expected(situation=quality, secondary=(shipping,), language="de")),
        ("5", read(shipping, 0.55), Expected()),
    )
    assert analyses["situation accuracy"].value == 0.5
    labels = analyses["situations, wanted against read"].class_labels
    matrix = analyses["situations, wanted against read"].matrix
    assert matrix[labels.index("quality")][labels.index("shipping")] == 2
    rows = {row[0]: row[1:] for row in analyses["situations"].rows}
    assert rows["quality"] == [3, 1.0, pytest.approx(1 / 3), 0.5]
    assert rows["shipping"] == [1, pytest.approx(1 / 3), 1.0, 0.5]
    assert analyses["situation macro F1"].value == 0.5
    assert analyses["situations by language"].rows == [
        ["de", 2, 0.5, 1.0, pytest.approx(1 / 3)],
        ["en", 2, 0.5, 0.5, pytest.approx(2 / 3)],
    ]
    assert analyses["calibration error of the reader"].value == pytest.approx(0.25)
    curve = analyses["calibration of the reader"].curves[0].points
    assert [(round(point.x, 2), point.y) for point in curve] == [(0.55, 0.5), (0.95, 0.5)]


async def test_a_run_without_labels_has_no_tables_of_reading() -> None:
    _, analyses = await report_of(("1", drafted(), Expected()))
    assert set(analyses) == {"unlike_the_others"}


@pytest.mark.parametrize(
    ("scorer", "found", "expected", "score"),
    [
        (scorers.CodesFound, ("tone", "length"), ("tone",), 1),
        (scorers.CodesFound, ("tone",), ("tone", "liability"), 0.5),
        (scorers.CodesFound, (), ("tone",), 0),
        (scorers.CodesFound, (), (), None),
        (scorers.NoFalseAlarm, (), (), 1),
        (scorers.NoFalseAlarm, ("tone",), (), 0),
        (scorers.NoFalseAlarm, ("tone",), ("length",), None),
        (scorers.RightCodes, ("tone",), ("tone",), 1),
        (scorers.RightCodes, ("tone", "length"), ("tone",), 0),
        (scorers.RightCodes, (), ("tone",), 0),
    ],
)
def test_codes_are_held_to_those_expected(
    scorer: Any, found: tuple[str, ...], expected: tuple[str, ...], score: float | None
) -> None:
    given_score = scorer().score(found_codes(*found), ExpectedCodes(codes=expected))
    assert (None if given_score is None else given_score.value) == score


@pytest.mark.parametrize("scorer", scorers.CHECK_SCORERS)
def test_a_code_that_was_not_judged_is_not_scored(scorer: Any) -> None:
    without_tone = tuple(code for code in CODES if code != "tone")
    clean = scorer().score(found_codes("tone"), ExpectedCodes(judged=without_tone))
    assert clean is None or clean.value == 1
    assert scorer().score(found_codes("tone"), ExpectedCodes(judged=())) is None


async def test_guardrails_are_told_by_code_and_language_and_by_false_alarms() -> None:
    sample = guardrail_dataset().cases[0].inputs
    cases = {
        "hit": (found_codes("tone"), ExpectedCodes(codes=("tone",), language="en")),
        "miss": (found_codes(), ExpectedCodes(codes=("tone",), language="de")),
        "alarm": (found_codes("tone"), ExpectedCodes(language="en")),
        "clean": (found_codes(), ExpectedCodes(language="en")),
        "unjudged": (found_codes("length"), ExpectedCodes(judged=())),
    }
    dataset = CheckDataset(
        name="small",
        cases=[
            EvalCase(name=name, inputs=sample.with_changes(public_reply=name), metadata=expected)
            for name, (_, expected) in cases.items()
        ],
        report_evaluators=[reporter() for reporter in scorers.CHECK_REPORTERS],
    )
    report = await dataset.evaluate(lambda reply: cases[reply.public_reply or ""][0], progress=False)
    assert not report.report_evaluator_failures
    analyses: dict[str, Any] = {analysis.title: analysis for analysis in report.analyses}
    assert analyses["codes"].rows == [
        ["tone", "all", 1, 1, 1, 0.5, 0.5, 0.5],
        ["tone", "de", 0, 0, 1, None, 0.0, 0.0],
        ["tone", "en", 1, 1, 0, 0.5, 1.0, pytest.approx(2 / 3)],
    ]
    assert analyses["clean replies"].rows == [["all", 2, 1, 0.5], ["en", 2, 1, 0.5]]
    assert analyses["codes micro F1"].value == 0.5
    assert analyses["false-alarm rate"].value == 0.5
