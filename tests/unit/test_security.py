"""Passwords, tokens, CSRF, the local secret, and the limit on wrong passwords."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from drafter import security
from drafter.domain.errors import BadInput, Misconfigured, TooManySignIns
from drafter.settings import Settings
from drafter.store.testing import NOON


def test_a_password_matches_its_hash_only_and_the_hash_is_argon2id() -> None:
    hashed = security.hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert security.password_matches("correct horse", hashed)
    assert not security.password_matches("correct house", hashed)


def test_without_a_hash_the_same_work_is_done_and_nothing_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    hasher = security._hasher()

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            worked.append(hashed)
            return hasher.verify(hashed, password)

        def hash(self, password: str) -> str:
            return hasher.hash(password)

    monkeypatch.setattr(security, "_hasher", Counting)
    assert not security.password_matches("anything at all", None)
    assert worked[0].split("$")[:4] == security.hash_password("anything at all").split("$")[:4]


def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not security.password_matches("anything at all", "not a hash")


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_that_is_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(BadInput, match="10 to 1000"):
        security.hash_password(password)


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {security.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


@given(one=st.text(), other=st.text())
def test_secrets_are_the_same_only_if_they_are_equal(one: str, other: str) -> None:
    assert security.same(one, other) == (one == other)
    assert security.same(one, one)


def test_a_csrf_token_belongs_to_one_sign_in_of_one_installation() -> None:
    token = security.csrf_token(b"key", "session")
    assert security.csrf_matches(b"key", "session", token)
    for secret, session, given_token in (
        (b"other", "session", token),
        (b"key", "another", token),
        (b"key", "session", None),
        (b"key", "session", ""),
        (b"key", "session", security.token_hash("session")),
    ):
        assert not security.csrf_matches(secret, session, given_token)


def test_the_local_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key=None)
    key = security.secret_key(settings)
    assert len(key) == 32
    assert security.secret_key(settings) == key
    mode = (tmp_path / "data" / security.SECRET_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == [security.SECRET_FILE]


def test_many_that_make_the_secret_at_once_agree_on_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=None)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: security.secret_key(settings), range(16)))) == 1


def test_a_secret_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / security.SECRET_FILE).write_bytes(b"cut off")
    with pytest.raises(Misconfigured, match="damaged"):
        security.secret_key(Settings(data_dir=tmp_path, secret_key=None))
    with pytest.raises(Misconfigured, match="DRAFTER_SECRET_KEY"):
        security.secret_key(Settings(secret_key=SecretStr("short")))
    assert security.secret_key(Settings(secret_key=SecretStr("x" * 32))) == b"x" * 32


def test_a_name_has_to_wait_after_five_wrong_passwords_and_others_do_not() -> None:
    failed, now = security.FailedSignIns(), NOON
    for _ in range(5):
        failed.check("ana", now)
        failed.note("ana", now)
        now += timedelta(minutes=1)
    with pytest.raises(TooManySignIns, match="about 10 minutes"):
        failed.check("ana", now)
    failed.check("ben", now)
    failed.check("ana", now + timedelta(minutes=10))


def test_a_right_password_starts_the_count_again() -> None:
    failed = security.FailedSignIns()
    for _ in range(5):
        failed.note("ana", NOON)
    failed.forget("ana")
    failed.check("ana", NOON)


def test_the_names_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security.FailedSignIns, "NAMES", 2)
    failed = security.FailedSignIns()
    for name in ("ana", "ben", "cem"):
        for _ in range(5):
            failed.note(name, NOON)
    failed.check("ana", NOON)
    with pytest.raises(TooManySignIns):
        failed.check("cem", NOON)
