"""What the cascade gains and costs at each threshold, from two runs: the embedded reader's, and a model's.

Nothing is asked here: both runs hold what each reader says of every review, and a threshold only chooses between them,
by the same rule that the product chooses by. Without a run of a model, one of a given accuracy is simulated, and every
table says so.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from rich.table import Table

from drafter.domain.draft import Usage
from drafter.domain.errors import BadInput
from drafter.domain.reading import ReadingBrief
from drafter.domain.record import Record
from drafter.domain.situation import Situation, SituationName
from drafter.readers.cascade import Doubtful
from drafter.readers.llm import PROMPT, question
from evals.runs import ReviewResult, Run
from prompts.prompt import Prompt

THRESHOLDS = tuple(round(step / 20, 2) for step in range(21))
DRAWS = 25  # of a simulated reader, the mean of which is told
ANSWER_TOKENS = 120  # of a simulated reader's answer
CHARACTERS_A_TOKEN = 4  # of its prompt; a rule of thumb for English


class Row(Record):
    """The figures at one threshold."""

    threshold: float
    asked: float  # share of the reviews that go to a model
    accuracy: float
    primary_or_secondary: float
    macro_f1: float
    safety_recall: float | None  # None: no review is about harm
    safety_precision: float | None
    tokens: float  # per review, those that are not asked included
    usd_per_thousand: float | None  # per thousand reviews; None where a price is not known


class CascadeTable(Record):
    """The figures at all thresholds, and whose they are."""

    cases: int
    embedded: str  # name of the run
    model: str  # name of the run, or what is simulated
    simulated: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What a model says of a review, and what that takes."""

    situation: SituationName
    usage: Usage


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """A review with a label, as both read it."""

    result: ReviewResult
    answer: _Answer

    @property
    def wanted(self) -> tuple[SituationName, ...]:
        expected = self.result.expected
        return () if expected is None or expected.situation is None else (expected.situation, *expected.also)

    @property
    def there(self) -> tuple[SituationName, ...]:
        return (*self.wanted, *(self.result.expected.secondary if self.result.expected else ()))

    def read_at(self, doubt: Doubtful) -> tuple[SituationName, bool]:
        """Return the situation that the cascade comes to, and whether a model is asked."""
        situation: Situation = self.result.output.situation
        asked = doubt(self.result.inputs.as_case(), situation) is not None
        return (self.answer.situation if asked else situation.situation), asked


def of_runs(embedded: Run, model: Run, thresholds: Sequence[float] = THRESHOLDS) -> CascadeTable:
    """Return the figures of a cascade of two runs over the same reviews.

    Raises:
        BadInput: the runs are not of these readers, or share no labelled review.
    """
    _of_embedded(embedded)
    if model.origin.reader != "llm":
        raise BadInput(f"{model.name} was read by {model.origin.reader}. Name a run with --reader llm.")
    answers = {result.inputs_hash: _answer_of(result) for result in model.reviews}
    pairs = [
        _Pair(result=result, answer=answers[result.inputs_hash])
        for result in _labelled(embedded)
        if result.inputs_hash in answers
    ]
    if not pairs:
        raise BadInput(f"{embedded.name} and {model.name} share no review with a situation as its label.")
    rows = tuple(_row(pairs, threshold) for threshold in thresholds)
    return CascadeTable(cases=len(pairs), embedded=embedded.name, model=model.name, simulated=False, rows=rows)


def simulated(
    embedded: Run, accuracy: float, thresholds: Sequence[float] = THRESHOLDS, *, seed: int = 0
) -> CascadeTable:
    """Return the figures of a cascade with a made-up model that is right that often, wherever it is asked.

    Its faults are drawn evenly over all reviews; a real reader errs more where the embedded one does, so that the gain
    told is the most that can be hoped for. Where it errs, it repeats the embedded reader's error or makes any other.
    """
    _of_embedded(embedded)
    results = list(_labelled(embedded))
    if not results:
        raise BadInput(f"{embedded.name} has no review with a situation as its label.")
    prompt = Prompt(PROMPT)
    usages = [_estimated(prompt, result) for result in results]
    draws = [
        [
            _Pair(result=result, answer=_Answer(situation=_drawn(result, accuracy, dice), usage=usage))
            for result, usage in zip(results, usages, strict=True)
        ]
        for dice in (random.Random(f"{seed}-{draw}") for draw in range(DRAWS))  # noqa: S311  # no secret
    ]
    rows = tuple(_mean([_row(pairs, threshold) for pairs in draws]) for threshold in thresholds)
    told = f"SIMULATED reader that is right in {accuracy:.0%}"
    return CascadeTable(cases=len(results), embedded=embedded.name, model=told, simulated=True, rows=rows)


def shown(table: CascadeTable, default: float) -> Table:
    """Return the table for a terminal; the threshold that is the setting's has a mark."""
    columns = ("threshold", "asked", "accuracy", "prim. or sec.", "macro F1", "safety recall", "safety precision")
    title = f"{table.cases} reviews: {table.embedded}, where in doubt {table.model}"
    estimated = " (estimated)" if table.simulated else ""
    view = Table(title=title, caption=_caption(table))
    for column in (*columns, f"tokens a review{estimated}", "USD a thousand"):
        view.add_column(column, justify="right")
    for row in table.rows:
        mark = "*" if abs(row.threshold - default) < 1e-9 else ""  # equal but for rounding
        figures = (row.accuracy, row.primary_or_secondary, row.macro_f1, row.safety_recall, row.safety_precision)
        cost = "" if row.usd_per_thousand is None else f"{row.usd_per_thousand:.3f}"
        view.add_row(
            f"{mark}{row.threshold:.2f}", f"{row.asked:.1%}", *map(_figure, figures), f"{row.tokens:.0f}", cost
        )
    return view


def _caption(table: CascadeTable) -> str:
    if not table.simulated:
        return "* the setting. At 0 a model is asked for risks alone, at 1 always."
    return f"* the setting. No model was asked: answers are drawn, the mean of {DRAWS} draws. Not a measurement."


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _of_embedded(run: Run) -> None:
    if run.origin.reader != "embedding":
        raise BadInput(f"{run.name} was read by {run.origin.reader}. Name a run with --reader embedding.")


def _labelled(run: Run) -> Iterable[ReviewResult]:
    return (result for result in run.reviews if result.expected is not None and result.expected.situation is not None)


def _answer_of(result: ReviewResult) -> _Answer:
    return _Answer(situation=result.output.situation.situation, usage=result.usage)


def _estimated(prompt: Prompt, result: ReviewResult) -> Usage:
    """Return what a call would take, by the length of its prompt; its price is not known."""
    asked = question(prompt, result.inputs.as_case(), ReadingBrief(), "function_calling")
    tokens = (len(asked.system) + len(asked.user)) // CHARACTERS_A_TOKEN
    return Usage(calls=1, tokens_in=tokens, tokens_out=ANSWER_TOKENS, cost_usd=None)


def _drawn(result: ReviewResult, accuracy: float, dice: random.Random) -> SituationName:
    """Return a right situation as often as was asked for, else a wrong one."""
    expected, read = result.expected, result.output.situation.situation
    if expected is None or expected.situation is None:
        raise ValueError("a review without a label")
    right = dice.random() < accuracy
    others = [name for name in SituationName if name not in (expected.situation, *expected.also)]
    other = dice.choice(others)
    if right:
        return expected.situation
    return read if read in others and dice.random() < 1 / 2 else other


def _row(pairs: Sequence[_Pair], threshold: float) -> Row:
    """Return the figures of the cascade at a threshold."""
    doubt = Doubtful(threshold=threshold)
    reads = [(pair, *pair.read_at(doubt)) for pair in pairs]
    usages = [pair.answer.usage for pair, _, asked in reads if asked]
    costs = [usage.cost_usd for usage in usages]
    known = [cost for cost in costs if cost is not None]
    outcomes = _outcomes((pair.wanted[0] if read not in pair.wanted else read, read) for pair, read, _ in reads)
    safety = SituationName.SAFETY
    return Row(
        threshold=threshold,
        asked=len(usages) / len(pairs),
        accuracy=fmean(read in pair.wanted for pair, read, _ in reads),
        primary_or_secondary=fmean(read in pair.there for pair, read, _ in reads),
        macro_f1=_macro_f1(outcomes),
        safety_recall=_ratio(outcomes["right", safety], outcomes["missed", safety]),
        safety_precision=_ratio(outcomes["right", safety], outcomes["false", safety]),
        tokens=sum(usage.tokens_in + usage.tokens_out for usage in usages) / len(pairs),
        usd_per_thousand=1000 * sum(known) / len(pairs) if len(known) == len(costs) else None,
    )


def _outcomes(read: Iterable[tuple[SituationName, SituationName]]) -> Counter[tuple[str, SituationName]]:
    counted = Counter[tuple[str, SituationName]]()
    for wanted, told in read:
        if wanted is told:
            counted["right", told] += 1
        else:
            counted["missed", wanted] += 1
            counted["false", told] += 1
    return counted


def _macro_f1(outcomes: Counter[tuple[str, SituationName]]) -> float:
    """Return the mean F1 of the situations that there are reviews of."""
    scores = []
    for name in SituationName:
        right, missed, false = (outcomes[kind, name] for kind in ("right", "missed", "false"))
        if right + missed:
            scores.append(2 * right / (2 * right + missed + false))
    return fmean(scores) if scores else 0.0


def _ratio(right: int, wrong: int) -> float | None:
    return right / (right + wrong) if right + wrong else None


def _mean(rows: Sequence[Row]) -> Row:
    """Return the mean of the figures of several draws at one threshold; of one that a draw lacks there is none."""
    dumped = [row.model_dump() for row in rows]
    figures = {name: [figures[name] for figures in dumped] for name in dumped[0]}
    return Row(**{name: None if None in values else fmean(values) for name, values in figures.items()})
