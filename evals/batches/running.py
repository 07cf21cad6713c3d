"""A run in rounds: cases run until a model has to answer, the calls of all go out as a batch, and the cases run again.

There is one pipeline and one runner: a case whose answer is still to come is set aside as one for which a budget does
not reach, and the next round finds the answer where a live run finds those that it kept. Mending a draft takes a round
of its own. What was sent stands in the run's folder, so that the same command goes on after a kill.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from drafter.compose import PipelineParts
from drafter.domain.errors import BadInput, ModelFailed
from drafter.llm.batches import PRICE_FACTOR, BatchApi, BatchState, Call, files_of
from drafter.llm.options import ModelOptions
from evals.batches.desk import Desk
from evals.batches.ledger import Ledger, Sent
from evals.loading import AnyDataset
from evals.runs import Origin, Plan, Run, carry_out
from evals.runs.cache import Cache
from evals.runs.origin import writer_identities
from evals.runs.record import hash_of

MAX_ROUNDS = 3  # a first draft and its two repairs
FIRST_WAIT, LONGEST_WAIT = 5.0, 120.0  # seconds between two looks at a batch
MAX_TROUBLE = 30  # looks in a row that failed: about an hour

_PRICES = ("usd_per_million_in", "usd_per_million_out")

Sleep = Callable[[float], Awaitable[None]]


async def carry_out_in_batches(
    plan: Plan,
    dataset: AnyDataset,
    parts: PipelineParts,
    models: Sequence[ModelOptions],
    *,
    wait: bool = True,
    tell: Callable[[str], None] = lambda _line: None,
    sleep: Sleep = asyncio.sleep,
) -> Run | None:
    """Carry out a run whose model calls go out in batches, or go on with it; None: batches are still under way.

    Args:
        plan: what is to be done; its folder has to be the run's own.
        dataset: its cases.
        parts: as for a live run.
        models: of the first writers of the parts, in their order.
        wait: for the batches; else return once they are sent, and look at them again when called again.
        tell: is told what happens, a line at a time.
        sleep: waits for so many seconds.

    Raises:
        BadInput: the plan or a model does not go with batches.
        ModelFailed: the provider refused or cancelled a batch, or cannot be asked; the message says what to change.
    """
    if not models:
        raise BadInput("Batches need a writer by a model: set DRAFTER_MODEL or --model.")
    if plan.cache is None:
        raise BadInput("Batches need the file of kept answers: leave --no-cache out.")
    if plan.budget_usd is not None:
        raise BadInput("A budget cannot hold for a batch, whose calls all go out at once: use --limit in its place.")
    cache = Cache(plan.cache)
    try:
        async with AsyncExitStack() as stack:
            apis = {options.name: await stack.enter_async_context(BatchApi(options)) for options in models}
            return await _Batching(plan, dataset, parts, models, cache, apis, tell, sleep).run(wait=wait)
    finally:
        cache.close()


def in_batches(origin: Origin) -> Origin:
    """Return where answers come from when they come in batches: their price, and how long they took, is another."""
    models = tuple({**model, **{name: _halved(model.get(name)) for name in _PRICES}} for model in origin.models)
    return origin.with_changes(settings={**origin.settings, "batch": True}, models=models)


class _Batching:
    """A run in batches that goes on."""

    def __init__(
        self,
        plan: Plan,
        dataset: AnyDataset,
        parts: PipelineParts,
        models: Sequence[ModelOptions],
        cache: Cache,
        apis: Mapping[str, BatchApi],
        tell: Callable[[str], None],
        sleep: Sleep,
    ) -> None:
        origin = in_batches(plan.origin)
        self._plan = plan.with_changes(origin=origin, identities=writer_identities(origin))
        self._dataset = dataset
        run = hash_of(plan.name, origin.fingerprint)
        self._desk = Desk(cache, run, send=origin.settings.get("send", "case"))
        self._parts = replace(parts, writers=(*map(self._desk.writer, models), *parts.writers[len(models) :]))
        self._apis = apis
        self._tell = tell
        self._sleep = sleep
        self._ledger = Ledger(plan.folder, run)

    async def run(self, *, wait: bool) -> Run | None:
        for sent in self._ledger.abandoned:
            self._tell(
                f"The batch {sent.id or sent.name} was sent by another prompt, model or version. It is left alone."
            )
        await self._find_half_sent()
        while True:
            for sent in self._ledger.under_way:
                if not await self._fetched(sent, wait=wait):
                    return None
            self._desk.open = self._ledger.round < MAX_ROUNDS
            run = await carry_out(self._plan, self._dataset, self._parts)
            calls = self._desk.collected()
            if not calls or not self._desk.open:
                self._ledger.set_round(0)
                return run
            await self._send(calls)
            if not wait:
                return None

    async def _find_half_sent(self) -> None:
        """Find out whether a batch was sent in whose sending the last command was killed."""
        for sent in self._ledger.under_way:
            if sent.id is not None:
                continue
            try:
                number = await self._apis[sent.model].find(sent.name)
            except ModelFailed as failure:
                raise BadInput(
                    f"{failure} The batch {sent.name} may be sent or not; to send it: delete {self._ledger.file}."
                ) from None
            if number is None:
                self._ledger.drop(sent)
            else:
                self._ledger.change(sent.with_changes(id=number))

    async def _send(self, calls: Mapping[str, Sequence[Call]]) -> None:
        """Send the calls of a round."""
        number = self._ledger.round + 1
        for model, waiting in calls.items():
            for part in files_of(waiting):
                sent = Sent(name=f"drafter-{uuid.uuid4().hex}", model=model, calls=len(part), round=number)
                self._ledger.add(sent)
                sent = sent.with_changes(id=await self._apis[model].send(sent.name, part))
                self._ledger.change(sent)
                self._tell(f"Round {number}: {len(part)} calls of {model} are sent as the batch {sent.id}.")
        self._ledger.set_round(number)

    async def _fetched(self, sent: Sent, *, wait: bool) -> bool:
        """Fetch the answers of a batch when it has ended; return whether it has."""
        state = await self._ended(sent, wait=wait)
        if state is None:
            return False
        replies = await self._apis[sent.model].replies(state)
        for reply in replies:
            self._desk.take(reply)
        self._ledger.change(sent.with_changes(end=state.status))
        if state.status in {"failed", "cancelled"}:
            self._ledger.set_round(max(self._ledger.round - 1, 0))
            raise ModelFailed(_why(sent, state), model=sent.model)
        bad = sum(reply.status != 200 for reply in replies)
        self._tell(
            f"The batch {state.id} {state.status}: {len(replies) - bad} of {sent.calls} calls were answered, {bad} "
            f"failed, {sent.calls - len(replies)} were not carried out."
        )
        return True

    async def _ended(self, sent: Sent, *, wait: bool) -> BatchState | None:
        """Return how a batch ended; None where it has not, and is not waited for."""
        pause, trouble, told = FIRST_WAIT, 0, ""
        while True:
            state = await self._apis[sent.model].look(str(sent.id))
            if isinstance(state, BatchState) and state.ended:
                return state
            trouble = trouble + 1 if isinstance(state, str) else 0
            if isinstance(state, str) and trouble >= MAX_TROUBLE:
                raise ModelFailed(f"{state} The same command goes on with the batch {sent.id}.", model=sent.model)
            line = (
                state
                if isinstance(state, str)
                else f"The batch {state.id}: {state.status}, {state.done} of {sent.calls}."
            )
            if line != told:
                self._tell(line)
            if not wait:
                return None
            told = line
            await self._sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT)


def _halved(price: float | None) -> float | None:
    return None if price is None else price * PRICE_FACTOR


def _why(sent: Sent, state: BatchState) -> str:
    if state.status == "cancelled":
        return f"{sent.model}: the batch {state.id} was cancelled. The same command sends again what has no answer."
    reasons = ", ".join(state.faults) or "it does not say why"
    return (
        f"{sent.model}: the provider refused the batch {state.id} as a whole ({reasons}). Look at the model's name and "
        "options, whether it can be asked in batches, and at your quota; the same command sends the calls again."
    )
