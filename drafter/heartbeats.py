"""Heartbeats: which processes that take jobs are alive.

A process shows life by touching its row every second. Watchers compare what they see with what they saw before and
count the silence on their own monotonic clock: the clocks of other machines may be wrong. They count only while they
look: after a time in which nobody could reach the database, or in which the watcher itself stood still, everyone gets
another chance to show life.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Set
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

SILENT_SECONDS = 10.0  # without a heartbeat; then the process counts as dead. A crowded machine may take 5 s for one
_LOOKS = 3  # at least, that found a thing unchanged before it counts as still

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


class Stillness:
    """How long things have stayed as they were, as seen by one who looks at them again and again."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._looked_at: float | None = None
        self._unchanged: dict[str, tuple[Hashable, float]] = {}  # what was seen, and for how many seconds by now

    def look(self, seen: Mapping[str, Hashable]) -> list[str]:
        """Take a look at all that is there; return what has been still for long enough."""
        now = self._monotonic()
        passed = 0.0 if self._looked_at is None else min(now - self._looked_at, self._seconds / _LOOKS)
        self._looked_at = now
        before = self._unchanged
        self._unchanged = {
            name: (value, before[name][1] + passed if name in before and before[name][0] == value else 0.0)
            for name, value in seen.items()
        }
        return [name for name, (_, seconds) in self._unchanged.items() if seconds >= self._seconds]


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
        self._stillness = Stillness(silent_seconds, monotonic)
        self._has_shown = False
        self._seen: dict[str, datetime] = {}

    def beat(self) -> bool:
        """Show that this process is alive; return False where others had taken it for dead meanwhile."""
        with self._database.writing() as session:
            touched = _touch(session, self._me)
            if not touched:
                _insert(session, self._me)
        was_dead = self._has_shown and not touched
        self._has_shown = True
        return not was_dead

    def silent(self, owners: Set[str]) -> list[str]:
        """Return the other processes that have shown no life for too long.

        `owners` are the processes that jobs in progress belong to: one that has no heartbeat at all gets one now, which
        then falls silent like any other.
        """
        with self._database.reading() as session:
            self._seen = {row.id: row.seen_at for row in session.execute(sa.select(_EXECUTOR))}
        for unknown in owners - self._seen.keys() - {self._me}:
            self._add(unknown)
        return self._stillness.look({name: at for name, at in self._seen.items() if name != self._me})

    def known(self) -> set[str]:
        """Return all processes that have shown life and were not taken for dead."""
        with self._database.reading() as session:
            return set(session.scalars(sa.select(_EXECUTOR.c.id)))

    def bury(self, session: Session, executor_id: str) -> bool:
        """Drop a process that was found silent; False where it has shown life since, or another watcher was quicker.

        Whoever gets True, and nobody else, takes its jobs over, in the same transaction.
        """
        unchanged = _EXECUTOR.c.seen_at == self._seen[executor_id]
        gone = _EXECUTOR.delete().where(_EXECUTOR.c.id == executor_id, unchanged)
        return session.connection().execute(gone).rowcount == 1

    def forget(self, session: Session, executor_id: str) -> None:
        """Drop a process that is known to have ended."""
        session.execute(_EXECUTOR.delete().where(_EXECUTOR.c.id == executor_id))

    def _add(self, executor_id: str) -> None:
        with self._database.writing() as session:
            if session.scalar(sa.select(_EXECUTOR.c.id).where(_EXECUTOR.c.id == executor_id)) is None:
                _insert(session, executor_id)


def _insert(session: Session, executor_id: str) -> None:
    session.execute(_EXECUTOR.insert().values(id=executor_id, seen_at=datetime.now(UTC)))


def _touch(session: Session, executor_id: str) -> bool:
    update = _EXECUTOR.update().where(_EXECUTOR.c.id == executor_id).values(seen_at=datetime.now(UTC))
    return session.connection().execute(update).rowcount == 1
