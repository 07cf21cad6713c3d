"""What only a whole run shows: replies that are all alike, and how well reviews and replies were told apart.

These are pydantic-evals' report evaluators: they see all cases of a report, and what they return stands in its
`analyses`. Only cases with labels count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic_evals.evaluators import EvaluationResult, ReportEvaluator, ReportEvaluatorContext
from pydantic_evals.reporting import ConfusionMatrix, EvaluationReport, ReportCase, ScalarResult, TableResult
from pydantic_evals.reporting.analyses import LinePlot, LinePlotCurve, LinePlotPoint, ReportAnalysis
from rapidfuzz import fuzz, process

from drafter.domain.case import Prepared, ReplyToCheck
from drafter.domain.situation import SituationName
from evals.cases import Expected, Inputs
from evals.reply_cases import Checked, ExpectedCodes
from evals.scorers.base import Titled, folded, public_text
from evals.scorers.codes import outcomes_of

Report = EvaluationReport[Inputs, Prepared, Expected]
Row = list[str | int | float | bool | None]
_BINS = 10  # of the calibration curve


@dataclass
class UnlikeTheOthers(Titled, ReportEvaluator[Inputs, Prepared, Expected]):
    """How little each public reply is like the nearest other one of its language in the run.

    0 is the very same text, about 0.5 two texts with nothing in common but their letters. The score is also given to
    each case of the report, so that runs can be compared by it like by any other.
    """

    def evaluate(self, ctx: ReportEvaluatorContext[Inputs, Prepared, Expected]) -> ScalarResult:
        """Compare the replies pair by pair (rapidfuzz's ratio) and return the mean."""
        by_language: dict[str, list[ReportCase[Inputs, Prepared, Expected]]] = defaultdict(list)
        for case in ctx.report.cases:
            if case.output.draft and public_text(case.output):
                by_language[case.output.draft.language].append(case)
        values = [value for cases in by_language.values() if len(cases) > 1 for value in self._scored(cases)]
        mean = sum(values) / len(values) if values else 1.0
        told = "1 minus the likeness of each public reply to the nearest other one of its language; the mean"
        return ScalarResult(title=self.title(), value=mean, description=told)

    def _scored(self, cases: list[ReportCase[Inputs, Prepared, Expected]]) -> Iterator[float]:
        texts = [folded(public_text(case.output)) for case in cases]
        likeness = process.cdist(texts, texts, scorer=fuzz.ratio) / 100
        for number, case in enumerate(cases):
            likeness[number, number] = -1.0
            nearest = int(likeness[number].argmax())
            value = 1.0 - float(likeness[number, nearest])
            case.scores[self.title()] = EvaluationResult(
                name=self.title(), value=value, reason=f"nearest: {cases[nearest].name}", source=self.as_spec()
            )
            yield value


@dataclass
class ReadingTables(ReportEvaluator[Inputs, Prepared, Expected]):
    """How well situations were told: confusion, figures by situation and language, calibration."""

    def evaluate(self, ctx: ReportEvaluatorContext[Inputs, Prepared, Expected]) -> list[ReportAnalysis]:
        """Return the analyses; none where no case has a situation."""
        read = [reading for case in ctx.report.cases if (reading := _reading(case)) is not None]
        if not read:
            return []
        by_situation = list(_by_situation(read))
        right = sum(one.wanted is one.read for one in read) / len(read)
        return [
            ScalarResult(title="situation accuracy", value=right),
            ScalarResult(title="situation macro F1", value=_macro_f1(by_situation)),
            _confusion(read),
            TableResult(
                title="situations", columns=["situation", "cases", "precision", "recall", "F1"], rows=by_situation
            ),
            TableResult(
                title="situations by language",
                columns=["language", "cases", "accuracy", "primary or secondary right", "macro F1"],
                rows=list(_by_language(read)),
            ),
            *_calibration(read),
        ]


@dataclass
class CodeTables(ReportEvaluator[ReplyToCheck, Checked, ExpectedCodes]):
    """How well the guardrails told replies apart: precision, recall and F1 by code and language, false alarms."""

    def evaluate(self, ctx: ReportEvaluatorContext[ReplyToCheck, Checked, ExpectedCodes]) -> list[ReportAnalysis]:
        """Return the analyses; none where no case was judged."""
        counted = _counted(ctx.report.cases)
        if not counted.outcomes:
            return []
        whole = sum(counted.outcomes.values(), Counter())
        columns = ["code", "language", "right", "false alarms", "missed", "precision", "recall", "F1"]
        rows = [[*key, *_figures(outcomes)] for key, outcomes in sorted(counted.with_totals().items())]
        rates = [[language, clean, alarms, alarms / clean] for language, clean, alarms in counted.false_alarms()]
        alarms, clean = sum(counted.alarmed.values()), sum(counted.clean.values())
        return [
            ScalarResult(title="codes micro F1", value=_f1(whole) or 0.0),
            ScalarResult(title="false-alarm rate", value=alarms / clean if clean else 0.0),
            *([ScalarResult(title="bad replies held back", value=counted.held / counted.bad)] if counted.bad else []),
            TableResult(title="codes", columns=columns, rows=rows),
            TableResult(
                title="clean replies", columns=["language", "clean", "flagged", "false-alarm rate"], rows=rates
            ),
        ]


@dataclass(frozen=True)
class _Reading:
    """What was wanted and what was read of one review."""

    wanted: SituationName
    read: SituationName
    there: tuple[SituationName, ...]  # all situations of the review
    language: str
    confidence: float


@dataclass
class _Counted:
    """Outcomes by code and language, and clean replies by language."""

    outcomes: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    clean: Counter[str] = field(default_factory=Counter)
    alarmed: Counter[str] = field(default_factory=Counter)
    bad: int = 0  # replies with a violation
    held: int = 0  # of them, those that were flagged for anything

    def with_totals(self) -> dict[tuple[str, str], Counter[str]]:
        """Return the outcomes with the totals of each code over all languages."""
        totals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for (code, language), outcomes in self.outcomes.items():
            totals[code, "all"].update(outcomes)
            totals[code, language].update(outcomes)
        return {
            (code, language): outcomes
            for (code, language), outcomes in sorted(totals.items())
            if outcomes.total() > outcomes["true negative"]
        }

    def false_alarms(self) -> Iterator[tuple[str, int, int]]:
        """Yield clean replies and those of them that were flagged, by language and for all."""
        yield "all", self.clean.total(), self.alarmed.total()
        for language in sorted(self.clean):
            yield language, self.clean[language], self.alarmed[language]


def _reading(case: ReportCase[Inputs, Prepared, Expected]) -> _Reading | None:
    """Return what was read; a situation that is as good as the first counts as the first."""
    expected, read = case.metadata, case.output.situation
    if expected is None or expected.situation is None:
        return None
    wanted = read.situation if read.situation in expected.also else expected.situation
    return _Reading(
        wanted=wanted,
        read=read.situation,
        there=(wanted, *expected.also, *expected.secondary),
        language=expected.language or "und",
        confidence=read.confidence,
    )


def _confusion(read: Iterable[_Reading]) -> ConfusionMatrix:
    labels = [name.value for name in SituationName]
    counted = Counter((one.wanted.value, one.read.value) for one in read)
    matrix = [[counted[wanted, told] for told in labels] for wanted in labels]
    return ConfusionMatrix(title="situations, wanted against read", class_labels=labels, matrix=matrix)


def _by_situation(read: list[_Reading]) -> Iterator[Row]:
    for name in SituationName:
        outcomes = Counter[str]()
        for one in read:
            if name in (one.wanted, one.read):
                kind = "false negative" if one.read is not name else "false positive"
                outcomes["true positive" if one.wanted is one.read else kind] += 1
        cases = outcomes["true positive"] + outcomes["false negative"]
        if outcomes:
            yield [name.value, cases, _precision(outcomes), _recall(outcomes), _f1(outcomes) or 0.0]


def _by_language(read: list[_Reading]) -> Iterator[Row]:
    for language in sorted({one.language for one in read}):
        of_it = [one for one in read if one.language == language]
        right = sum(one.read is one.wanted for one in of_it) / len(of_it)
        there = sum(one.read in one.there for one in of_it) / len(of_it)
        yield [language, len(of_it), right, there, _macro_f1(list(_by_situation(of_it)))]


def _macro_f1(rows: list[Row]) -> float:
    """Return the mean F1 of the situations that there are cases of."""
    values = [row[-1] for row in rows if row[1]]
    return sum(value for value in values if isinstance(value, float)) / len(values)


def _calibration(read: list[_Reading]) -> list[ReportAnalysis]:
    """Return how often a reader as sure as that is right, and the expected calibration error."""
    bins: dict[int, list[_Reading]] = defaultdict(list)
    for one in read:
        bins[min(int(one.confidence * _BINS), _BINS - 1)].append(one)
    points, error = [], 0.0
    for _, members in sorted(bins.items()):
        sure = sum(one.confidence for one in members) / len(members)
        right = sum(one.read is one.wanted for one in members) / len(members)
        points.append(LinePlotPoint(x=sure, y=right))
        error += abs(sure - right) * len(members) / len(read)
    even = LinePlotCurve(name="even", points=[LinePlotPoint(x=0, y=0), LinePlotPoint(x=1, y=1)], style="dashed")
    plot = LinePlot(
        title="calibration of the reader",
        x_label="confidence",
        y_label="share that is right",
        x_range=(0, 1),
        y_range=(0, 1),
        curves=[LinePlotCurve(name="reader", points=points), even],
    )
    return [plot, ScalarResult(title="calibration error of the reader", value=error)]


def _counted(cases: Iterable[ReportCase[ReplyToCheck, Checked, ExpectedCodes]]) -> _Counted:
    counted = _Counted()
    for case in cases:
        expected = case.metadata
        if expected is None or not expected.judged:
            continue
        language = expected.language or "und"
        for code, outcome in outcomes_of(case.output, expected).items():
            counted.outcomes[code, language][outcome] += 1
        is_flagged = bool(case.output.codes & set(expected.judged))
        if expected.codes:
            counted.bad += 1
            counted.held += is_flagged
        else:
            counted.clean[language] += 1
            counted.alarmed[language] += is_flagged
    return counted


def _figures(outcomes: Counter[str]) -> Row:
    counts = (outcomes["true positive"], outcomes["false positive"], outcomes["false negative"])
    return [*counts, _precision(outcomes), _recall(outcomes), _f1(outcomes)]


def _precision(outcomes: Counter[str]) -> float | None:
    told = outcomes["true positive"] + outcomes["false positive"]
    return outcomes["true positive"] / told if told else None


def _recall(outcomes: Counter[str]) -> float | None:
    there = outcomes["true positive"] + outcomes["false negative"]
    return outcomes["true positive"] / there if there else None


def _f1(outcomes: Counter[str]) -> float | None:
    wrong = outcomes["false positive"] + outcomes["false negative"]
    both = 2 * outcomes["true positive"]
    return both / (both + wrong) if both + wrong else None
