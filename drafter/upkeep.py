"""Upkeep: what every process that takes jobs does each second, so that no job depends on one process alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set

from drafter.executors import ProcessName, has_name
from drafter.heartbeats import Heartbeats, Stillness, Storage
from drafter.job_rows import JobRows
from drafter.logs import fault

log = logging.getLogger(__name__)


class Upkeep:
    """One process's care for its own jobs and those of processes that ended."""

    def __init__(
        self, database: Storage, executor_id: str, name: ProcessName, rows: JobRows, silent_seconds: float
    ) -> None:
        self._database = database
        self._me = executor_id
        self._name = name
        self._rows = rows
        self._heartbeats = Heartbeats(database, executor_id, silent_seconds)
        self._idle = Stillness(silent_seconds)

    def show_life(self) -> None:
        """Show a heartbeat; whoever was taken for dead meanwhile has lost its jobs, and learns of it here."""
        if not self._heartbeats.beat():
            log.warning("engine.was_taken_for_dead", extra={"executor": self._me})

    def inherit(self) -> None:
        """Take over from earlier processes of this name at once, where the name's lock says that they are dead."""
        if self._name.is_ours:
            for executor in self._heartbeats.known() - {self._me}:
                if has_name(executor, self._name.name):
                    self._bury(executor)

    def take_over(self) -> None:
        """Put the jobs of processes that fell silent back into their queues."""
        with self._database.reading() as session:
            owners = self._rows.owners(session)
        for executor in self._heartbeats.silent(owners):
            self._bury(executor, only_if_silent=True)

    def put_back_idle(self, running: Set[str]) -> None:
        """Put back the jobs that are marked as ours and that, for too long, were not among those that run here."""
        with self._database.reading() as session:
            taken = self._rows.taken_by(session, self._me)
        idle = self._idle.look(dict.fromkeys(taken - running))
        if idle:
            with self._database.writing() as session:
                self._rows.put_back(session, self._me, only=idle)
            log.error("engine.idle_jobs_put_back", extra={"jobs": idle})

    def retire(self) -> None:
        """Put our own jobs back and show no more life."""
        self._bury(self._me)

    def _bury(self, executor: str, *, only_if_silent: bool = False) -> None:
        with self._database.writing() as session:
            if only_if_silent and not self._heartbeats.bury(session, executor):
                return
            self._heartbeats.forget(session, executor)
            jobs = self._rows.put_back(session, executor)
        for job in jobs:
            log.warning("engine.job_put_back", extra={"job": job, "executor": executor})


def guarded(event: str, work: Callable[[], None]) -> None:
    """Do the work; what it raises is logged under the event, and nothing else comes of it."""
    try:
        work()
    except Exception as error:  # noqa: BLE001  # whatever it is, the next turn may go well
        log.error(event, extra=fault(error))  # noqa: TRY400  # its message may hold customer text
