"""A desk with people before it, and browsers that do not run scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from drafter.application import Application
from drafter.domain.approval import Role
from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.testing import FixedClock, ScriptedInspector
from drafter.web import install
from drafter.web.testing import FormBrowser, desk_application, place

BASE = "http://127.0.0.1"


def find_words(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Block `refund` (a lead may overrule it) and `coupon` (nobody may); warn of `cheap`."""
    texts = ((Part.PUBLIC, reply.public_reply), (Part.PRIVATE, reply.private_message))
    words = (("refund", "unverified_commitment"), ("coupon", "incentive"), ("cheap", "odd_word"))
    return tuple(
        Finding(
            code=code,
            check=f"guardrails.checks.{code}",
            severity=Severity.WARN if word == "cheap" else Severity.BLOCK,
            part=part,
            start=hit.start(),
            end=hit.end(),
            message=f"The word {word} stands here.",
            suggestion="Take it out.",
        )
        for part, text in texts
        for word, code in words
        for hit in re.finditer(word, text or "")
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", _env_file=None)


@pytest.fixture
def application(sqlite_address: str, clock: FixedClock, settings: Settings) -> Iterator[Application]:
    database = Database(sqlite_address)
    made = desk_application(database, clock, ScriptedInspector(find_words), settings)
    for name, role in (("Ada", Role.APPROVER), ("Ben", Role.APPROVER), ("Lea", Role.LEAD), ("Max", Role.ADMIN)):
        made.people.create(name, role)  # they sign in by link: hashing passwords takes its time
    yield made
    database.close()


@pytest.fixture
def visitor(application: Application) -> Callable[[], FormBrowser]:
    """Open a browser that nobody has signed in with."""
    app = FastAPI(openapi_url=None)
    install(app, application)
    return lambda: FormBrowser(http=TestClient(app, base_url=BASE, follow_redirects=False))


@pytest.fixture
def browser_of(application: Application, visitor: Callable[[], FormBrowser]) -> Callable[[str], FormBrowser]:
    """Open a browser and sign in with it."""

    def sign_in(name: str) -> FormBrowser:
        browser = visitor()
        token = application.people.link(application.people.named(name).id)
        browser.post("/sign-in/link", {"token": token}, page=f"/sign-in/{token}")
        return browser

    return sign_in


@pytest.fixture
def review() -> Callable[..., Review]:
    """Make reviews with an id of their own each."""
    numbers = iter(range(1, 1000))

    def make(text: str = "Zipper broke after two days", **fields: Any) -> Review:
        number = next(numbers)
        defaults = {"external_id": f"r-{number}", "text": text, "rating": 2, "product": {"name": f"Tote {number}"}}
        return Review.model_validate(defaults | fields)

    return make


@pytest.fixture
def item(application: Application, review: Callable[..., Review]) -> str:
    """An item in the queue."""
    return place(application, review())
