"""People and keys: who may come in, and how we know that it is them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from pydantic import Field

from drafter import security
from drafter.domain.approval import Actor, Role
from drafter.domain.errors import BadInput, NotFound, NotSignedIn
from drafter.domain.ports import Clock
from drafter.domain.record import Record
from drafter.store import keys, people, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.keys import ApiKey, Scope
from drafter.store.people import Person

__all__ = ["ApiKey", "NewKey", "People", "Person", "Scope"]

LONGEST_NAME = 100  # characters, of a person and of a key: the width of the columns
LINK_LIFE = timedelta(minutes=30)
KEY_PREFIX = "drf"  # a token is drf_<id>_<secret>, so that a scanner for leaked secrets can tell it

_log = logging.getLogger(__name__)


class NewKey(Record):
    """A key that was just made; its token is nowhere else."""

    key: ApiKey
    token: str = Field(repr=False)


class People:
    """Everybody who may decide, and the tools that may call."""

    def __init__(self, *, database: Database, clock: Clock, session_hours: int) -> None:
        self._database = database
        self._clock = clock
        self._session_life = timedelta(hours=session_hours)
        self._failed = security.FailedSignIns()

    def create(self, name: str, role: Role = Role.APPROVER, *, password: str | None = None) -> Person:
        """Add a person; without a password they sign in by link only.

        Raises:
            BadInput: the name is empty or too long, or the password does not do.
            Conflict: the name is taken.
        """
        name = name.strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            raise BadInput(f"A name has 1 to {LONGEST_NAME} characters.")
        password_hash = None if password is None else security.hash_password(password)
        person = Person(
            id=new_id("per"),
            name=name,
            role=role,
            active=True,
            has_password=password is not None,
            created_at=self._clock.now(),
        )
        with self._database.writing() as session:
            people.insert(session, person, password_hash)
        _log.info("people.created", extra={"person_id": person.id, "role": role.value})
        return person

    def ensure(self, name: str, role: Role) -> Person:
        """Return the person of that name, made with that role and without a password if there is none yet."""
        try:
            return self.named(name)
        except NotFound:
            return self.create(name, role)

    def all(self) -> tuple[Person, ...]:
        """Return everybody, by name, also those who are kept out."""
        with self._database.reading() as session:
            return people.list_all(session)

    def named(self, name: str) -> Person:
        """Return the person of that name, also one who is kept out. Raises NotFound."""
        with self._database.reading() as session:
            return people.named(session, name)

    def set_active(self, person_id: str, *, active: bool) -> None:
        """Let a person in again, or keep them out and sign them out everywhere. Raises NotFound."""
        with self._database.writing() as session:
            people.set_active(session, people.get(session, person_id), active=active)

    def deactivate(self, person_id: str) -> None:
        """Keep a person out and sign them out everywhere. Raises NotFound."""
        self.set_active(person_id, active=False)

    def set_role(self, person_id: str, role: Role) -> None:
        """Give a person another role. Raises NotFound."""
        with self._database.writing() as session:
            people.set_role(session, people.get(session, person_id), role)

    def set_password(self, person_id: str, password: str) -> None:
        """Replace a password; all sign-ins of the person end.

        Raises:
            BadInput: it is too short or too long.
            NotFound: there is nobody of that id.
        """
        password_hash = security.hash_password(password)
        with self._database.writing() as session:
            person = people.get(session, person_id)
            people.set_password(session, person, password_hash)
        self._failed.forget(person.name)

    def sign_in(self, name: str, password: str) -> str:
        """Return the token of a new sign-in.

        A wrong password and an unknown name get the same answer after the same work.

        Raises:
            NotSignedIn: name and password do not belong together.
            TooManySignIns: too many wrong passwords for this name; wait.
        """
        name, now = name.strip()[: LONGEST_NAME + 1], self._clock.now()
        self._failed.check(name, now)
        with self._database.reading() as session:
            known = people.with_password(session, name)
        matches = security.password_matches(password, known[1] if known else None)
        if known is None or not matches:
            self._failed.note(name, now)
            _log.warning("people.sign_in_failed")
            raise NotSignedIn("Name and password do not belong together.")
        self._failed.forget(name)
        return self._begin(known[0])

    def link(self, person_id: str) -> str:
        """Return the token of a sign-in link for a person; it works once, and not for long.

        Raises:
            NotFound: there is nobody of that id, or they are kept out.
        """
        token = security.new_token()
        with self._database.writing() as session:
            person = people.get(session, person_id)
            if not person.active:
                raise NotFound(f"{person.name!r} may not sign in any more.")
            people.add_link(session, person, security.token_hash(token), self._clock.now() + LINK_LIFE)
        return token

    def use_link(self, token: str) -> str:
        """Use a link up and return the token of a new sign-in.

        Raises:
            NotSignedIn: it was used already, has run out, or never was.
        """
        with self._database.writing() as session:
            person = people.use_link(session, security.token_hash(token), self._clock.now())
        if person is None:
            raise NotSignedIn("This link has been used or has run out. Ask for a new one.")
        return self._begin(person)

    def person_of(self, session_token: str) -> Actor:
        """Return who is signed in with a token.

        Raises:
            NotSignedIn: nobody, or not any more.
        """
        with self._database.reading() as session:
            person = people.signed_in(session, security.token_hash(session_token), self._clock.now())
        if person is None:
            raise NotSignedIn("Please sign in.")
        return person.actor

    def sign_out(self, session_token: str) -> None:
        """End a sign-in; one that has ended already is fine."""
        with self._database.writing() as session:
            people.end_sign_in(session, security.token_hash(session_token))

    def actor_named(self, name: str) -> Actor:
        """Return the person in whose name a tool decides.

        Raises:
            NotFound: there is nobody of that name, or they are kept out.
        """
        with self._database.reading() as session:
            person = people.named(session, name)
        if not person.active:
            raise NotFound(f"{name!r} may not decide any more.")
        return person.actor

    def create_key(self, name: str, shop: str = "default", scopes: Iterable[Scope | str] | None = None) -> NewKey:
        """Return a new key with its token, which is shown this once; without scopes it may do everything.

        Raises:
            BadInput: no name, no scope or an unknown one, or no shop of that name.
        """
        if not 1 <= len(name.strip()) <= LONGEST_NAME:
            raise BadInput(f"A key's name has 1 to {LONGEST_NAME} characters: say which tool it is for.")
        wanted = _scopes(Scope if scopes is None else scopes)
        key_id, secret, now = new_id("key"), security.new_token(), self._clock.now()
        key = ApiKey(id=key_id, name=name.strip(), shop=shop, scopes=wanted, created_at=now)
        with self._database.writing() as session:
            shops.get(session, shop)
            keys.insert(session, key, security.token_hash(secret))
        _log.info("keys.created", extra={"key_id": key_id, "shop": shop})
        return NewKey(key=key, token=f"{KEY_PREFIX}_{key_id.removeprefix('key_')}_{secret}")

    def key_of(self, token: str) -> ApiKey:
        """Return the key that a token belongs to.

        Raises:
            NotSignedIn: it is no key, a wrong one, or revoked.
        """
        prefix, key_id, secret = (*token.split("_", 2), "", "")[:3]
        now = self._clock.now()
        with self._database.reading() as session:
            known = keys.with_secret(session, f"key_{key_id}") if prefix == KEY_PREFIX else None
        if known is None or not security.same(known[1], security.token_hash(secret)):
            raise NotSignedIn("This key is not valid. Make one with `drafter keys create`.")
        if keys.use_is_worth_noting(known[0], now):
            with self._database.writing() as session:
                keys.note_use(session, known[0].id, now)
        return known[0]

    def keys(self, shop: str | None = None) -> tuple[ApiKey, ...]:
        """Return all keys, of one shop or of all; revoked ones too."""
        with self._database.reading() as session:
            return keys.list_all(session, shop)

    def revoke_key(self, key_id: str) -> None:
        """Make a key useless for good. Raises NotFound."""
        with self._database.writing() as session:
            keys.revoke(session, key_id, self._clock.now())

    def _begin(self, person: Person) -> str:
        token, now = security.new_token(), self._clock.now()
        with self._database.writing() as session:
            people.forget_expired(session, now)
            people.add_sign_in(session, person, security.token_hash(token), now + self._session_life)
        _log.info("people.signed_in", extra={"person_id": person.id})
        return token


def _scopes(scopes: Iterable[Scope | str]) -> tuple[Scope, ...]:
    try:
        wanted = {Scope(scope) for scope in scopes}
    except ValueError as error:
        raise BadInput(f"Unknown scope. Choose among: {', '.join(Scope)}.") from error
    if not wanted:
        raise BadInput(f"A key needs a scope. Choose among: {', '.join(Scope)}.")
    return tuple(scope for scope in Scope if scope in wanted)
