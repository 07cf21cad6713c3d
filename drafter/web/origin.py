"""Where a draft comes from, for the open item: who wrote it and why, and every try with what it took, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal

from drafter.amounts import duration, price, requests
from drafter.approvals import ItemView
from drafter.domain.draft import PERSON, Provenance, Usage
from drafter.domain.judging import is_judging, is_writing
from drafter.domain.reading import is_reading
from drafter.store.attempts import KeptAttempt
from drafter.web.times import ago


@dataclass(frozen=True, kw_only=True)
class Try:
    """One try of a writer."""

    writer: str
    model: str | None
    outcome: str
    codes: tuple[str, ...]  # of what blocked it
    reason: str | None  # why it failed; it names the model
    took: str  # tokens, cost and time
    role: Literal["reader", "judge"] | None  # what it was asked as, where it did not write

    @property
    def why(self) -> str | None:
        """Why it failed, where the model's name stands beside it already."""
        return self.reason.removeprefix(f"{self.model}: ") if self.reason else None


@dataclass(frozen=True, kw_only=True)
class Round:
    """The tries at one draft."""

    when: str
    tries: tuple[Try, ...]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who wrote the draft that is shown, if there is one, and why; and all that was tried."""

    provenance: Provenance | None  # None: there is no draft
    causes: tuple[Try, ...]  # the last try of each one that was asked before the author and did not come through
    fallback_reason: str | None  # in the writers' own words, where the tries themselves are not known
    unmet: str | None  # which wishes of the shop or of a person its writer could not meet
    no_model: bool  # templates wrote it because nobody else was to be asked
    rounds: tuple[Round, ...]  # the newest first
    total: str | None  # what all tries took; None where that is what the only one took


def origin_of(view: ItemView) -> Origin:
    """Return where the draft of an item comes from."""
    draft = view.item.draft
    rounds = [tuple(tries) for _, tries in groupby(view.attempts, key=lambda one: one.revision)]
    provenance = draft.provenance if draft else None
    whole = _own(rounds) if provenance and provenance.writer != PERSON else ()
    own = tuple(filter(is_writing, whole))
    return Origin(
        provenance=provenance,
        causes=_causes(own, provenance) if provenance else (),
        fallback_reason=provenance.fallback_reason if provenance and not own else None,
        unmet=_unmet(view, provenance) if provenance and own else None,
        no_model=bool(own) and {one.writer for one in whole} == {"template"},
        rounds=tuple(_round(tries, view.at) for tries in reversed(rounds)),
        total=_total(view.attempts, view.usage),
    )


def reason_of(view: ItemView) -> str | None:
    """Return the item's reason, unless it only says why another writer wrote the draft, which `Origin` tells."""
    told = [earlier.draft.provenance.fallback_reason or "" for earlier in view.drafts]
    reason = view.item.reason
    return None if reason and any(one.startswith(reason) for one in told) else reason


def _unmet(view: ItemView, author: Provenance) -> str | None:
    """Return what the author says beside why the writers before them did not come through."""
    said = author.fallback_reason or ""
    return said.removeprefix(view.item.reason or "").strip() or None


def _own(rounds: Sequence[tuple[KeptAttempt, ...]]) -> tuple[KeptAttempt, ...]:
    """Return the tries at the last draft that came."""
    came = (tries for tries in reversed(rounds) if any(one.outcome == "passed" and is_writing(one) for one in tries))
    return next(came, ())


def _causes(tries: Iterable[KeptAttempt], author: Provenance) -> tuple[Try, ...]:
    last = {(one.writer, one.model): one for one in tries}
    last.pop((author.writer, author.model), None)
    return tuple(map(_try, last.values()))


def _round(tries: Sequence[KeptAttempt], now: datetime) -> Round:
    return Round(when=ago(tries[0].created_at, now), tries=tuple(map(_try, tries)))


def _try(one: KeptAttempt) -> Try:
    return Try(
        writer=one.writer,
        model=one.model,
        outcome=one.outcome,
        codes=one.codes,
        reason=one.reason.rstrip(". ") if one.reason else None,
        took=_listed(*requests(one.usage), price([one.usage]), duration(one.latency_ms)),
        role="reader" if is_reading(one) else "judge" if is_judging(one) else None,
    )


def _total(tries: Sequence[KeptAttempt], usage: Usage) -> str | None:
    """Return what several tries took, where any of them asked a model."""
    if len(tries) < 2 or not usage.calls:
        return None
    return _listed(*requests(usage), price([one.usage for one in tries]))


def took(usage: Usage) -> str | None:
    """Return what models took, in words; None where none was asked."""
    return _listed(*requests(usage), price([usage])) if usage.calls else None


def _listed(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
