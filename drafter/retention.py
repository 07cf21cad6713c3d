"""Retention: what was decided and delivered goes after some days (`DRAFTER_KEEP_DAYS`), and anything on request.

Nothing goes silently: a review that nobody has decided about, or whose reply has not arrived, stays and is counted.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from drafter.domain.errors import NotFound
from drafter.domain.ports import Clock
from drafter.domain.record import Record
from drafter.store import removal, reviews
from drafter.store.database import Database

AT_ONCE = 500  # reviews of one sweep; the next one goes on

_log = logging.getLogger(__name__)


class KeptJobs(Protocol):
    """What the engine keeps of jobs."""

    def forget(self, review_id: str, reply_ids: Sequence[str]) -> None:
        """Delete what the jobs of a review and of its replies have kept."""
        ...


class Swept(Record):
    """What a sweep did."""

    removed: int  # reviews
    undecided: int  # that are as old and stay
    undelivered: int  # decided, but with a reply that has not arrived; they stay too


class Retention:
    """Removes reviews with all that is held about them."""

    def __init__(self, *, database: Database, jobs: KeptJobs, clock: Clock, keep_days: int | None) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock
        self.keep_days = keep_days  # None: everything is kept

    def remove(self, review_id: str, shop: str | None = None) -> None:
        """Remove a review for good, decided or not; a tool that sends it again is refused.

        Raises:
            NotFound: there is none of that id, or it is another shop's.
        """
        with self._database.writing() as session:
            stored = reviews.get(session, review_id, lock=True)
            if shop is not None and stored.review.shop != shop:
                raise NotFound("There is no review of that id.")
            reply_ids = removal.remove(session, stored, self._clock.now(), for_good=True)
        self._jobs.forget(review_id, reply_ids)
        _log.info("retention.removed", extra={"review_id": review_id})

    def sweep(self, days: int | None = None) -> Swept:
        """Remove what was decided and delivered more than so many days ago; None: as the installation is set."""
        days = self.keep_days if days is None else days
        if days is None:
            return Swept(removed=0, undecided=0, undelivered=0)
        before = self._clock.now() - timedelta(days=days)
        with self._database.reading() as session:
            due = removal.due(session, before, limit=AT_ONCE)
        removed = sum(self._remove_if_due(review_id, days) for review_id in due)
        with self._database.reading() as session:
            undecided, undelivered = removal.held_back(session, before)
        swept = Swept(removed=removed, undecided=undecided, undelivered=undelivered)
        if removed or undecided or undelivered:
            _log.info("retention.swept", extra={"days": days, **swept.model_dump()})
        return swept

    def _remove_if_due(self, review_id: str, days: int) -> bool:
        """Remove a review, unless something happened to it since it was found."""
        now = self._clock.now()
        with self._database.writing() as session:
            try:
                stored = reviews.get(session, review_id, lock=True)
            except NotFound:  # another process was quicker
                return False
            if not removal.is_due(session, review_id, now - timedelta(days=days)):
                return False
            reply_ids = removal.remove(session, stored, now, for_good=False)
        self._jobs.forget(review_id, reply_ids)
        return True
