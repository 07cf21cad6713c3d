"""Daily budgets: before a model is asked for a shop, what the call may take is set aside, and afterwards corrected.

Over the budget no model is asked: the reader, writer or judge fails at once, with the figures, and the parts without a
model take over. So that drafts that are made at the same time do not pass the budget together, each call is let
through only where all that was taken and set aside, and what it may take itself, fit into it. What is passed all the
same is what calls under way take beyond `ESTIMATED_PROMPT` and their `max_answer_tokens`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from drafter.domain.draft import OVER_BUDGET, Usage
from drafter.domain.errors import JudgeFailed, ReaderFailed, TranslatorFailed, WriterFailed
from drafter.domain.shop import Shop
from drafter.llm.options import ModelOptions
from drafter.llm.spending import Tokens, cost_of
from drafter.logs import fault

ESTIMATED_PROMPT = 3_000  # tokens that are set aside for what is sent; prompts of 2026 have 1,500 to 2,200

KEPT_FOR = timedelta(days=3)  # what was taken; longer than any shop's day

_MORE = "are taken or set aside, and one more call may take"

Result = TypeVar("Result")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was taken or set aside of a budget."""

    tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Taking:
    """What one question to a model may take."""

    shop: Shop
    options: ModelOptions
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def tokens(self) -> int:
        """Tokens that it may take."""
        return ESTIMATED_PROMPT + self.options.max_answer_tokens

    @property
    def usd(self) -> float | None:
        """US dollars that it may take; None where the model's price is not known."""
        return cost_of(self.options, Tokens(ESTIMATED_PROMPT, self.options.max_answer_tokens))

    def set_aside(self) -> Taken:
        """Return what is to be set aside for it."""
        return Taken(tokens=self.tokens, usd=self.usd or 0.0)

    def settled(self, usage: Usage) -> Taken:
        """Return what it took; dollars that nobody told are taken as those that were set aside."""
        usd = usage.cost_usd if usage.cost_usd is not None else self.usd
        return Taken(tokens=usage.tokens_in + usage.tokens_out, usd=usd or 0.0)


class Purse(Protocol):
    """Keeps what shops take of their budgets. Its methods block for a moment, and may be called from any thread."""

    def open(self, taking: Taking) -> str | None:
        """Set aside what a question may take; return in words why it may not be asked, None where it may."""
        ...

    def settle(self, taking: Taking, taken: Taken) -> None:
        """Put down what it took."""
        ...


def begin_of_day(shop: Shop, now: datetime) -> datetime:
    """Return when the shop's day began, by its own time zone."""
    return now.astimezone(ZoneInfo(shop.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def over_budget(taking: Taking, taken: Taken, now: datetime) -> str | None:
    """Return in words why a question does not fit into what is left of its shop's day; None where it does."""
    budget, until = taking.shop.daily_budget, _until(taking.shop, now)
    if budget.tokens is not None and taken.tokens + taking.tokens > budget.tokens:
        figures = f"{taken.tokens:,} of {budget.tokens:,} tokens {_MORE} {taking.tokens:,}"
        return f"the shop's daily budget is used up ({figures}) until {until}; no model is asked before"
    if budget.usd is None:
        return None
    if taking.usd is None:
        return (
            f"the shop's daily budget is in US dollars, and the price of {taking.options.name} is not known, so it is "
            "not asked: set its usd_per_million_in and usd_per_million_out in DRAFTER_MODELS_FILE, or give the shop a "
            "budget in tokens"
        )
    if taken.usd + taking.usd > budget.usd:
        figures = f"{_usd(taken.usd)} of {_usd(budget.usd)} {_MORE} {_usd(taking.usd)}"
        return f"the shop's daily budget is used up ({figures}) until {until}; no model is asked before"
    return None


def _until(shop: Shop, now: datetime) -> str:
    begin = begin_of_day(shop, now)
    end = (begin + timedelta(hours=36)).replace(hour=0)  # a day of 23 or 25 hours ends at midnight too
    return f"{end:%d %b %Y %H:%M} ({shop.time_zone})"


def _usd(amount: float) -> str:
    return f"${amount:,.4f}".rstrip("0").rstrip(".")


def _utc() -> datetime:
    return datetime.now(UTC)


class InProcessPurse:
    """Keeps what shops took on their day, for one process."""

    def __init__(self, now: Callable[[], datetime] = _utc) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[str, datetime, Taken]] = {}  # shop, when, and what

    def open(self, taking: Taking) -> str | None:
        """Set aside what a question may take, if its shop's budget has that left."""
        with self._lock:
            now, shop = self._now(), taking.shop
            since = begin_of_day(shop, now)
            self._entries = {key: entry for key, entry in self._entries.items() if entry[1] >= now - KEPT_FOR}
            own = [taken for name, at, taken in self._entries.values() if name == shop.name and at >= since]
            taken = Taken(tokens=sum(one.tokens for one in own), usd=sum(one.usd for one in own))
            why = over_budget(taking, taken, now)
            if why is None:
                self._entries[taking.id] = (shop.name, now, taking.set_aside())
            return why

    def settle(self, taking: Taking, taken: Taken) -> None:
        """Put down what it took."""
        with self._lock:
            if taking.id in self._entries:
                name, at, _ = self._entries[taking.id]
                self._entries[taking.id] = (name, at, taken)


async def within_budget(
    purse: Purse,
    taking: Taking,
    ask: Callable[[], Awaitable[Result]],
    usage_of: Callable[[Result], Usage],
    failed: Callable[..., Exception],
) -> Result:
    """Ask where the budget allows it, and put down what that took, however it ends.

    Args:
        purse: that the budget is taken from.
        taking: what may be taken.
        ask: asks the model.
        usage_of: tells what an answer took.
        failed: makes the failure to raise where no model is asked, of a message, `model` and `codes`.
    """
    if (refusal := await asyncio.to_thread(_refusal, purse, taking)) is not None:
        raise failed(f"{refusal.why}.", model=taking.options.name, codes=refusal.codes)
    taken = taking.set_aside()
    try:
        result = await ask()
    except (JudgeFailed, ReaderFailed, TranslatorFailed, WriterFailed) as failure:
        taken = taking.settled(failure.usage)
        raise
    else:
        taken = taking.settled(usage_of(result))
        return result
    finally:
        await asyncio.shield(asyncio.to_thread(_settle, purse, taking, taken))


class _Refusal(NamedTuple):
    """Why no model is asked, in words and in codes."""

    why: str
    codes: tuple[str, ...]


def _refusal(purse: Purse, taking: Taking) -> _Refusal | None:
    """Return why a question may not be asked; of a purse that cannot be opened nothing is taken."""
    try:
        why = purse.open(taking)
    except Exception as error:  # noqa: BLE001  # whatever keeps the purse, the parts without a model take over
        log.error("budget.not_opened", extra=_about(taking, error))  # noqa: TRY400  # its message may hold an address
        return _Refusal(f"the shop's daily budget cannot be looked up ({type(error).__name__})", ())
    return None if why is None else _Refusal(why, (OVER_BUDGET,))


def _settle(purse: Purse, taking: Taking, taken: Taken) -> None:
    """Put down what a question took; where that cannot be, what was set aside stays, and the answer counts."""
    try:
        purse.settle(taking, taken)
    except Exception as error:  # noqa: BLE001  # whatever keeps the purse, the answer is there and is paid
        log.error("budget.not_settled", extra=_about(taking, error))  # noqa: TRY400  # as above


def _about(taking: Taking, error: Exception) -> dict[str, str]:
    return {"shop": taking.shop.name, "model": taking.options.name, **fault(error)}
