"""A running installation without a model: real store, engine, approvals and delivery; scripted reader and writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from drafter import api
from drafter.application import Application
from drafter.approvals import Approvals
from drafter.delivery import Delivery
from drafter.domain.approval import Role
from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.ports import Inspector, Judge, Reader, Writer
from drafter.domain.shop import Shop
from drafter.drafting import Drafting
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.people import People
from drafter.retention import Retention
from drafter.settings import Settings
from drafter.store import shops
from drafter.store.database import Database
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader, ScriptedTranslator, ScriptedWriter
from drafter.translations import Translations
from drafter.voices import Voices

RUDE = "your own fault"


@dataclass(frozen=True, kw_only=True)
class Parts:
    reader: Reader
    writers: tuple[Writer, ...]
    inspector: Inspector
    judge: Judge | None = None
    draft_seconds: float = 120.0


def blame(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Find one fixed piece of blame."""
    text = reply.public_reply or ""
    start = text.find(RUDE)
    if start < 0:
        return ()
    finding = Finding(
        code="tone",
        check="guardrails.checks.tone",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=start,
        end=start + len(RUDE),
        message="It blames the buyer.",
        suggestion="Take the blame out.",
    )
    return (finding,)


async def _never(review_id: str, version: str, revision: int) -> None:
    raise AssertionError((review_id, version, revision))


@pytest.fixture
def settings() -> Settings:
    """Settings that no environment changes."""
    return Settings(_env_file=None, max_body_bytes=100_000, requests_per_minute=1_000)


@pytest.fixture
def application(database: Database, clock: FixedClock, settings: Settings) -> Iterator[Application]:
    """The parts of an installation with the shops `default` and `other`, and the person `maria`."""
    engine = Engine(database=database, name="tests", workers=1)
    delivery = Delivery(database=database, engine=engine, clock=clock, settings=settings)
    engine.build(Jobs(draft=_never, hand_over=delivery.hand_over))  # and not launched: tests do the jobs themselves
    with database.writing() as session:
        shops.ensure_default(session)
        shops.save(session, Shop(name="other"))
    inspector = ScriptedInspector(blame)
    approvals = Approvals(database=database, inspector=inspector, engine=engine, clock=clock, claim_minutes=10)
    people = People(database=database, clock=clock, session_hours=1)
    people.create("maria", Role.APPROVER)
    yield Application(
        settings=settings,
        clock=clock,
        database=database,
        engine=engine,
        intake=Intake(database=database, engine=engine, clock=clock),
        approvals=approvals,
        delivery=delivery,
        people=people,
        voices=Voices(
            database=database,
            parts=Parts(reader=ScriptedReader(), writers=(ScriptedWriter(),), inspector=inspector),
            clock=clock,
        ),
        retention=Retention(database=database, jobs=engine, clock=clock, keep_days=None),
        translations=Translations(database=database, translators=lambda: (ScriptedTranslator(),), clock=clock),
    )
    engine.close()


@pytest.fixture
def app(application: Application) -> FastAPI:
    """The API, installed as it is in the server."""
    app = FastAPI(openapi_url=None)
    api.install(app, application)
    return app


@pytest.fixture
def client(app: FastAPI, application: Application) -> Iterator[TestClient]:
    """A client with a key of the shop `default` that may do everything."""
    token = application.people.create_key("tests", "default").token
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture
def stranger(app: FastAPI, application: Application) -> Iterator[TestClient]:
    """A client with a key of another shop."""
    token = application.people.create_key("stranger", "other").token
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


@pytest.fixture
def writers() -> tuple[Writer, ...]:
    """Who writes the drafts."""
    return (ScriptedWriter(),)


@pytest.fixture
def draft(application: Application, writers: tuple[Writer, ...]) -> Callable[[str], str]:
    """Do the drafting job of a review now, and return the item's id."""
    parts = Parts(reader=ScriptedReader(), writers=writers, inspector=ScriptedInspector(blame))
    drafting = Drafting(database=application.database, parts=parts, clock=application.clock)

    def now(review_id: str) -> str:
        status = application.intake.status(review_id)
        asyncio.run(drafting.draft(review_id, status.version, 0))
        item_id = application.intake.status(review_id).item_id
        assert item_id is not None
        return item_id

    return now


@pytest.fixture
def item_id(client: TestClient, draft: Callable[[str], str]) -> str:
    """An item that waits for a decision."""
    review = {"external_id": "r-1", "rating": 5, "text": "The zipper holds.", "author": "Ana"}
    return draft(client.post("/v1/reviews", json={"review": review}).json()["review_id"])
