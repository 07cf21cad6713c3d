"""API keys of tools; of a secret only its hash is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from drafter.domain.errors import NotFound
from drafter.domain.record import Record
from drafter.store.tables import KeyRow

_USE_NOTED_EVERY = timedelta(minutes=1)  # so that not every request writes


class Scope(StrEnum):
    """What a key may do."""

    REVIEWS_WRITE = "reviews:write"
    REVIEWS_READ = "reviews:read"
    ITEMS_READ = "items:read"
    ITEMS_DECIDE = "items:decide"  # in the name of a person
    REPLIES_READ = "replies:read"
    REPLIES_WRITE = "replies:write"
    SHOPS_READ = "shops:read"
    SHOPS_WRITE = "shops:write"  # its brand voice


class ApiKey(Record):
    """A tool's key to one shop."""

    id: str
    name: str
    shop: str
    scopes: tuple[Scope, ...]  # in the order of `Scope`
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None = None  # to the minute
    revoked_at: AwareDatetime | None = None


def insert(session: Session, key: ApiKey, secret_hash: str) -> None:
    """Store a new key."""
    session.add(
        KeyRow(
            id=key.id,
            name=key.name,
            shop=key.shop,
            secret_hash=secret_hash,
            scopes=[scope.value for scope in key.scopes],
            created_at=key.created_at,
        )
    )
    session.flush()


def with_secret(session: Session, key_id: str) -> tuple[ApiKey, str] | None:
    """Return a key that is not revoked, with the hash of its secret."""
    row = session.scalars(select(KeyRow).where(KeyRow.id == key_id, KeyRow.revoked_at.is_(None))).one_or_none()
    return None if row is None else (_key_of(row), row.secret_hash)


def list_all(session: Session, shop: str | None = None) -> tuple[ApiKey, ...]:
    """Return all keys, of one shop or of all, oldest first; revoked ones too."""
    query = select(KeyRow).order_by(KeyRow.created_at, KeyRow.id)
    return tuple(_key_of(row) for row in session.scalars(query if shop is None else query.where(KeyRow.shop == shop)))


def revoke(session: Session, key_id: str, now: datetime) -> None:
    """Make a key useless for good; doing it again changes nothing.

    Raises:
        NotFound: there is none of that id.
    """
    if session.scalar(select(KeyRow.id).where(KeyRow.id == key_id)) is None:
        raise NotFound("There is no key of that id.")
    session.execute(update(KeyRow).where(KeyRow.id == key_id, KeyRow.revoked_at.is_(None)).values(revoked_at=now))


def use_is_worth_noting(key: ApiKey, now: datetime) -> bool:
    """Whether the last note of its use is old enough to write another."""
    return key.last_used_at is None or now - key.last_used_at >= _USE_NOTED_EVERY


def note_use(session: Session, key_id: str, now: datetime) -> None:
    """Remember when a key was last used."""
    session.execute(update(KeyRow).where(KeyRow.id == key_id).values(last_used_at=now))


def _key_of(row: KeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        shop=row.shop,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
