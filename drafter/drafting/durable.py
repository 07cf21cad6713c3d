"""Readers, writers and judges whose answers are kept: each model call is a durable step of its job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import JudgeFailed, ReaderFailed, WriterFailed
from drafter.domain.judging import JudgingBrief, TracedJudgement
from drafter.domain.ports import Judge, ModelJudge, ModelReader, Reader, RepairRecord, Writer
from drafter.domain.reading import ReadingBrief, TracedSituation
from drafter.domain.situation import Situation
from drafter.judge.bench import Bench
from drafter.readers.cascade import CascadeReader

#: Does a piece of work and keeps its result, which is plain JSON, under a name: `engine.Engine.step`.
Step = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]

Failure = TypeVar("Failure", ReaderFailed, WriterFailed, JudgeFailed)

#: The one name of the steps that write, judge and ask after repairs, and by which each of them knows its own results.
_WRITE, _BY = "write", "by"
_WRITER, _JUDGE, _RECORD = "writer", "judge", "record"


async def directly(_name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
    """Do a step without keeping its result."""
    return await work()


class DurableReader:
    """A reader whose answer is kept as a step of the job."""

    def __init__(self, reader: Reader, step: Step) -> None:
        self.name = reader.name
        self._reader = reader
        self._step = step

    async def read(self, case: Case) -> Situation:
        """Return the situation, read now or before."""
        kept = await _read(self._step, lambda: self._reader.read(case))
        return (TracedSituation if "to_ask" in kept else Situation).model_validate(kept)


class DurableModelReader:
    """A model's reader each of whose answers is kept as a step of the job."""

    def __init__(self, reader: ModelReader, step: Step) -> None:
        self.name = reader.name
        self._reader = reader
        self._step = step

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the situation, read now or before."""
        return TracedSituation.model_validate(await _read(self._step, lambda: self._reader.ask(case, brief)))


async def _read(step: Step, read: Callable[[], Awaitable[Situation]]) -> dict[str, Any]:
    """Return the fields of a situation, read now or before. Raises ReaderFailed."""

    async def work() -> dict[str, Any]:
        try:
            return {"situation": (await read()).model_dump(mode="json")}
        except ReaderFailed as failure:
            return {"failed": _told(failure)}

    kept = await step("read", work)
    if "failed" in kept:
        raise _failure(ReaderFailed, kept["failed"])
    situation: dict[str, Any] = kept["situation"]
    return situation


def durable_reader(reader: Reader, step: Step) -> Reader:
    """Return a reader whose answers are kept; of a cascade, the embedded reading and each model's answer by itself."""
    if not isinstance(reader, CascadeReader):
        return DurableReader(reader, step)
    return reader.wrapped(
        first=lambda part: DurableReader(part, step), model=lambda part: DurableModelReader(part, step)
    )


class DurableWriter:
    """A writer each of whose answers is kept as a step of the job.

    All steps of writers, judges and the record of repairs have one name: a job that is begun again may stop mending
    earlier or later than the first time, because the shop's recent replies or the settings are others by now, and would
    then meet another one's step in that place. Each passes over results that are not of its kind.
    """

    def __init__(self, writer: Writer, step: Step) -> None:
        self.name = writer.name
        self._writer = writer
        self._step = step

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the draft, written now or before."""

        async def work() -> dict[str, Any]:
            try:
                draft = await self._writer.write(case, situation, brief)
            except WriterFailed as failure:
                return {_BY: _WRITER, "failed": _told(failure)}
            return {_BY: _WRITER, "draft": draft.model_dump(mode="json")}

        kept = await _own(_WRITER, self._step, work)
        if "failed" in kept:
            raise _failure(WriterFailed, kept["failed"])
        return Draft.model_validate(kept["draft"])


class DurableJudge:
    """A model's judge each of whose answers is kept as a step of the job, named as a writer's."""

    def __init__(self, judge: ModelJudge, step: Step) -> None:
        self.name = judge.name
        self._judge = judge
        self._step = step

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        """Return the judgement, given now or before."""

        async def work() -> dict[str, Any]:
            try:
                judged = await self._judge.ask(reply, brief)
            except JudgeFailed as failure:
                return {_BY: _JUDGE, "failed": _told(failure)}
            return {_BY: _JUDGE, "judgement": judged.model_dump(mode="json")}

        kept = await _own(_JUDGE, self._step, work)
        if "failed" in kept:
            raise _failure(JudgeFailed, kept["failed"])
        return TracedJudgement.model_validate(kept["judgement"])


class DurableRepairs:
    """A record of repairs whose answers are kept, named as a writer's: a job that is begun again mends the same."""

    def __init__(self, record: RepairRecord, step: Step) -> None:
        self._record = record
        self._step = step

    async def in_vain(self, model: str, codes: Sequence[str]) -> str | None:
        """Return why the model need not be asked to mend, told now or before."""

        async def work() -> dict[str, Any]:
            return {_BY: _RECORD, "in_vain": await self._record.in_vain(model, codes)}

        kept: str | None = (await _own(_RECORD, self._step, work))["in_vain"]
        return kept


def durable_judge(judge: Judge | None, step: Step) -> Judge | None:
    """Return a judge whose models' answers are kept, each by itself."""
    return judge.wrapped(lambda model: DurableJudge(model, step)) if isinstance(judge, Bench) else judge


async def _own(kind: str, step: Step, work: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    """Return the next result of a kind. Work that is done now is of it, so that this ends."""
    while True:
        kept: dict[str, Any] = await step(_WRITE, work)
        if kept.get(_BY, _WRITER) == kind:
            return kept


def _told(failure: ReaderFailed | WriterFailed | JudgeFailed) -> dict[str, Any]:
    """Return a failure as plain JSON."""
    usage = failure.usage.model_dump(mode="json")
    told = {"message": str(failure), "model": failure.model, "usage": usage, "again": failure.again}
    return told | ({"codes": list(failure.codes)} if failure.codes else {})


def _failure(kind: type[Failure], told: dict[str, Any]) -> Failure:
    """Return the failure that `_told` told of."""
    usage = Usage.model_validate(told["usage"])
    codes = tuple(told.get("codes", ()))
    return kind(told["message"], model=told["model"], usage=usage, again=told["again"], codes=codes)
