"""The runner: cases side by side through pydantic-evals, each result on disk at once, nothing asked twice."""

from __future__ import annotations

import asyncio
import gc
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_evals import Case as EvalCase
from pydantic_evals import Dataset
from pydantic_evals.evaluators import EvaluationResult, EvaluatorContext
from pydantic_evals.lifecycle import CaseLifecycle
from pydantic_evals.reporting import EvaluationReport, ReportCase, ReportCaseFailure

from drafter.compose import PipelineParts
from drafter.domain.case import Prepared, ReplyToCheck
from drafter.domain.errors import BadInput
from drafter.domain.ports import Judge, ModelJudge, ModelReader, Reader
from drafter.judge.bench import Bench
from drafter.readers.cascade import CascadeReader
from evals.cases import Expected, Inputs, slices_of
from evals.loading import AnyDataset
from evals.reply_cases import Checked, ExpectedCodes, slices_of_reply
from evals.runs import task
from evals.runs.asking import (
    REPEAT,
    Asking,
    Budget,
    KeptJudge,
    KeptModelReader,
    KeptReader,
    KeptWriter,
    OutOfBudget,
    SetAside,
)
from evals.runs.cache import Cache
from evals.runs.folder import RunFolder
from evals.runs.judged import Judged
from evals.runs.record import Broken, Judging, Origin, ReplyResult, ReviewResult, Run, Score, hash_of
from evals.runs.scoring import Scored, Scoring, reporters_of, scorers_of

if TYPE_CHECKING:  # which reads options by way of this package
    from evals.judging.models import JudgeModel

Result = ReviewResult | ReplyResult
Done = ReportCase[Any, Any, Any] | ReportCaseFailure[Any, Any, Any]
Progress = Callable[[int], None]
EMBEDDED = frozenset({"embedding", "template"})  # parts that answer in no time and for nothing
NOT_ASKED = frozenset({OutOfBudget.__name__, SetAside.__name__})  # why a case may be left out without being broken


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is to do."""

    name: str
    origin: Origin
    folder: Path  # of this run
    cache: Path | None = None  # file of the answers that runs share; None: every model is asked anew
    identities: tuple[object, ...] = ()  # of the writers: all that decides what each writes
    only_read: bool = False  # the reader alone; nothing is written
    concurrency: int = 8
    limit: int | None = None
    repeat: int = 1
    seed: int = 0
    tags: tuple[str, ...] = ()
    budget_usd: float | None = None

    def with_changes(self, **changes: Any) -> Plan:  # noqa: ANN401  # a field may hold anything
        """Return a copy with the named fields replaced."""
        return replace(self, **changes)

    def wanted(self, dataset: AnyDataset) -> int:
        """Return how many answers the plan asks of a dataset."""
        return len(chosen(dataset.cases, self)) * self.repeat


async def carry_out(
    plan: Plan,
    dataset: AnyDataset,
    parts: PipelineParts,
    *,
    judge: JudgeModel | None = None,
    progress: Progress = lambda _count: None,
) -> Run:
    """Carry out a run, or what is left of it, and return it whole.

    Args:
        plan: what is to be done.
        dataset: its cases.
        parts: who reads, writes and checks.
        judge: who scores the drafts besides; None: nobody.
        progress: is called with 1 for each case that is done.

    Raises:
        BadInput: there is nothing to do, a file cannot be written, or a budget meets a model without a price.
    """
    cache = Cache(plan.cache) if plan.cache else None
    gc.freeze()  # what is loaded stays: looking through it again and again took 15 % of a run's processor time
    try:
        return await _Running(plan, dataset, parts, cache, progress, judge).run()
    finally:
        gc.unfreeze()
        if cache is not None:
            cache.close()


def chosen(cases: Sequence[EvalCase[Any, Any, Any]], plan: Plan) -> list[EvalCase[Any, Any, Any]]:
    """Return the cases that carry one of the wanted tags; of more than the limit a sample by the seed, in order."""
    wanted = [case for case in cases if not plan.tags or set(plan.tags) & set(_slices(case.inputs, case.metadata))]
    if not wanted:
        raise BadInput(f"No case has the tag {' or '.join(plan.tags)}." if plan.tags else "There are no cases.")
    if plan.limit is None or plan.limit >= len(wanted):
        return wanted
    places = random.Random(plan.seed).sample(range(len(wanted)), plan.limit)  # noqa: S311  # no secret
    return [wanted[place] for place in sorted(places)]


class _Running:
    """A run that goes on."""

    def __init__(
        self,
        plan: Plan,
        dataset: AnyDataset,
        parts: PipelineParts,
        cache: Cache | None,
        progress: Progress,
        judge: JudgeModel | None,
    ) -> None:
        self._plan = plan
        self._progress = progress
        self._cases = chosen(dataset.cases, plan)
        self._folder = RunFolder(plan.folder)
        self._kept = self._folder.finished() if cache is not None else {}
        self._fingerprint = plan.origin.fingerprint
        self._hashes: dict[int, str] = {}
        self._identity = hash_of(plan.name, self._fingerprint)
        self._budget = Budget(plan.budget_usd, cache.spent(self._identity) if cache else 0.0)
        self._asking = Asking(cache=cache, budget=self._budget, run=self._identity)
        self._parts = self._asked_once(parts)
        self._judge = judge.of_replies(self._judged_once) if judge is not None else None
        judging = [] if self._judge is None else [Judged(self._judge, self._leave_out)]
        self.scoring = Scoring([*scorers_of(dataset, only_read=plan.only_read), *judging])
        self._reporters = reporters_of(dataset, only_read=plan.only_read)
        self._results: dict[str, Result] = {}  # by the name that pydantic-evals gives each repeat
        self._broken: dict[str, Broken] = {}
        self._seconds: dict[str, float] = {}  # by key
        self._free = asyncio.Semaphore(plan.concurrency)
        self._unasked: list[str] = []  # why each case was left out
        self._started: Counter[str] = Counter()
        self._head = Run(
            name=plan.name,
            dataset=dataset.name,
            dataset_hash=hash_of([[case.name, case.inputs, case.metadata] for case in dataset.cases]),
            origin=plan.origin,
            seed=plan.seed,
            repeat=plan.repeat,
            limit=plan.limit,
            tags=plan.tags,
            budget_usd=plan.budget_usd,
            concurrency=plan.concurrency,
            started_at=datetime.now(UTC),
            wanted=len(self._cases) * plan.repeat,
        )

    async def run(self) -> Run:
        keys = {self.key(case.inputs, repeat) for case in self._cases for repeat in range(1, self._plan.repeat + 1)}
        self._kept = {key: result for key, result in self._kept.items() if key in keys}
        self._folder.begin(self._head, self._kept.values())
        runner: Dataset[Any, Any, Any] = Dataset(
            name=self._head.dataset,
            cases=self._cases,
            report_evaluators=self._reporters,
        )
        report = await runner.evaluate(
            self.answer,
            task_name="answer",
            progress=False,
            repeat=self._plan.repeat,
            lifecycle=lambda case: _Watched(case, self),
        )
        run = self._whole(report)
        self._folder.end(run)
        return run

    def key(self, inputs: object, repeat: int) -> str:
        """Return the hash of all that goes into an answer."""
        return hash_of(self.inputs_hash(inputs), self._fingerprint, self._plan.only_read, repeat)

    def inputs_hash(self, inputs: object) -> str:
        """Return the hash of a case's inputs, which live as long as the run."""
        if id(inputs) not in self._hashes:
            self._hashes[id(inputs)] = hash_of(inputs)
        return self._hashes[id(inputs)]

    def next_repeat(self, name: str) -> int:
        """Return which repeat of a case begins now."""
        self._started[name] += 1
        return self._started[name]

    async def answer(self, inputs: Inputs | ReplyToCheck) -> Prepared | Checked:
        """Do the task, or return what it gave before the run was stopped."""
        key = self.key(inputs, REPEAT.get())
        if key in self._kept:
            return self._kept[key].output
        async with self._free:  # scoring is left out: it holds up nobody's answer
            started = time.perf_counter()
            output = await self._answered(inputs)
            self._seconds[key] = round(time.perf_counter() - started, 4)
            return output

    async def _answered(self, inputs: Inputs | ReplyToCheck) -> Prepared | Checked:
        if isinstance(inputs, ReplyToCheck):
            return await task.checked(self._parts.inspector, inputs, self._parts.judge)
        if self._plan.only_read:
            return await task.read(self._parts.reader, inputs)
        return await task.prepared(self._parts, inputs)

    def take(self, done: Done, name: str, repeat: int, crashed: Sequence[str]) -> None:
        """Keep what became of a case."""
        if isinstance(done, ReportCase):
            key = self.key(done.inputs, repeat)
            result = _result(
                done,
                case=name,
                repeat=repeat,
                key=key,
                inputs_hash=self.inputs_hash(done.inputs),
                seconds=self._kept[key].seconds if key in self._kept else self._seconds[key],
                crashed_scorers=tuple(crashed),
            )
            self._results[done.name] = result
            if key not in self._kept:
                self._folder.add(result)
        elif done.error_message.partition(":")[0] in NOT_ASKED:
            self._unasked.append(done.error_message.partition(": ")[2])
        else:
            self._broken[done.name] = Broken(case=name, repeat=repeat, error=done.error_message)
        self._progress(1)

    def _asked_once(self, parts: PipelineParts) -> PipelineParts:
        """Return the parts with every model behind the cache and the budget."""
        identities = self._plan.identities or tuple((writer.name, self._fingerprint) for writer in parts.writers)
        writers = tuple(
            writer if writer.name in EMBEDDED else KeptWriter(writer, self._asking, identity)
            for writer, identity in zip(parts.writers, identities, strict=True)
        )
        judge = self._judged_by(parts.judge)
        return replace(parts, reader=self._read_once(parts.reader), writers=writers, judge=judge)

    def _judged_by(self, judge: Judge | None) -> Judge | None:
        """Return the guardrails' judge with its models behind the cache and the budget."""
        origin = self._plan.origin
        options = {model["name"]: model for model in origin.judge_models}

        def kept(model: ModelJudge) -> ModelJudge:
            identity = [options.get(model.name, model.name), origin.code_hash, origin.prompts, origin.guardrails_hash]
            return KeptJudge(model, self._asking, identity)

        return judge.wrapped(kept) if isinstance(judge, Bench) else judge

    def _read_once(self, reader: Reader) -> Reader:
        """Return the reader with its models behind the cache and the budget."""
        origin = self._plan.origin
        if reader.name in EMBEDDED:
            return reader
        if not isinstance(reader, CascadeReader):
            return KeptReader(reader, self._asking, [reader.name, origin.models, origin.code_hash, origin.prompts])
        options = {model["name"]: model for model in origin.reader_models}

        def kept(model: ModelReader) -> ModelReader:
            identity = [options.get(model.name, model.name), origin.code_hash, origin.prompts]
            return KeptModelReader(model, self._asking, identity)

        return reader.wrapped(model=kept)

    async def _judged_once(self, key: str, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # JSON
        """Return a judgement, given now or before; each repeat is judged by itself."""
        return await self._asking.step(hash_of(key, REPEAT.get()), name, work)

    def _leave_out(self, why: str) -> None:
        self._unasked.append(why)

    def _judging(self) -> Judging | None:
        if self._judge is None:
            return None
        told = self._judge
        return Judging(model=told.identity, hash=told.hash, usage=told.usage, failed=told.failed)

    def _whole(self, report: EvaluationReport[Any, Any, Any]) -> Run:
        """Return the run in the order of its cases, with what the report evaluators added."""
        results = [_with_scores(self._results[done.name], done) for done in report.cases]
        crashed = [f"{failure.name}: {failure.error_message}" for failure in report.report_evaluator_failures]
        stopped = f"{self._unasked[0]} {len(self._unasked)} cases were not asked." if self._unasked else None
        return self._head.with_changes(
            ended_at=None if stopped else datetime.now(UTC),
            stopped=stopped,
            spent_usd=self._budget.spent if self._budget.priced else None,
            judging=self._judging(),
            broken=tuple(self._broken[done.name] for done in report.failures if done.name in self._broken),
            analyses=tuple(report.analyses),
            crashed_analyses=tuple(crashed),
        ).with_results(tuple(results))


class _Watched(CaseLifecycle[Any, Any, Any]):
    """Tells a case which repeat it is, and keeps its result as soon as it is there."""

    def __init__(self, case: EvalCase[Any, Any, Any], running: _Running) -> None:
        super().__init__(case)
        self._running = running
        self._repeat = running.next_repeat(str(case.name))
        self._scored = Scored({}, [])

    async def setup(self) -> None:
        REPEAT.set(self._repeat)

    async def prepare_context(self, ctx: EvaluatorContext[Any, Any, Any]) -> EvaluatorContext[Any, Any, Any]:
        self._scored = await self._running.scoring.of(ctx)
        return ctx

    async def teardown(self, result: Done | None) -> None:
        if isinstance(result, ReportCase):
            result.scores.update(self._scored.results)
        if result is not None:
            self._running.take(result, str(self.case.name), self._repeat, self._scored.crashed)


def _result(done: ReportCase[Any, Any, Any], **about: Any) -> Result:  # noqa: ANN401  # any field of a result
    """Return a finished case as a record."""
    kind: type[ReviewResult] | type[ReplyResult] = (
        ReplyResult if isinstance(done.inputs, ReplyToCheck) else ReviewResult
    )
    return kind(
        slices=_slices(done.inputs, done.metadata),
        scores=_scores(done.scores),
        inputs=done.inputs,
        expected=done.metadata,
        output=done.output,
        **about,
    )


def _with_scores(result: Result, done: ReportCase[Any, Any, Any]) -> Result:
    """Return a result with the scores that it has now; some are known only when all cases are there."""
    late = {title: score for title, score in done.scores.items() if title not in result.scores}
    return result.model_copy(update={"scores": {**result.scores, **_scores(late)}}) if late else result


def _scores(given: Mapping[str, EvaluationResult[int | float]]) -> dict[str, Score]:
    return {title: Score(value=float(score.value), reason=score.reason) for title, score in given.items()}


def _slices(inputs: Inputs | ReplyToCheck, expected: Expected | ExpectedCodes | None) -> tuple[str, ...]:
    if isinstance(inputs, ReplyToCheck):
        return slices_of_reply(inputs, expected if isinstance(expected, ExpectedCodes) else None)
    return slices_of(inputs, expected if isinstance(expected, Expected) else None)
