"""Limits of models that all processes of one database share: a row for each call, from its waiting on.

Each look is one short transaction. Those of one model take turns: on SQLite all that write do, on PostgreSQL by an
advisory lock. A process that is killed leaves rows behind, which count until they run out: a call that was under way
for its `Call.lease`, one that waited for `ABSENT`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from drafter.domain.ports import Clock
from drafter.llm.limits import ABSENT, MINUTE, Call, Standing, Wait, by_minute, held_back
from drafter.store.database import Database, inserting
from drafter.store.tables import ModelCallRow as Row

_LOCK = 0x6D6F64656C  # "model": of the advisory lock of PostgreSQL, with the model's hash


class SharedMeter:
    """Keeps count of the calls of all processes that use one database.

    Time is the database's own on PostgreSQL, since the clocks of several machines may differ, and this machine's on
    SQLite; or a test's.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock

    def enter(self, call: Call) -> Wait | None:
        """Let a call begin, or return why it may not yet."""
        with self._database.writing() as session:
            now = self._now(session, call.model)
            session.execute(delete(Row).where(Row.model == call.model, _is_over(now)))
            asked_at = _asked_at(session, call, now)
            wait = held_back(call, _standing(session, call, asked_at, now), now)
            began = {"began_at": now, "expires_at": now + call.lease} if wait is None else {"expires_at": now + ABSENT}
            session.execute(update(Row).where(Row.id == call.id).values(began))
            return wait

    def leave(self, call: Call, tokens: int | None = None) -> None:
        """Give back a call's slot or its place in the line."""
        with self._database.writing() as session:
            mine = Row.id == call.id
            if not by_minute(call.options):
                session.execute(delete(Row).where(mine))
                return
            now = self._now(session, call.model)
            took = {} if tokens is None else {"tokens": tokens}
            session.execute(update(Row).where(mine, Row.began_at.is_not(None)).values({"ended_at": now, **took}))
            session.execute(delete(Row).where(mine, Row.began_at.is_(None)))

    def _now(self, session: Session, model: str) -> datetime:
        """Return the time at which it is this transaction's turn."""
        if self._database.is_sqlite:
            return self._clock.now() if self._clock is not None else datetime.now(UTC)
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(model, _LOCK))))
        if self._clock is not None:
            return self._clock.now()
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Whether nobody counts a row any more."""
    given_up = and_(Row.began_at.is_(None), Row.expires_at <= now)
    ended = or_(Row.ended_at.is_not(None), Row.expires_at <= now)
    return or_(given_up, and_(Row.began_at <= now - MINUTE, ended))


def _asked_at(session: Session, call: Call, now: datetime) -> datetime:
    """Return when a call came into the line, which is now if it is not in it yet."""
    mine = {"id": call.id, "model": call.model, "tokens": call.tokens, "asked_at": now, "expires_at": now + ABSENT}
    session.execute(inserting(session, Row).values(mine).on_conflict_do_nothing(index_elements=["id"]))
    return session.execute(select(Row.asked_at).where(Row.id == call.id)).scalar_one()


def _standing(session: Session, call: Call, asked_at: datetime, now: datetime) -> Standing:
    running = and_(Row.began_at.is_not(None), Row.ended_at.is_(None), Row.expires_at > now)
    recent = Row.began_at > now - MINUTE
    earlier = or_(Row.asked_at < asked_at, and_(Row.asked_at == asked_at, Row.id < call.id))
    ahead = and_(Row.began_at.is_(None), earlier)
    query = select(
        func.count(case((running, 1))).label("running"),
        func.count(case((recent, 1))).label("requests"),
        func.coalesce(func.sum(case((recent, Row.tokens))), 0).label("tokens"),
        func.min(case((recent, Row.began_at))).label("oldest"),
        func.count(case((ahead, 1))).label("ahead"),
        func.coalesce(func.sum(case((ahead, Row.tokens))), 0).label("tokens_ahead"),
    ).where(Row.model == call.model, Row.id != call.id)
    found = session.execute(query).one()._asdict()
    return Standing(**found | {"tokens": int(found["tokens"]), "tokens_ahead": int(found["tokens_ahead"])})
