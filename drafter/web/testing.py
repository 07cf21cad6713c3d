"""A desk for tests and for looking at the pages: the real application with a queue of jobs that only takes notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import httpx2
from fastapi.testclient import TestClient

from drafter.application import Application
from drafter.approvals import Approvals
from drafter.delivery import Delivery
from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.draft import Attempt, Draft, Provenance
from drafter.domain.finding import Finding
from drafter.domain.ports import Clock, Inspector, Translator, Writer
from drafter.domain.review import CaseFacts, Review
from drafter.domain.situation import Situation, route_of
from drafter.engine import Engine
from drafter.intake import Intake
from drafter.people import People
from drafter.retention import Retention
from drafter.settings import Settings
from drafter.store import attempts as attempt_rows
from drafter.store import drafts, items, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.testing import JobList
from drafter.testing import QUIET_SITUATION, ScriptedWriter
from drafter.translations import Translations
from drafter.voices import Voices

_TEMPLATE = Provenance(writer="template", prompt="en/positive")


@dataclass(frozen=True, kw_only=True)
class DeskParts:
    """Who writes and who checks what is drafted at the desk itself."""

    writers: tuple[Writer, ...]
    inspector: Inspector


def desk_application(
    database: Database,
    clock: Clock,
    inspector: Inspector,
    settings: Settings,
    *,
    writers: Sequence[Writer] = (),
    translators: Sequence[Translator] = (),
) -> Application:
    """Return an application on a migrated database, with the shop `default` and nobody and nothing in it."""
    parts = DeskParts(writers=tuple(writers) or (ScriptedWriter(name="template"),), inspector=inspector)
    with database.writing() as session:
        shops.ensure_default(session)
    engine = cast("Engine", JobList())
    return Application(
        settings=settings,
        clock=clock,
        database=database,
        engine=engine,
        intake=Intake(database=database, engine=engine, clock=clock),
        approvals=Approvals(
            database=database, inspector=inspector, engine=engine, clock=clock, claim_minutes=settings.claim_minutes
        ),
        delivery=Delivery(database=database, engine=engine, clock=clock, settings=settings),
        people=People(database=database, clock=clock, session_hours=settings.session_hours),
        voices=Voices(database=database, parts=parts, clock=clock),
        retention=Retention(database=database, jobs=engine, clock=clock, keep_days=settings.keep_days),
        translations=Translations(database=database, translators=lambda: translators, clock=clock, send=settings.send),
    )


def place(
    application: Application,
    review: Review,
    public_reply: str | None = "Thank you for your review. We are glad that you like it.",
    *,
    private_message: str | None = None,
    situation: Situation = QUIET_SITUATION,
    findings: tuple[Finding, ...] = (),
    case_facts: CaseFacts | None = None,
    provenance: Provenance = _TEMPLATE,
    due: datetime | None = None,
    reason: str | None = None,
    attempts: tuple[Attempt, ...] = (),
) -> str:
    """Put a review with its draft before the people, as the drafting job would, and return the item's id."""
    now = application.clock.now()
    draft = None
    if public_reply or private_message:
        draft = Draft(
            public_reply=public_reply,
            private_message=private_message,
            language=situation.language,
            provenance=provenance,
        )
    with application.database.writing() as session:
        review_id = reviews.insert(session, review, case_facts or {}, now)
        if review_id is None:
            raise ValueError(f"the review {review.external_id!r} is there already")
        item = ApprovalItem(
            id=new_id("itm"),
            review_id=review_id,
            review_version=review.version,
            shop=review.shop,
            state=ItemState.QUEUED,
            route=route_of(situation),
            situation=situation,
            reason=reason,
            due_at=due or now + timedelta(hours=24),
            created_at=now,
        )
        draft_id = None
        if draft is not None:
            draft_id = drafts.insert(session, review_id, review.version, draft, findings, now=now)
        items.insert(session, item, rating=review.rating, draft_id=draft_id)
        attempt_rows.insert(session, review_id, review.version, attempts, shop=review.shop, revision=0, now=now)
    return item.id


@dataclass(frozen=True, kw_only=True)
class FormBrowser:
    """A browser without scripts: it keeps cookies and posts forms with their tokens."""

    http: TestClient

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """Return what is at an address."""
        return self.http.get(path, headers=dict(headers or {}))

    def token(self, path: str = "/queue") -> str:
        """Return the token of the forms on a page."""
        found = re.search(r'name="csrf" value="(\w+)"', self.http.get(path).text)
        if found is None:
            raise ValueError(f"there is no form on {path}")
        return found[1]

    def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        page: str = "/queue",
    ) -> httpx2.Response:
        """Post a form, with the token of the page that it is on."""
        form = {"csrf": self.token(page), **(fields or {})}
        return self.http.post(path, data=form, headers=dict(headers or {}))

    def decide(self, item_id: str, kind: str, version: int = 1, view: str = "open", **fields: str) -> httpx2.Response:
        """Take a step on an item."""
        form = {"kind": kind, "version": str(version), **fields}
        return self.post(f"/items/{item_id}/decisions?view={view}", form)
