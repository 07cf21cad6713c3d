"""What is kept of a run: who answered, every case with its output and scores, and what broke."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import to_json
from pydantic_evals.reporting import ReportAnalysis

from drafter.domain.case import Prepared, ReplyToCheck
from drafter.domain.draft import Usage
from drafter.domain.record import Record
from evals.cases import Expected, Inputs
from evals.reply_cases import Checked, ExpectedCodes


def hash_of(*parts: object) -> str:
    """Return the hash of the JSON form of records and plain values; mappings count in their order."""
    return "sha256:" + hashlib.sha256(to_json(parts)).hexdigest()


class Origin(Record):
    """What answered: enough to tell two runs apart, and to make one again; no key, no path of a machine."""

    writers: tuple[str, ...]  # in the order in which they are tried
    reader: str
    settings: Mapping[str, Any]  # those that bear on drafts
    models: tuple[Mapping[str, Any], ...] = ()  # options of each model, without keys
    reader_models: tuple[Mapping[str, Any], ...] = ()  # options of each model that reads, in their order
    judge_models: tuple[Mapping[str, Any], ...] = ()  # options of each model that judges, in their order
    prompts: Mapping[str, str]  # prompt to hash
    reader_hash: str  # of the trained heads
    guardrails_hash: str
    code_hash: str  # of all that takes part in a draft
    versions: Mapping[str, str]  # of Python, Drafter and the libraries that bear on drafts
    commit: str | None = None  # of the checkout, with `+` where files differ from it

    @property
    def fingerprint(self) -> str:
        """The hash of what may change an answer; a commit alone does not."""
        return hash_of(self.model_dump(exclude={"commit"}))


class Judging(Record):
    """Who judged the drafts of a run, and what that took; no part of what answered."""

    model: Mapping[str, Any]  # its options, without keys
    hash: str  # of its prompt and the rubric
    usage: Usage  # of all judgements, at the time when they were asked for
    failed: int  # drafts without a judgement that counts


class Score(Record):
    """One scorer's judgement of one case."""

    value: float
    reason: str | None = None


class _Result(Record):
    """What the results of both kinds of case have in common."""

    case: str
    repeat: Annotated[int, Field(ge=1)] = 1
    key: str  # hash of what went in: the inputs, what answered, which repeat
    inputs_hash: str  # of the case alone; two runs are compared where it is the same
    slices: tuple[str, ...]  # `language:de`, `situation:quality`, `rating:1`, and the case's tags
    seconds: float  # that the answer took, at the time when it was asked
    scores: Mapping[str, Score] = {}
    crashed_scorers: tuple[str, ...] = ()  # name and error; none of it is a low score


class ReviewResult(_Result):
    """A review, what the pipeline made of it, and how good that is."""

    kind: Literal["review"] = "review"
    inputs: Inputs
    expected: Expected | None
    output: Prepared

    @property
    def usage(self) -> Usage:
        """What models took for it."""
        return self.output.usage


class ReplyResult(_Result):
    """A reply, what the guardrails found in it, and how right they are."""

    kind: Literal["reply"] = "reply"
    inputs: ReplyToCheck
    expected: ExpectedCodes | None
    output: Checked

    @property
    def usage(self) -> Usage:
        """What models took for it: nothing where no judge was asked."""
        return sum((attempt.usage for attempt in self.output.attempts), Usage())


CaseResult = Annotated[ReviewResult | ReplyResult, Field(discriminator="kind")]


class Broken(Record):
    """A case that could not be prepared, and why."""

    case: str
    repeat: int = 1
    error: str


class Run(Record):
    """A run: what was asked for, who answered, and all that came of it."""

    name: str
    dataset: str
    dataset_hash: str  # of all its cases, before any were chosen
    origin: Origin
    seed: int
    repeat: int
    limit: int | None = None
    tags: tuple[str, ...] = ()
    budget_usd: float | None = None
    concurrency: int
    started_at: datetime
    ended_at: datetime | None = None  # None: it was stopped half-way
    stopped: str | None = None  # why it did not ask all there was to ask
    spent_usd: float | None = None  # of this run; None where a price is not known
    judging: Judging | None = None  # None: no judge was asked for
    wanted: int  # cases times repeats
    broken: tuple[Broken, ...] = ()
    analyses: tuple[ReportAnalysis, ...] = ()  # tables and curves over the whole run
    crashed_analyses: tuple[str, ...] = ()
    results: tuple[CaseResult, ...] = ()

    def with_results(self, results: tuple[ReviewResult | ReplyResult, ...]) -> Run:
        """Return the run with these results; they are records already, and are not validated again."""
        return self.model_copy(update={"results": results})

    @property
    def scorers(self) -> tuple[str, ...]:
        """The scores that occur, in the order of their first case."""
        return tuple(dict.fromkeys(score for result in self.results for score in result.scores))

    @property
    def reviews(self) -> tuple[ReviewResult, ...]:
        """The results of cases of reviews."""
        return tuple(result for result in self.results if isinstance(result, ReviewResult))

    @property
    def replies(self) -> tuple[ReplyResult, ...]:
        """The results of cases of replies."""
        return tuple(result for result in self.results if isinstance(result, ReplyResult))

    @property
    def judge(self) -> tuple[str, str] | None:
        """Which judge scored its drafts: the model's name, and the hash of its prompt and the rubric."""
        return None if self.judging is None else (str(self.judging.model.get("name")), self.judging.hash)

    def average(self, score: str, where: str | None = None) -> tuple[float, int]:
        """Return a score's average, over all cases or in a slice, and the number of results that have it."""
        values = [
            result.scores[score].value
            for result in self.results
            if score in result.scores and (where is None or where in result.slices)
        ]
        return (sum(values) / len(values) if values else 0.0), len(values)
