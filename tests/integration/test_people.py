"""People, links, sign-ins and keys on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from drafter.domain.approval import ActorKind, Role
from drafter.domain.errors import BadInput, Conflict, NotFound, NotSignedIn, TooManySignIns, UnknownShop
from drafter.people import LINK_LIFE, People, Scope
from drafter.store import shops
from drafter.store.database import Database
from drafter.store.tables import KeyRow, LinkRow, PersonRow, SessionRow
from drafter.testing import FixedClock

PASSWORD = "correct horse battery"


@pytest.fixture
def people(database: Database, clock: FixedClock) -> People:
    with database.writing() as session:
        shops.ensure_default(session)
    return People(database=database, clock=clock, session_hours=12)


def test_a_password_signs_its_person_in_until_the_session_ends(people: People, clock: FixedClock) -> None:
    person = people.create("ana", Role.LEAD, password=PASSWORD)
    token = people.sign_in(" ana ", PASSWORD)
    actor = people.person_of(token)
    assert (actor.kind, actor.id, actor.name, actor.role) == (ActorKind.PERSON, person.id, "ana", Role.LEAD)
    clock.forward(timedelta(hours=12))
    with pytest.raises(NotSignedIn):
        people.person_of(token)


def test_wrong_password_unknown_name_and_no_password_get_the_same_answer(people: People) -> None:
    people.create("ana", password=PASSWORD)
    people.create("link only")
    answers = set()
    for name in ("ana", "nobody", "link only"):
        with pytest.raises(NotSignedIn) as refusal:
            people.sign_in(name, "wrong password")
        answers.add(str(refusal.value))
    assert len(answers) == 1


def test_too_many_wrong_passwords_make_even_the_right_one_wait(people: People, clock: FixedClock) -> None:
    people.create("ana", password=PASSWORD)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            people.sign_in("ana", "wrong password")
    with pytest.raises(TooManySignIns, match="Try again"):
        people.sign_in("ana", PASSWORD)
    clock.forward(timedelta(minutes=15))
    assert people.sign_in("ana", PASSWORD)


def test_a_link_works_once_and_not_for_long(people: People, clock: FixedClock) -> None:
    ana = people.create("ana")
    token = people.link(ana.id)
    assert people.person_of(people.use_link(token)).id == ana.id
    late = people.link(ana.id)
    clock.forward(LINK_LIFE)
    for refused in (token, late, "never one"):
        with pytest.raises(NotSignedIn, match="Ask for a new one"):
            people.use_link(refused)


def test_of_two_who_use_a_link_at_once_one_gets_in(people: People) -> None:
    token = people.link(people.create("ana").id)

    def use(_: int) -> bool:
        try:
            return bool(people.use_link(token))
        except NotSignedIn:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_signing_out_and_being_kept_out_end_what_was_open(people: People) -> None:
    ana = people.create("ana", password=PASSWORD)
    first, second = people.sign_in("ana", PASSWORD), people.sign_in("ana", PASSWORD)
    link = people.link(ana.id)
    people.sign_out(first)
    people.sign_out(first)
    with pytest.raises(NotSignedIn):
        people.person_of(first)
    assert people.person_of(second).id == ana.id
    people.deactivate(ana.id)
    with pytest.raises(NotSignedIn):
        people.person_of(second)
    with pytest.raises(NotSignedIn):
        people.use_link(link)
    with pytest.raises(NotSignedIn):
        people.sign_in("ana", PASSWORD)
    with pytest.raises(NotFound):
        people.link(ana.id)
    with pytest.raises(NotFound):
        people.actor_named("ana")
    people.set_active(ana.id, active=True)
    assert people.actor_named("ana").id == ana.id
    with pytest.raises(NotSignedIn):
        people.person_of(second)


def test_a_new_password_ends_the_sign_ins_of_the_old_one(people: People) -> None:
    ana = people.create("ana", password=PASSWORD)
    token = people.sign_in("ana", PASSWORD)
    people.set_password(ana.id, "another long one")
    with pytest.raises(NotSignedIn):
        people.person_of(token)
    with pytest.raises(NotSignedIn):
        people.sign_in("ana", PASSWORD)
    assert people.sign_in("ana", "another long one")


def test_a_role_counts_from_the_next_request(people: People) -> None:
    ana = people.create("ana", password=PASSWORD)
    token = people.sign_in("ana", PASSWORD)
    people.set_role(ana.id, Role.ADMIN)
    assert people.person_of(token).role is Role.ADMIN


def test_names_are_taken_once(people: People) -> None:
    first = people.create("ana")
    with pytest.raises(Conflict, match="already"):
        people.create(" ana ")
    for name in ("", "  ", "x" * 101):
        with pytest.raises(BadInput):
            people.create(name)
    assert people.ensure("ana", Role.ADMIN) == first
    assert people.ensure("ben", Role.ADMIN).role is Role.ADMIN
    assert [person.name for person in people.all()] == ["ana", "ben"]


def test_a_key_opens_its_shop_with_its_scopes_until_it_is_revoked(people: People, clock: FixedClock) -> None:
    made = people.create_key("the support tool", "default", ["replies:read", Scope.REVIEWS_WRITE])
    assert made.key.scopes == (Scope.REVIEWS_WRITE, Scope.REPLIES_READ)
    assert made.token.startswith("drf_")
    assert made.token not in repr(made)
    assert people.key_of(made.token) == made.key
    clock.forward(timedelta(minutes=5))
    people.key_of(made.token)
    assert people.keys()[0].last_used_at == clock.now()
    people.revoke_key(made.key.id)
    people.revoke_key(made.key.id)
    with pytest.raises(NotSignedIn):
        people.key_of(made.token)
    assert people.keys()[0].revoked_at == clock.now()
    with pytest.raises(NotFound):
        people.revoke_key("key_none")


def test_a_key_for_everything_has_all_scopes(people: People) -> None:
    assert people.create_key("all").key.scopes == tuple(Scope)


def test_a_token_that_is_not_exactly_right_opens_nothing(people: People) -> None:
    token = people.create_key("tool").token
    other = people.create_key("other").token
    prefix, key_id, _ = token.split("_", 2)
    swapped = f"{prefix}_{key_id}_{other.split('_', 2)[2]}"
    for wrong in ("", "drf", "drf__", token + "x", token[:-1], token.upper(), "key" + token[3:], swapped, "\ud800"):
        with pytest.raises(NotSignedIn):
            people.key_of(wrong)


@pytest.mark.parametrize("scopes", [[], ["everything"], ["items:decide", ""]])
def test_a_key_needs_known_scopes(people: People, scopes: list[str]) -> None:
    with pytest.raises(BadInput, match="Choose among"):
        people.create_key("tool", scopes=scopes)


def test_a_key_needs_a_name_and_a_shop_that_exists(people: People) -> None:
    with pytest.raises(BadInput):
        people.create_key(" ")
    with pytest.raises(UnknownShop):
        people.create_key("tool", "nowhere")


def test_no_password_and_no_token_is_stored_as_it_is(people: People, database: Database) -> None:
    ana = people.create("ana", password=PASSWORD)
    secrets = [PASSWORD, people.link(ana.id), people.sign_in("ana", PASSWORD), people.create_key("tool").token]
    secrets.append(secrets[-1].split("_", 2)[2])
    with database.reading() as session:
        rows = [row for table in (PersonRow, LinkRow, SessionRow, KeyRow) for row in session.scalars(select(table))]
        stored = " ".join(str(vars(row)) for row in rows)
    assert len(rows) == 4
    assert not any(secret in stored for secret in secrets)
