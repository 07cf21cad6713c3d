"""Readers and writers whose answers are kept: each model call is a durable step of its job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import ReaderFailed, WriterFailed
from drafter.domain.ports import Reader, Writer
from drafter.domain.situation import Situation

#: Does a piece of work and keeps its result, which is plain JSON, under a name: `engine.Engine.step`.
Step = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]


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
                return {"failed": str(failure)}

        kept = await self._step("read", work)
        if "failed" in kept:
            raise ReaderFailed(kept["failed"])
        return Situation.model_validate(kept["situation"])


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
            raise _failure(kept["failed"])
        return Draft.model_validate(kept["draft"])


def _told(failure: WriterFailed) -> dict[str, Any]:
    """Return a failure as plain JSON."""
    usage = failure.usage.model_dump(mode="json")
    return {"message": str(failure), "model": failure.model, "usage": usage, "again": failure.again}


def _failure(told: dict[str, Any]) -> WriterFailed:
    """Return the failure that `_told` told of."""
    usage = Usage.model_validate(told["usage"])
    return WriterFailed(told["message"], model=told["model"], usage=usage, again=told["again"])
