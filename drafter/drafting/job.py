"""Drafting: the job that turns a stored review into an approval item, exactly one for each version.

It reads and writes with the pipeline and stores what came of it in one transaction. Every model call is a durable
step of its own, so that a job that is begun again after a crash repeats at most the call that was under way.
Whatever goes wrong, the review ends before a person: with a draft, or with the reason why there is none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from drafter import pipeline
from drafter.domain.approval import ApprovalItem, DecisionKind, ItemState
from drafter.domain.case import Brief, Case, Prepared
from drafter.domain.errors import NotFound
from drafter.domain.ports import Clock, Inspector, Reader, Writer
from drafter.domain.record import Record
from drafter.domain.shop import due_at
from drafter.domain.situation import Channel, Route, Situation, SituationName
from drafter.drafting.durable import DurableReader, DurableWriter, Step, directly
from drafter.logs import fault
from drafter.store import drafts, items, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.reviews import StoredReview

log = logging.getLogger(__name__)

_T = TypeVar("_T")

FORGOTTEN_AFTER = timedelta(minutes=2)  # without an item and without a job; a job enters with its review
_FAILED = "The draft could not be made because of a fault in Drafter ({error}). A person has to answer this review."


class Parts(Protocol):
    """Who reads, writes and checks."""

    @property
    def reader(self) -> Reader:
        """Who reads the situation."""
        ...

    @property
    def writers(self) -> Sequence[Writer]:
        """Who writes, in the order in which they are tried."""
        ...

    @property
    def inspector(self) -> Inspector:
        """The guardrails."""
        ...

    @property
    def draft_seconds(self) -> float:
        """Seconds that a draft may take, over all tries of all models."""
        ...


class Jobs(Protocol):
    """What the engine tells about its jobs."""

    def is_drafting(self, review_id: str, version: str) -> bool:
        """Whether a drafting job of this review version has not ended."""
        ...


class _Matter(Record):
    """All that a job needs of the store."""

    stored: StoredReview
    case: Case
    instruction: str | None = None  # of the person who asked for another draft


class Drafting:
    """Prepares drafts of stored reviews."""

    def __init__(self, *, database: Database, parts: Parts, clock: Clock, step: Step = directly) -> None:
        self._database = database
        self._parts = parts
        self._clock = clock
        self._step = step

    async def draft(self, review_id: str, version: str, revision: int = 0) -> None:
        """Bring a review version before a person, or renew its draft (`revision` above 0).

        Nothing happens where that is done already, or where the customer changed or deleted the review meanwhile.
        """
        matter = await _persistently(lambda: self._load(review_id, version, revision))
        if matter is None:
            return
        try:
            prepared = await self._prepare(matter)
        except Exception as error:  # noqa: BLE001  # whatever it is, the review has to come before a person
            fields = {"review_id": review_id, "version": version, **fault(error)}
            log.error("drafting.failed", extra=fields)  # noqa: TRY400  # its message may hold customer text
            prepared = _failed(matter.case, error)
        store = self._store_again if revision else self._store_first
        await _persistently(lambda: store(matter, version, prepared))

    def rescue(self, jobs: Jobs) -> int:
        """Put reviews before a person that wait for a draft without a job, and return how many there were.

        There should be none: a job enters with its review. One that could not even store its failure leaves one.
        """
        with self._database.reading() as session:
            forgotten = reviews.without_item(session, self._clock.now() - FORGOTTEN_AFTER)
            waiting = [(stored.id, stored.version, 0) for stored in forgotten]
            waiting += [(review_id, version, 1) for review_id, version in drafts.awaited_again(session)]
        lost = [wait for wait in waiting if not jobs.is_drafting(wait[0], wait[1])]
        for review_id, version, revision in lost:
            log.error("drafting.lost", extra={"review_id": review_id, "version": version})
            matter = self._load(review_id, version, revision)
            if matter is not None:
                store = self._store_again if revision else self._store_first
                store(matter, version, _failed(matter.case, "its job was lost"))
        return len(lost)

    def _load(self, review_id: str, version: str, revision: int) -> _Matter | None:
        with self._database.reading() as session:
            stored = _current(session, review_id, version)
            item = items.find(session, review_id, version)
            if stored is None or (item is not None) != bool(revision) or (item and not item.regenerating):
                return None
            shop = shops.get(session, stored.review.shop)
            case = Case(review=stored.review, shop=shop, case_facts=stored.case_facts)
            instruction = _instruction(session, item) if item else None
        return _Matter(stored=stored, case=case, instruction=instruction)

    async def _prepare(self, matter: _Matter) -> Prepared:
        reader = DurableReader(self._parts.reader, self._step)
        situation = await reader.read(matter.case)
        language = matter.case.shop.answers_in(situation.language)
        recent = await _persistently(lambda: self._recent_replies(matter, language))
        return await pipeline.answer(
            matter.case,
            situation,
            writers=[DurableWriter(writer, self._step) for writer in self._parts.writers],
            inspector=self._parts.inspector,
            brief=Brief(instruction=matter.instruction, recent_replies=recent),
            seconds=self._parts.draft_seconds,
        )

    def _recent_replies(self, matter: _Matter, language: str) -> tuple[str, ...]:
        with self._database.reading() as session:
            return drafts.recent_replies(session, matter.case.shop.name, language, but_not_of=matter.stored.id)

    def _store_first(self, matter: _Matter, version: str, prepared: Prepared) -> None:
        now = self._clock.now()
        review_id, review = matter.stored.id, matter.stored.review
        with self._database.writing() as session:
            current = _current(session, review_id, version, lock=True)
            if current is None or items.find(session, review_id, version) is not None:
                return
            item = ApprovalItem(
                id=new_id("item"),
                review_id=review_id,
                review_version=version,
                shop=review.shop,
                state=ItemState.ESCALATED if prepared.route is Route.ESCALATE else ItemState.QUEUED,
                route=prepared.route,
                situation=prepared.situation,
                draft=prepared.draft,
                findings=prepared.findings,
                reason=prepared.reason,
                escalated=prepared.route is Route.ESCALATE,
                due_at=due_at(review, matter.case.shop, current.received_at),
                created_at=now,
            )
            draft_id = _store_draft(session, matter, version, prepared, now=now)
            items.insert(session, item, rating=review.rating, draft_id=draft_id)
        log.info("drafting.stored", extra={"review_id": review_id, "item_id": item.id, "route": item.route.value})

    def _store_again(self, matter: _Matter, version: str, prepared: Prepared) -> None:
        now = self._clock.now()
        with self._database.writing() as session:
            current = _current(session, matter.stored.id, version, lock=True)
            item = items.find(session, matter.stored.id, version)
            if current is None or item is None or not (item.regenerating and item.is_open):
                return
            changes: dict[str, Any] = {"regenerating": False, "reason": prepared.reason}
            if prepared.draft is not None:
                changes["draft_id"] = _store_draft(session, matter, version, prepared, now=now)
                changes |= {"route": prepared.route, "situation": prepared.situation}
            else:
                changes["reason"] = f"No new draft came. {prepared.reason or ''}".strip()
            items.change(session, item, **changes)
        log.info("drafting.stored_again", extra={"review_id": matter.stored.id, "item_id": item.id})


def _current(session: Session, review_id: str, version: str, *, lock: bool = False) -> StoredReview | None:
    """Return the review if it still is at that version and the customer has not deleted it."""
    try:
        stored = reviews.get(session, review_id, lock=lock)
    except NotFound:  # purged
        return None
    return stored if stored.version == version and stored.deleted_at is None else None


def _instruction(session: Session, item: ApprovalItem) -> str | None:
    asked = [step for step in items.decisions(session, item.id) if step.kind is DecisionKind.REGENERATE]
    return asked[-1].details.get("instruction") if asked else None


def _store_draft(session: Session, matter: _Matter, version: str, prepared: Prepared, *, now: datetime) -> str | None:
    if prepared.draft is None:
        return None
    return drafts.insert(
        session,
        matter.stored.id,
        version,
        prepared.draft,
        prepared.findings,
        instruction=matter.instruction,
        now=now,
    )


def _failed(case: Case, error: Exception | str) -> Prepared:
    """Return what a person sees of a review that could not be read or drafted."""
    situation = Situation(
        situation=SituationName.OTHER,
        language=case.review.language or case.shop.default_language,
        sentiment=0,
        channel=Channel.PUBLIC,
        confidence=0.0,
        reader="none",
    )
    what = error if isinstance(error, str) else type(error).__name__
    return Prepared(route=Route.ESCALATE, situation=situation, reason=_FAILED.format(error=what))


async def _persistently(work: Callable[[], _T]) -> _T:
    """Do blocking database work in a thread, again after a while where the database was not to be had."""
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type((OperationalError, InterfaceError)),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        stop=stop_after_attempt(10),
        reraise=True,
    ):
        with attempt:
            return await asyncio.to_thread(work)
    raise AssertionError("tenacity ends by returning or raising")
