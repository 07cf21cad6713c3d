"""Asking models within a budget, and never twice for the same: readers, writers and judges whose answers are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft, Usage
from drafter.domain.errors import DrafterError
from drafter.domain.judging import JudgingBrief, TracedJudgement
from drafter.domain.ports import ModelJudge, ModelReader, Reader, Writer
from drafter.domain.reading import ReadingBrief, TracedSituation
from drafter.domain.situation import Situation
from drafter.drafting.durable import DurableJudge, DurableModelReader, DurableReader, DurableWriter
from evals.runs.cache import Cache
from evals.runs.record import hash_of

#: Which repeat of its case the running task is: each repeat asks anew.
REPEAT: ContextVar[int] = ContextVar("repeat", default=1)


class OutOfBudget(DrafterError):
    """The run has spent what it may spend; nothing more is asked."""


class SetAside(DrafterError):
    """The answer comes later, with a batch; until then the case is left out."""


class Budget:
    """What a run may spend on models, in US dollars, and what it has spent; None: as much as it needs.

    Calls that are under way when it is used up are still paid for, so it may be passed by as many calls as are made
    side by side.
    """

    def __init__(self, limit: float | None, spent: float = 0.0) -> None:
        self.limit = limit
        self.spent = spent
        self.priced = True  # whether the price of every call is known

    def before(self) -> None:
        """Raise OutOfBudget where nothing more may be asked."""
        if self.limit is None:
            return
        if not self.priced:
            raise OutOfBudget("What a call cost is not known, so that no budget can hold.")
        if self.spent >= self.limit:
            raise OutOfBudget(f"The budget of {self.limit:g} USD is used up.")

    def after(self, usage: Usage) -> None:
        """Count a call."""
        self.priced = self.priced and usage.cost_usd is not None
        self.spent += usage.cost_usd or 0.0


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Where answers are kept, and what they may cost."""

    cache: Cache | None
    budget: Budget
    run: str  # whose money it is

    async def step(self, key: str, name: str, work: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON
        """Return what a call gave, now or before; the form is `drafter.drafting.durable.Step`, after the key.

        A provider's fault is not kept: the next time it may answer.
        """
        if self.cache is not None and (kept := self.cache.answer(f"{name}/{key}")) is not None:
            return kept
        self.budget.before()
        given = await work()
        usage = _usage(given)
        if self.cache is not None and _is_answer(given):
            self.cache.keep_answer(f"{name}/{key}", given, run=self.run, cost_usd=usage.cost_usd)
        self.budget.after(usage)
        return given


class KeptWriter:
    """A writer that is asked once for each case, brief and repeat."""

    def __init__(self, writer: Writer, asking: Asking, identity: object) -> None:
        self.name = writer.name
        self._writer = writer
        self._asking = asking
        self._identity = identity  # all that decides what it writes

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the draft, written now or before. Raises WriterFailed, OutOfBudget."""
        key = hash_of(self._identity, case, situation, brief.with_changes(seconds=None), REPEAT.get())
        return await DurableWriter(self._writer, partial(self._asking.step, key)).write(case, situation, brief)


class KeptReader:
    """A reader that is asked once for each case and repeat."""

    def __init__(self, reader: Reader, asking: Asking, identity: object) -> None:
        self.name = reader.name
        self._reader = reader
        self._asking = asking
        self._identity = identity

    async def read(self, case: Case) -> Situation:
        """Return the situation, read now or before. Raises ReaderFailed, OutOfBudget."""
        key = hash_of(self._identity, case, REPEAT.get())
        return await DurableReader(self._reader, partial(self._asking.step, key)).read(case)


class KeptModelReader:
    """A model's reader that is asked once for each case, brief and repeat, whichever reviews come to it."""

    def __init__(self, reader: ModelReader, asking: Asking, identity: object) -> None:
        self.name = reader.name
        self._reader = reader
        self._asking = asking
        self._identity = identity  # all that decides what it reads; who is asked about which review is no part of it

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the situation, read now or before. Raises ReaderFailed, OutOfBudget."""
        key = hash_of(self._identity, case, brief.with_changes(seconds=None), REPEAT.get())
        return await DurableModelReader(self._reader, partial(self._asking.step, key)).ask(case, brief)


class KeptJudge:
    """A model's judge that is asked once for each reply, brief and repeat."""

    def __init__(self, judge: ModelJudge, asking: Asking, identity: object) -> None:
        self.name = judge.name
        self._judge = judge
        self._asking = asking
        self._identity = identity

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        """Return the judgement, given now or before. Raises JudgeFailed, OutOfBudget."""
        seen = reply.with_changes(recent_replies=())  # a judge is not shown them
        key = hash_of(self._identity, seen, brief.with_changes(seconds=None), REPEAT.get())
        return await DurableJudge(self._judge, partial(self._asking.step, key)).ask(reply, brief)


def _usage(given: dict[str, Any]) -> Usage:
    if "draft" in given:
        return Usage.model_validate(given["draft"]["provenance"]["usage"])
    if "situation" in given:
        tries = given["situation"].get("attempts", ())
        return sum((Usage.model_validate(one["usage"]) for one in tries), Usage())
    if "judgement" in given:
        return Usage.model_validate(given["judgement"]["tried"]["usage"])
    failed = given.get("failed")
    told = failed if isinstance(failed, dict) else given
    return Usage.model_validate(told.get("usage", {}))


def _is_answer(given: dict[str, Any]) -> bool:
    """Whether the model answered, be it with something unusable."""
    failed = given.get("failed")
    return failed is None or (isinstance(failed, dict) and bool(failed["again"]))
