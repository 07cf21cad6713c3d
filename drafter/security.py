"""Passwords, tokens, CSRF and the installation's own secret: small pieces, each from a well-known library."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import SecretStr

from drafter.domain.errors import BadInput, Misconfigured, TooManySignIns

SHORTEST_PASSWORD = 10  # characters
LONGEST_PASSWORD = 1_000  # characters; hashing more would only cost us time
SECRET_FILE = "secret.key"  # noqa: S105  # the file's name in the data folder
SECRET_BYTES = 32


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the library's defaults (RFC 9106, low memory)


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password.

    Raises:
        BadInput: it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadInput(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    return _hasher().hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; without a hash the work is the same and the answer is no."""
    try:
        _hasher().verify(password_hash or _nobodys_hash(), password[: LONGEST_PASSWORD + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def new_token() -> str:
    """Return a token of 256 random bits, fit for a cookie, a link or a header."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a token: its SHA-256 in hex. Chance that long needs no slower hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def csrf_token(secret: bytes, session_token: str) -> str:
    """Return the token that the forms of one sign-in carry; it says nothing about the sign-in's own token."""
    return hmac.new(secret, b"csrf\0" + token_hash(session_token).encode(), hashlib.sha256).hexdigest()


def csrf_matches(secret: bytes, session_token: str, given: str | None) -> bool:
    """Whether a form's token belongs to the sign-in."""
    return given is not None and same(csrf_token(secret, session_token), given)


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for our own account only: customers' words lie in it."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def private_file(file: Path) -> None:
    """Make an empty file that only our own account can read; one that is there loses what others may do with it."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & stat.S_IRWXO:
        file.chmod(mode & ~stat.S_IRWXO)


class SecretSettings(Protocol):
    """The settings that matter here."""

    @property
    def secret_key(self) -> SecretStr | None:
        """The key that was set from outside."""
        ...

    @property
    def data_dir(self) -> Path:
        """Where a key of our own is kept."""
        ...


def secret_key(settings: SecretSettings) -> bytes:
    """Return the installation's secret: the setting, or a key that is made once and kept in the data folder.

    Raises:
        Misconfigured: the setting is too short, or the file cannot be used.
    """
    if settings.secret_key is None:
        return _local_secret(settings.data_dir / SECRET_FILE)
    key = settings.secret_key.get_secret_value().encode()
    if len(key) < SECRET_BYTES // 2:
        raise Misconfigured(f"DRAFTER_SECRET_KEY needs at least {SECRET_BYTES // 2} characters, better {SECRET_BYTES}.")
    return key


def _local_secret(file: Path) -> bytes:
    try:
        if not file.exists():
            _make_secret(file)
        key = file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"The secret in {file} cannot be read or made: {error.strerror}.") from error
    if len(key) < SECRET_BYTES:
        raise Misconfigured(f"The secret in {file} is damaged. Remove the file: everybody then signs in again.")
    return key


def _make_secret(file: Path) -> None:
    """Write the key under another name first, so that no other process ever reads half of it; the first one wins."""
    private_folder(file.parent)
    with NamedTemporaryFile(dir=file.parent, prefix=".secret-") as temporary:  # made with mode 0600
        temporary.write(secrets.token_bytes(SECRET_BYTES))
        temporary.flush()
        os.fsync(temporary.fileno())
        try:
            os.link(temporary.name, file)
        except FileExistsError:
            return  # another process made it in the meantime; that one counts


class FailedSignIns:
    """Counts wrong passwords by name, in this process, and makes a name wait after too many."""

    MOST = 5  # within the span
    SPAN = timedelta(minutes=15)
    NAMES = 10_000  # remembered at most; the oldest go first

    def __init__(self) -> None:
        self._failed: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._guard = threading.Lock()

    def check(self, name: str, now: datetime) -> None:
        """Refuse a name that has failed too often, whether it exists or not.

        Raises:
            TooManySignIns: it has to wait.
        """
        with self._guard:
            failed = self._recent(name, now)
            if len(failed) < self.MOST:
                return
            minutes = max(1, round((failed[0] + self.SPAN - now) / timedelta(minutes=1)))
        raise TooManySignIns(f"Too many wrong passwords for this name. Try again in about {minutes} minutes.")

    def note(self, name: str, now: datetime) -> None:
        """Count a wrong password."""
        with self._guard:
            failed = self._recent(name, now)
            failed.append(now)
            self._failed[name] = failed
            self._failed.move_to_end(name)
            while len(self._failed) > self.NAMES:
                self._failed.popitem(last=False)

    def forget(self, name: str) -> None:
        """Start again after a right password."""
        with self._guard:
            self._failed.pop(name, None)

    def _recent(self, name: str, now: datetime) -> deque[datetime]:
        failed = self._failed.get(name, deque(maxlen=self.MOST))
        while failed and now - failed[0] >= self.SPAN:
            failed.popleft()
        return failed
