"""Heartbeats: which processes that take jobs are alive, and who takes over the jobs of one that died.

A process shows life by touching its row every second. Watchers compare what they see with what they saw before and
count the silence on their own monotonic clock: the clocks of other machines may be wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Set
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

SILENT_SECONDS = 5.0  # without a heartbeat; then the process counts as dead

# As much of `store.tables.HeartbeatRow` as is needed: the store lies above this module.
_EXECUTOR = sa.table("executor", sa.column("id", sa.String), sa.column("seen_at", sa.DateTime(timezone=True)))


class Storage(Protocol):
    """What the job engine needs of a `store.database.Database`."""

    address: str
    is_sqlite: bool

    def reading(self) -> AbstractContextManager[Session]:
        """A session for queries."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A session whose work is committed at the end."""
        ...


class Heartbeats:
    """The heartbeats of one installation, as one of its processes shows and sees them."""

    def __init__(
        self,
        database: Storage,
        executor_id: str,
        silent_seconds: float = SILENT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._me = executor_id
        self._silent_seconds = silent_seconds
        self._monotonic = monotonic
        self._changes: dict[str, tuple[datetime, float]] = {}  # last heartbeat of each, and when it was new to us

    def beat(self) -> None:
        """Show that this process is alive."""
        with self._database.writing() as session:
            if not _touch(session, self._me):
                _insert(session, self._me)

    def claim_silent(self, owners: Set[str]) -> list[str]:
        """Return the processes that fell silent and that nobody else takes care of.

        `owners` are the processes that jobs in progress belong to: one that has no heartbeat at all gets one now, which
        then falls silent like any other. To claim a dead process is to touch its row: only one of several watchers
        finds it unchanged, the others wait once more. If that one dies before it is done (`forget`), another claims.
        """
        with self._database.reading() as session:
            seen: dict[str, datetime] = {row.id: row.seen_at for row in session.execute(sa.select(_EXECUTOR))}
        for unknown in owners - seen.keys() - {self._me}:
            self._add(unknown)
        silent = [name for name in self._silent(seen) if name != self._me]
        return [name for name in silent if self._claim(name, seen[name])]

    def forget(self, executor_id: str) -> None:
        """Drop a dead process whose jobs are taken care of."""
        with self._database.writing() as session:
            session.execute(_EXECUTOR.delete().where(_EXECUTOR.c.id == executor_id))

    def _silent(self, seen: dict[str, datetime]) -> list[str]:
        now = self._monotonic()
        for name, seen_at in seen.items():
            if name not in self._changes or self._changes[name][0] != seen_at:
                self._changes[name] = (seen_at, now)
        self._changes = {name: change for name, change in self._changes.items() if name in seen}
        return [name for name, (_, since) in self._changes.items() if now - since >= self._silent_seconds]

    def _add(self, executor_id: str) -> None:
        with self._database.writing() as session:
            if session.scalar(sa.select(_EXECUTOR.c.id).where(_EXECUTOR.c.id == executor_id)) is None:
                _insert(session, executor_id)

    def _claim(self, executor_id: str, seen_at: datetime) -> bool:
        with self._database.writing() as session:
            return _touch(session, executor_id, unchanged_since=seen_at)


def _insert(session: Session, executor_id: str) -> None:
    session.execute(_EXECUTOR.insert().values(id=executor_id, seen_at=datetime.now(UTC)))


def _touch(session: Session, executor_id: str, unchanged_since: datetime | None = None) -> bool:
    update = _EXECUTOR.update().where(_EXECUTOR.c.id == executor_id).values(seen_at=datetime.now(UTC))
    if unchanged_since is not None:
        update = update.where(_EXECUTOR.c.seen_at == unchanged_since)
    return session.connection().execute(update).rowcount == 1
