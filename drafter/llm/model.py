"""One chat model: asked within a time, again where that helps, its faults told in our words, its use counted.

tenacity is the only retry layer: the provider's client is told not to retry by itself, so that tries do not multiply.
Faults travel as values, not as exceptions: a provider's exception holds the request and may hold the key, and must not
hang on what is raised and logged here.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

import httpx2
from langchain_core.messages import AIMessage
from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, wait_random_exponential

from drafter.domain.draft import Usage
from drafter.domain.errors import ModelFailed
from drafter.llm.answers import Form, PlainText, form_of
from drafter.llm.breaker import FAULTS_IN_A_ROW, Breaker, Change, Permit
from drafter.llm.classify import fault_of
from drafter.llm.client import Line, Lines
from drafter.llm.faults import Fault, Kind, fault, held_back
from drafter.llm.gate import OWN_CLOCKS, Gate, Times
from drafter.llm.limits import Call, InProcessMeter, Meter
from drafter.llm.options import ModelOptions
from drafter.llm.provider import messages
from drafter.llm.spending import spent, tokens_of
from drafter.settings import ModelMode

log = logging.getLogger(__name__)

MAX_TRIES = 4  # of one call
LEAST_SECONDS = 0.5  # with less time left a call is not begun
FIRST_WAIT = 0.5  # seconds at most before the second try, twice as long before each further one
FIRST_BUSY_WAIT = 2.0  # where there were too many calls: limits are counted by the second or the minute
LONGEST_BACK_OFF = 20.0  # seconds; a server that asks for more is obeyed
BYTES_A_TOKEN = 4  # of UTF-8, by which the tokens of a question are estimated
_MANY = frozenset({Kind.SET_ASIDE, Kind.IN_BATCH})  # faults that may come by the hundred and say nothing new

Answer = TypeVar("Answer")
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Answered(Generic[Answer]):
    """A model's answer, and what it took, tries that failed included."""

    answer: Answer
    model: str
    usage: Usage
    latency_ms: float


@dataclass(kw_only=True)
class _Asking(Generic[Answer]):
    """A question under way."""

    form: Form[Answer]
    system: str
    user: str
    began: float  # on the monotonic clock, as the next
    ends: float
    usage: Usage = field(default_factory=Usage)


class ChatModel:
    """A model by its options. One is shared by all drafts of a process."""

    def __init__(
        self,
        options: ModelOptions,
        times: Times = OWN_CLOCKS,
        transport: httpx2.AsyncBaseTransport | None = None,
        meter: Meter | None = None,
    ) -> None:
        """Make a model.

        Args:
            options: how it is asked.
            times: how time passes.
            transport: takes the requests in place of the network, where they are not to be answered at once.
            meter: keeps count of its calls; None: by itself, for this process alone.
        """
        self._options = options
        self._times = times
        self._lines = Lines(options, transport)
        self._gate = Gate(meter or InProcessMeter(times.now), times)
        self._breaker = Breaker(times.monotonic)
        self._answered_before = transport is not None
        self._last_fault = ""

    @property
    def name(self) -> str:
        """The model, as provider:name."""
        return self._options.name

    @property
    def mode(self) -> ModelMode:
        """How it is asked for its answer; `text`: by `ask_text`, else by `ask`."""
        return self._options.mode

    async def ask(self, system: str, user: str, answer: type[Model], *, seconds: float) -> Answered[Model]:
        """Return the model's answer in the form that was asked for.

        Args:
            system: the instructions.
            user: what they are to be carried out on.
            answer: the form; its fields' descriptions are sent.
            seconds: for all tries together, the waits between them and the wait for a free slot.

        Raises:
            ModelFailed: no usable answer within the seconds; the message says which setting to look at.
        """
        return await self._answered(form_of(answer, self.mode), system, user, seconds)

    async def ask_text(self, system: str, user: str, *, seconds: float) -> Answered[str]:
        """Return the model's answer as plain text, never empty; else as `ask`."""
        return await self._answered(PlainText(), system, user, seconds)

    async def _answered(self, form: Form[Answer], system: str, user: str, seconds: float) -> Answered[Answer]:
        began = self._times.monotonic()
        asking = _Asking(form=form, system=system, user=user, began=began, ends=began + seconds)
        outcome = await self._persistently(asking)
        took = self._times.monotonic() - began
        if isinstance(outcome, Fault):
            fields = {"model": self.name, "kind": outcome.kind.value, "calls": asking.usage.calls}
            level = logging.INFO if outcome.kind in _MANY else logging.WARNING
            log.log(level, "llm.failed", extra=fields | {"status": outcome.status or "none", "seconds": round(took, 1)})
            raise ModelFailed(outcome.message, model=self.name, usage=asking.usage, again=outcome.traits.again)
        return Answered(answer=outcome, model=self.name, usage=asking.usage, latency_ms=round(took * 1000, 1))

    async def _persistently(self, asking: _Asking[Answer]) -> Answer | Fault:
        """Try, and again where the fault passes, there is time, and it was not tried too often."""
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda outcome: isinstance(outcome, Fault) and outcome.traits.passing),
            stop=lambda state: self._gives_up(asking, state),
            wait=_wait,
            sleep=self._times.sleep,
            before_sleep=self._note_retry,
            retry_error_callback=self._given_up,
        )
        result: Answer | Fault = await retrying(self._try, asking)
        return result

    def _gives_up(self, asking: _Asking[Answer], state: RetryCallState) -> bool:
        left = asking.ends - self._times.monotonic() - state.upcoming_sleep
        needed = LEAST_SECONDS
        if _fault_in(state).kind is Kind.TIMEOUT:  # less time would end no better
            needed = self._options.call_seconds / 2
        return state.attempt_number >= MAX_TRIES or left < needed

    def _given_up(self, state: RetryCallState) -> Fault:
        """Return the last fault. That a busy server was still busy then counts as one fault."""
        last = _fault_in(state)
        if last.kind is Kind.BUSY:
            self._end(Permit.CALL, last, well=False)
        return last

    async def _try(self, asking: _Asking[Answer]) -> Answer | Fault:
        """Make one call, if the breaker lets it, there is a slot in time, and there is a client."""
        line = await self._lines.line()
        if isinstance(line, Fault):
            return line
        if self._breaker.shut:
            return fault(Kind.SET_ASIDE, self._options, self._why_set_aside())
        call = self._call_of(asking)
        if asking.ends - self._times.monotonic() < LEAST_SECONDS:
            return fault(Kind.NO_TIME, self._options, "less than a second was left")
        wait = await self._gate.enter(line.turn, call, ends=asking.ends - LEAST_SECONDS)
        if wait is not None:
            return held_back(wait, call)
        before, outcome = asking.usage, None
        try:
            outcome = await self._permitted(line, asking)
            return outcome
        finally:
            await self._gate.leave(line.turn, call, _taken(before, asking.usage, outcome))

    def _call_of(self, asking: _Asking[Answer]) -> Call:
        """Return a question as a call that asks for leave."""
        sent = len(f"{asking.system}{asking.user}".encode()) // BYTES_A_TOKEN
        tokens = sent + self._options.max_answer_tokens
        return Call(options=self._options, tokens=tokens, seconds=self._options.call_seconds)

    async def _permitted(self, line: Line, asking: _Asking[Answer]) -> Answer | Fault:
        left = asking.ends - self._times.monotonic()
        if left < LEAST_SECONDS:
            return fault(Kind.NO_TIME, self._options, "less than a second was left")
        permit = self._breaker.begin()
        if permit is None:
            return fault(Kind.SET_ASIDE, self._options, self._why_set_aside())
        well: bool | None = None
        outcome: Answer | Fault | None = None
        try:
            outcome = await self._call(line, asking, min(left, self._options.call_seconds))
            well = self._speaks_well(outcome, permit, left)
            return outcome
        finally:
            self._end(permit, outcome if isinstance(outcome, Fault) else None, well=well)

    def _speaks_well(self, outcome: Answer | Fault, permit: Permit, left: float) -> bool | None:
        """Return what the end of a call says of the model; None where it says nothing.

        That it is busy counts when it is given up, and a time-out where the call had little time says nothing.
        """
        if not isinstance(outcome, Fault) or not outcome.traits.counts:
            return True
        hurried = outcome.kind is Kind.TIMEOUT and left < self._options.call_seconds / 2
        patient = outcome.kind is Kind.BUSY and permit is Permit.CALL
        return None if hurried or patient else False

    async def _call(self, line: Line, asking: _Asking[Answer], seconds: float) -> Answer | Fault:
        """Send one request; its answer has to be complete within the seconds, however slowly it comes in."""
        try:
            asked = asking.form.asked_of(line.client, self._options)
        except Exception as error:  # noqa: BLE001  # a provider whose package does not know the mode
            return fault(Kind.REJECTED, self._options, type(error).__name__)
        try:
            async with asyncio.timeout(seconds):
                result = await asked.ainvoke(messages(self._options, asking.system, asking.user))
        except Exception as error:  # noqa: BLE001  # whatever a provider's package raises is told in our words
            outcome = fault_of(error, self._options, seconds=seconds, now=self._times.now())
            asking.usage += spent(self._options, tokens_of(error), unpaid=outcome.traits.unpaid)
            return outcome
        message = result["raw"] if isinstance(result, dict) else result
        asking.usage += spent(self._options, tokens_of(message))
        if not isinstance(message, AIMessage):
            return fault(Kind.UNKNOWN, self._options, type(message).__name__)
        return asking.form.read(message, self._options)

    def _end(self, permit: Permit, bad: Fault | None, *, well: bool | None) -> None:
        """Tell the breaker how a call ended, and log what that changes; an answer of long ago says nothing of today."""
        if self._answered_before:
            return
        if well is False and bad is not None:
            self._last_fault = bad.message.removeprefix(f"{self.name}: ").rstrip(".")
        seconds = round(self._breaker.open_for, 1)
        change = self._breaker.end(permit, well=well)
        if change is Change.OPENED:
            kind = bad.kind.value if bad is not None else None
            log.error(
                "llm.breaker_opened", extra={"model": self.name, "kind": kind, "seconds": self._breaker.pause_left}
            )
        elif change is Change.CLOSED:
            log.info("llm.breaker_closed", extra={"model": self.name, "seconds": seconds})

    def _why_set_aside(self) -> str:
        now = self._times.now()
        since, until = (
            now - timedelta(seconds=self._breaker.open_for),
            now + timedelta(seconds=self._breaker.pause_left),
        )
        return (
            f"it is not asked since {since:%H:%M:%S} UTC, after {FAULTS_IN_A_ROW} faults in a row "
            f"(the last: {self._last_fault}), and is asked again at {until:%H:%M:%S} UTC"
        )

    def _note_retry(self, state: RetryCallState) -> None:
        seconds = round(state.upcoming_sleep, 2)
        log.info("llm.retried", extra={"model": self.name, "kind": _fault_in(state).kind.value, "seconds": seconds})


def _taken(before: Usage, after: Usage, outcome: object) -> int | None:
    """Return the tokens of a call; None where nobody told them, though there may have been some."""
    tokens = after.tokens_in + after.tokens_out - before.tokens_in - before.tokens_out
    unpaid = isinstance(outcome, Fault) and outcome.traits.unpaid
    return tokens if tokens or unpaid or after.calls == before.calls else None


def _fault_in(state: RetryCallState) -> Fault:
    """Return the fault that the last try ended with; tenacity asks only where there is one."""
    outcome: Any = state.outcome.result() if state.outcome is not None else None
    if not isinstance(outcome, Fault):
        raise TypeError("a try that is repeated ended with a fault")
    return outcome


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the server asks for and a little more, else longer each time; with jitter."""
    last = _fault_in(state)
    if last.wait is not None:
        return last.wait + random.uniform(0, min(1.0, 0.1 + last.wait / 10))  # noqa: S311  # it spreads the calls
    first = FIRST_BUSY_WAIT if last.kind is Kind.BUSY else FIRST_WAIT
    return wait_random_exponential(multiplier=first, max=LONGEST_BACK_OFF)(state)
