"""Job rows: what the engine has to see or change in DBOS's own tables, where DBOS 3.4 has no call for it.

They lie in our database, so that a process can be buried and its jobs put back in one transaction.
"""

from __future__ import annotations

import time
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

SCHEMA = "dbos"  # on PostgreSQL; on SQLite the tables lie beside ours
UNFINISHED = ("ENQUEUED", "PENDING", "DELAYED")  # PENDING: a process has taken it


class JobRows:
    """The rows of one installation's jobs."""

    def __init__(self, *, is_sqlite: bool) -> None:
        schema = None if is_sqlite else SCHEMA
        names = ("workflow_uuid", "name", "status", "executor_id", "owner_xid", "started_at_epoch_ms", "updated_at")
        self._jobs = sa.table("workflow_status", *(sa.column(name) for name in names), schema=schema)
        steps = ("workflow_uuid", "function_id", "function_name")
        self._steps = sa.table("operation_outputs", *(sa.column(name) for name in steps), schema=schema)

    def unfinished(self, session: Session, name: str) -> int:
        """Return how many jobs of a kind have not ended."""
        jobs = self._jobs.c
        query = sa.select(sa.func.count()).select_from(self._jobs)
        return session.scalar(query.where(jobs.name == name, jobs.status.in_(UNFINISHED))) or 0

    def owners(self, session: Session) -> set[str]:
        """Return the processes that have taken jobs and not ended them."""
        jobs = self._jobs.c
        return set(session.scalars(sa.select(jobs.executor_id).distinct().where(jobs.status == "PENDING")))

    def taken_by(self, session: Session, executor_id: str) -> set[str]:
        """Return the jobs that a process has taken and not ended."""
        return set(session.scalars(sa.select(self._jobs.c.workflow_uuid).where(*self._taken(executor_id))))

    def put_back(self, session: Session, executor_id: str, only: Collection[str] | None = None) -> list[str]:
        """Put the jobs that a process had taken back into their queues, and return them.

        Their kept steps stay, and so does the count of how often they were begun. Should the process be alive after
        all, DBOS refuses whatever it still wants to keep for them, because it owns them no longer.
        """
        jobs = self._jobs.c
        update = self._jobs.update().where(*self._taken(executor_id))
        if only is not None:
            update = update.where(jobs.workflow_uuid.in_(only))
        free = update.values(
            status="ENQUEUED", owner_xid=None, started_at_epoch_ms=None, updated_at=int(time.time() * 1000)
        )
        return list(session.scalars(free.returning(jobs.workflow_uuid)))

    def has_other_steps(self, session: Session, job: str, ending: str) -> bool:
        """Whether a job has kept steps whose name does not end so."""
        return session.scalar(sa.select(sa.literal(1)).where(*self._other_steps(job, ending)).limit(1)) is not None

    def drop_steps(self, session: Session, job: str, executor_id: str) -> None:
        """Forget all that a job has kept, so that it begins anew; nothing happens where another process has it now."""
        mine = sa.exists().where(*self._taken(executor_id), self._jobs.c.workflow_uuid == job)
        session.execute(self._steps.delete().where(self._steps.c.workflow_uuid == job, mine))

    def _taken(self, executor_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return self._jobs.c.status == "PENDING", self._jobs.c.executor_id == executor_id

    def _other_steps(self, job: str, ending: str) -> tuple[sa.ColumnElement[bool], ...]:
        steps = self._steps.c
        return steps.workflow_uuid == job, steps.function_name.not_like(f"%{ending}")
