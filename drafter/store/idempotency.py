"""Answers kept for the repetition of a request; rows of the table `idempotency`.

A row is made before the work starts, with status 0, and gets its answer when the work is done. Whoever makes the row
does the work: the primary key keeps a second one out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from drafter.domain.record import Record
from drafter.store.database import Database
from drafter.store.tables import IdempotencyRow

IN_PROGRESS = 0
KEPT_FOR = timedelta(hours=24)


class KeptAnswer(Record):
    """What is known of a request that carried an Idempotency-Key."""

    request_hash: str
    status: int  # HTTP status of the answer, or IN_PROGRESS
    body: dict[str, Any]
    created_at: datetime


def start(database: Database, key_id: str, idempotency_key: str, request_hash: str, now: datetime) -> bool:
    """Note that a request is being worked on; False where another one with this key was there before."""
    row = IdempotencyRow(
        key_id=key_id,
        idempotency_key=idempotency_key,
        request_hash=request_hash,
        status=IN_PROGRESS,
        body={},
        created_at=now,
    )
    try:
        with database.writing() as session:
            session.add(row)
    except IntegrityError:
        return False
    return True


def find(database: Database, key_id: str, idempotency_key: str) -> KeptAnswer | None:
    """Return what is known of the request that carried this key."""
    with database.reading() as session:
        row = session.get(IdempotencyRow, (key_id, idempotency_key))
        if row is None:
            return None
        return KeptAnswer(request_hash=row.request_hash, status=row.status, body=row.body, created_at=row.created_at)


def finish(database: Database, key_id: str, idempotency_key: str, status: int, body: dict[str, Any]) -> None:
    """Keep the answer."""
    with database.writing() as session:
        session.execute(
            update(IdempotencyRow)
            .where(IdempotencyRow.key_id == key_id, IdempotencyRow.idempotency_key == idempotency_key)
            .values(status=status, body=body)
        )


def drop(database: Database, key_id: str, idempotency_key: str, created_at: datetime | None = None) -> bool:
    """Forget a request; only the one that was made at `created_at`, if given. True if there was one."""
    wanted = delete(IdempotencyRow).where(
        IdempotencyRow.key_id == key_id, IdempotencyRow.idempotency_key == idempotency_key
    )
    if created_at is not None:
        wanted = wanted.where(IdempotencyRow.created_at == created_at)
    with database.writing() as session:
        return session.execute(wanted.returning(IdempotencyRow.key_id)).first() is not None


def drop_older(database: Database, than: datetime) -> None:
    """Forget all requests from before a time."""
    with database.writing() as session:
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < than))
