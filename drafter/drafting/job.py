"""Drafting: the job that turns a stored review into an approval item, exactly one for each version.

It reads and writes with the pipeline and stores what came of it in one transaction. Every model call is a durable
step of its own, so that a job that is begun again after a crash repeats at most the call that was under way.
Whatever goes wrong, the review ends before a person: with a draft, or with the reason why there is none.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from drafter import pipeline
from drafter.domain.case import Brief, Case, Prepared
from drafter.domain.ports import Clock, Embedder, Inspector, Judge, Reader, Writer
from drafter.domain.situation import Channel, Route, Situation, SituationName
from drafter.drafting import storing
from drafter.drafting.durable import DurableRepairs, DurableWriter, Step, directly, durable_judge, durable_reader
from drafter.drafting.repairs import KeptRepairs
from drafter.drafting.storing import Matter
from drafter.logs import fault
from drafter.readers import suspicion
from drafter.store import drafts, examples, reviews
from drafter.store.database import Database

log = logging.getLogger(__name__)

_T = TypeVar("_T")

FORGOTTEN_AFTER = timedelta(minutes=2)  # without an item and without a job; a job enters with its review
GRACE_SECONDS = 60.0  # beside what the models may take: for the template writer and the checks
_FAILED = "The draft could not be made because of a fault in Drafter ({error}). A person has to answer this review."


class Parts(Protocol):
    """Who reads, writes, checks and judges."""

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
    def judge(self) -> Judge | None:
        """Who judges what models write, if anybody does."""
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


class Drafting:
    """Prepares drafts of stored reviews."""

    def __init__(
        self,
        *,
        database: Database,
        parts: Parts,
        clock: Clock,
        step: Step = directly,
        embedder: Embedder | None = None,
    ) -> None:
        """Make drafting; an `embedder` finds examples for writers, without one they get none."""
        self._database = database
        self._parts = parts
        self._clock = clock
        self._step = step
        self._embedder = embedder

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
            prepared = _given_up(matter, error)
        try:
            await _persistently(lambda: self._store(matter, prepared))
        except (OperationalError, InterfaceError):  # the database is away: nothing else could be stored either
            raise
        except Exception as error:  # noqa: BLE001  # what came of it cannot be stored, so its failure is
            failed = _given_up(matter, error)
            await _persistently(lambda: self._store(matter, failed))

    def rescue(self, jobs: Jobs) -> int:
        """Put reviews before a person that wait for a draft without a job, and return how many there were.

        There should be none: a job enters with its review. One that could not even store its failure leaves one.
        """
        with self._database.reading() as session:
            forgotten = reviews.without_item(session, self._clock.now() - FORGOTTEN_AFTER)
            waiting = [(stored.id, stored.version, 0) for stored in forgotten]
            waiting += storing.awaited(session)
        lost = [wait for wait in waiting if not jobs.is_drafting(wait[0], wait[1])]
        for review_id, version, revision in lost:
            log.error("drafting.lost", extra={"review_id": review_id, "version": version})
            matter = self._load(review_id, version, revision)
            if matter is not None:
                self._store(matter, _failed(matter.case, "its job was lost"))
        return len(lost)

    def _load(self, review_id: str, version: str, revision: int) -> Matter | None:
        with self._database.reading() as session:
            return storing.load(session, review_id, version, revision)

    async def _prepare(self, matter: Matter) -> Prepared:
        began = time.monotonic()
        situation = await durable_reader(self._parts.reader, self._step).read(matter.case)
        situation = suspicion.marked(situation, matter.likeness)
        brief = await _persistently(lambda: self._brief(matter, situation))
        async with asyncio.timeout(self._parts.draft_seconds + GRACE_SECONDS):  # a writer may not keep to its time
            return await pipeline.answer(
                matter.case,
                situation,
                writers=[DurableWriter(writer, self._step) for writer in self._parts.writers],
                inspector=self._parts.inspector,
                judge=durable_judge(self._parts.judge, self._step),
                brief=brief,
                seconds=max(self._parts.draft_seconds - (time.monotonic() - began), 0.0),
                repairs=DurableRepairs(KeptRepairs(self._database, self._clock), self._step),
            )

    def _brief(self, matter: Matter, situation: Situation) -> Brief:
        """Return what the writers are asked for, with what the shop said lately and what its people approved."""
        shop, review_id = matter.case.shop, matter.stored.id
        language = shop.answers_in(situation.language)
        vector = None if self._embedder is None else self._embedder.embed([matter.case.review.full_text])[0]
        with self._database.reading() as session:
            recent = drafts.recent_replies(session, shop.name, language, but_not_of=review_id)
            alike = (
                ()
                if vector is None
                else examples.alike(
                    session,
                    vector,
                    shop=shop.name,
                    situation=situation.situation,
                    language=language,
                    but_not_of=review_id,
                    now=self._clock.now(),
                )
            )
        return Brief(
            instruction=matter.instruction,
            tone=matter.tone,
            last_draft=matter.replaced,
            recent_replies=recent,
            examples=alike,
        )

    def _store(self, matter: Matter, prepared: Prepared) -> None:
        with self._database.writing() as session:
            item = storing.store(session, matter, prepared, now=self._clock.now())
        if item is not None:
            log.info(
                "drafting.stored",
                extra={
                    "review_id": item.review_id,
                    "item_id": item.id,
                    "route": item.route.value,
                    "revision": matter.revision,
                },
            )


def _given_up(matter: Matter, error: Exception) -> Prepared:
    """Return what a person sees of a job that failed, and log it; the error's message may hold customer text."""
    log.error(
        "drafting.failed", extra={"review_id": matter.stored.id, "version": matter.stored.version, **fault(error)}
    )
    return _failed(matter.case, error)


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
