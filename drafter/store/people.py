"""People, their sign-ins and their sign-in links; of tokens and passwords only hashes are kept."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from drafter.domain.approval import Actor, ActorKind, Role
from drafter.domain.errors import Conflict, NotFound
from drafter.domain.record import Record
from drafter.store.tables import LinkRow, PersonRow, SessionRow


class Person(Record):
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role
    active: bool
    has_password: bool  # without one, a link is the only way in
    created_at: AwareDatetime

    @property
    def actor(self) -> Actor:
        """The person as one who takes steps."""
        return Actor(kind=ActorKind.PERSON, id=self.id, name=self.name, role=self.role)


def insert(session: Session, person: Person, password_hash: str | None) -> None:
    """Store a new person.

    Raises:
        Conflict: the name is taken.
    """
    session.add(
        PersonRow(
            id=person.id,
            name=person.name,
            role=person.role.value,
            password_hash=password_hash,
            active=person.active,
            created_at=person.created_at,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is somebody called {person.name!r} already. Choose another name.") from error


def get(session: Session, person_id: str) -> Person:
    """Return a person, active or not.

    Raises:
        NotFound: there is nobody of that id.
    """
    row = session.get(PersonRow, person_id, populate_existing=True)
    if row is None:
        raise NotFound("There is nobody of that id.")
    return _person_of(row)


def named(session: Session, name: str) -> Person:
    """Return the person of that name, active or not.

    Raises:
        NotFound: there is none.
    """
    row = session.scalars(select(PersonRow).where(PersonRow.name == name)).one_or_none()
    if row is None:
        raise NotFound(f"There is nobody called {name!r}.")
    return _person_of(row)


def with_password(session: Session, name: str) -> tuple[Person, str] | None:
    """Return an active person with the hash of the password; None where either is missing."""
    row = session.scalars(select(PersonRow).where(PersonRow.name == name, PersonRow.active)).one_or_none()
    return None if row is None or row.password_hash is None else (_person_of(row), row.password_hash)


def list_all(session: Session) -> tuple[Person, ...]:
    """Return everybody, by name."""
    return tuple(_person_of(row) for row in session.scalars(select(PersonRow).order_by(PersonRow.name)))


def set_password(session: Session, person: Person, password_hash: str) -> None:
    """Replace the password and end every sign-in that the old one gave."""
    session.execute(update(PersonRow).where(PersonRow.id == person.id).values(password_hash=password_hash))
    _end_all(session, person)


def set_role(session: Session, person: Person, role: Role) -> None:
    """Give a person another role."""
    session.execute(update(PersonRow).where(PersonRow.id == person.id).values(role=role.value))


def set_active(session: Session, person: Person, *, active: bool) -> None:
    """Let a person in or keep them out; whoever is kept out is signed out everywhere."""
    session.execute(update(PersonRow).where(PersonRow.id == person.id).values(active=active))
    if not active:
        _end_all(session, person)


def add_sign_in(session: Session, person: Person, token_hash: str, expires_at: datetime) -> None:
    """Store a sign-in."""
    session.add(SessionRow(token_hash=token_hash, person_id=person.id, expires_at=expires_at))
    session.flush()


def signed_in(session: Session, token_hash: str, now: datetime) -> Person | None:
    """Return the active person whose sign-in that is; None where it has ended or never was."""
    query = select(PersonRow).join(SessionRow, SessionRow.person_id == PersonRow.id)
    row = session.scalars(
        query.where(SessionRow.token_hash == token_hash, SessionRow.expires_at > now, PersonRow.active)
    ).one_or_none()
    return None if row is None else _person_of(row)


def end_sign_in(session: Session, token_hash: str) -> None:
    """Forget a sign-in."""
    session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def forget_expired(session: Session, now: datetime) -> None:
    """Forget the sign-ins and links that have run out."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    session.execute(delete(LinkRow).where(LinkRow.expires_at <= now))


def add_link(session: Session, person: Person, token_hash: str, expires_at: datetime) -> None:
    """Store a sign-in link."""
    session.add(LinkRow(token_hash=token_hash, person_id=person.id, expires_at=expires_at))
    session.flush()


def use_link(session: Session, token_hash: str, now: datetime) -> Person | None:
    """Use a link up and return whose it was; None where it was used, has run out, or never was.

    One UPDATE both asks and marks, so that of two who come at once only one gets in.
    """
    unused = (LinkRow.token_hash == token_hash, LinkRow.used_at.is_(None), LinkRow.expires_at > now)
    person_id = session.scalar(update(LinkRow).where(*unused).values(used_at=now).returning(LinkRow.person_id))
    if person_id is None:
        return None
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id, PersonRow.active)).one_or_none()
    return None if row is None else _person_of(row)


def _end_all(session: Session, person: Person) -> None:
    session.execute(delete(SessionRow).where(SessionRow.person_id == person.id))
    session.execute(delete(LinkRow).where(LinkRow.person_id == person.id))


def _person_of(row: PersonRow) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        active=row.active,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
    )
