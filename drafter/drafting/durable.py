"""Readers and writers whose answers are kept: each model call is a durable step of its job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import ReaderFailed, WriterFailed
from drafter.domain.ports import ModelReader, Reader, Writer
from drafter.domain.reading import ReadingBrief, TracedSituation
from drafter.domain.situation import Situation
from drafter.readers.cascade import CascadeReader

#: Does a piece of work and keeps its result, which is plain JSON, under a name: `engine.Engine.step`.
Step = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


Failure = TypeVar("Failure", ReaderFailed, WriterFailed)


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

        async def work() -> dict[str, Any]:
            try:
                return {"situation": (await self._reader.read(case)).model_dump(mode="json")}
            except ReaderFailed as failure:
                return {"failed": _told(failure)}

        kept = await self._step("read", work)
        if "failed" in kept:
            raise _failure(ReaderFailed, kept["failed"])
        traced = "to_ask" in kept["situation"]
        return (TracedSituation if traced else Situation).model_validate(kept["situation"])


class DurableModelReader:
    """A model's reader each of whose answers is kept as a step of the job."""

    def __init__(self, reader: ModelReader, step: Step) -> None:
        self.name = reader.name
        self._reader = reader
        self._step = step

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the situation, read now or before."""

        async def work() -> dict[str, Any]:
            try:
                return {"situation": (await self._reader.ask(case, brief)).model_dump(mode="json")}
            except ReaderFailed as failure:
                return {"failed": _told(failure)}

        kept = await self._step("read", work)
        if "failed" in kept:
            raise _failure(ReaderFailed, kept["failed"])
        return TracedSituation.model_validate(kept["situation"])


def durable_reader(reader: Reader, step: Step) -> Reader:
    """Return a reader whose answers are kept; of a cascade, the embedded reading and each model's answer by itself."""
    if not isinstance(reader, CascadeReader):
        return DurableReader(reader, step)
    return reader.wrapped(
        first=lambda part: DurableReader(part, step), model=lambda part: DurableModelReader(part, step)
    )


class DurableWriter:
    """A writer each of whose answers is kept as a step of the job.

    All writers' steps have one name: a job that is begun again may stop mending earlier than the first time, because
    the shop's recent replies are others by now, and would then meet another writer's step in that place.
    """

    def __init__(self, writer: Writer, step: Step) -> None:
        self.name = writer.name
        self._writer = writer
        self._step = step

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the draft, written now or before."""

        async def work() -> dict[str, Any]:
            try:
                return {"draft": (await self._writer.write(case, situation, brief)).model_dump(mode="json")}
            except WriterFailed as failure:
                return {"failed": _told(failure)}

        kept = await self._step("write", work)
        if "failed" in kept:
            raise _failure(WriterFailed, kept["failed"])
        return Draft.model_validate(kept["draft"])


def _told(failure: ReaderFailed | WriterFailed) -> dict[str, Any]:
    """Return a failure as plain JSON."""
    usage = failure.usage.model_dump(mode="json")
    return {"message": str(failure), "model": failure.model, "usage": usage, "again": failure.again}


def _failure(kind: type[Failure], told: dict[str, Any]) -> Failure:
    """Return the failure that `_told` told of."""
    usage = Usage.model_validate(told["usage"])
    return kind(told["message"], model=told["model"], usage=usage, again=told["again"])
