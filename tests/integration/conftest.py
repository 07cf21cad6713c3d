"""What integration tests share."""

from __future__ import annotations

from functools import cache

import pytest
from argon2 import PasswordHasher

from drafter import security

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work, for sign-ins are many here; the unit tests of security do the whole of it."""
    monkeypatch.setattr(security, "_hasher", lambda: QUICK)
    monkeypatch.setattr(security, "_nobodys_hash", _nobodys_hash)


@cache
def _nobodys_hash() -> str:
    return QUICK.hash("nobody's password")
