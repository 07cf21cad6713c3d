"""Removal on both databases: nothing of a review stays but figures, and nothing undone goes by itself."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Connection, inspect, select, text

from drafter.approvals import Approvals, DecisionRequest
from drafter.delivery import Delivery
from drafter.domain.approval import Actor, ApprovalItem, DecisionKind
from drafter.domain.draft import Attempt, Usage
from drafter.domain.errors import Conflict, NotFound
from drafter.domain.review import Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.translation import Translation
from drafter.engine import Engine, Jobs
from drafter.intake import Intake
from drafter.retention import Retention, Swept
from drafter.settings import Settings
from drafter.store import attempts, idempotency, replies, shops, translations
from drafter.store.database import Database
from drafter.store.tables import Base
from drafter.store.testing import NOON, JobList, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector

WORD = "zanzibar"  # stands in every text of these tests
DAYS = 30


class Archive:
    """An installation with a person who decides."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        clock.at = NOON
        self.database, self.clock, self.jobs = database, clock, JobList()
        self.approvals = Approvals(
            database=database, inspector=ScriptedInspector(), engine=self.jobs, clock=clock, claim_minutes=10
        )
        self.intake = Intake(database=database, engine=self.jobs, clock=clock)
        self.delivery = Delivery(database=database, engine=self.jobs, clock=clock, settings=Settings(_env_file=None))
        self.retention = Retention(database=database, jobs=self.jobs, clock=clock, keep_days=DAYS)
        self.ana: Actor = stored_person(database, "ana")

    def item(self, external_id: str = "1", shop: Shop | None = None) -> ApprovalItem:
        review = Review(external_id=external_id, text=f"{WORD} broke", author=WORD, title=WORD)
        return stored_item(
            self.database, review=review, shop=shop or Shop(), public_reply=f"{WORD}?", private_message=f"{WORD}!"
        )

    def decide(self, item: ApprovalItem, kind: DecisionKind, **fields: str) -> None:
        version = self.approvals.item(item.id).version
        request = DecisionRequest.model_validate({"kind": kind, **fields})
        self.approvals.decide(item.id, request, actor=self.ana, expected_version=version)

    def post(self, item: ApprovalItem) -> None:
        """Approve an item, and let a tool post its reply."""
        self.decide(item, DecisionKind.APPROVE)
        self.clock.forward(timedelta(minutes=1))
        self.delivery.tick()
        self.delivery.poll(item.shop)
        with self.database.reading() as session:
            reply = replies.of_item(session, item.id)
        assert reply is not None
        self.delivery.posted(reply.delivery_id, item.shop)

    def texts(self) -> str:
        """Return all that is stored, in one."""
        with self.database.reading() as session:
            return "\n".join(
                str(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
            )


@pytest.fixture
def archive(database: Database, clock: FixedClock) -> Archive:
    return Archive(database, clock)


def test_of_a_removed_review_nothing_stays_but_figures(archive: Archive) -> None:
    item = archive.item()
    archive.decide(item, DecisionKind.REGENERATE, instruction=f"say {WORD}")
    archive.decide(item, DecisionKind.EDIT, public_reply=f"{WORD} indeed")
    with archive.database.writing() as session:
        tried = [Attempt(writer="llm", model="openai:m", number=1, outcome="passed", usage=Usage(calls=1, tokens_in=9))]
        shop, now = item.shop, archive.clock.now()
        attempts.insert(session, item.review_id, item.review_version, tried, shop=shop, revision=0, now=now)
        told = Translation(language="de", texts={"review": WORD}, model="openai:m", at=now)
        translations.keep(session, item.id, {"review": f"{WORD} broke"}, told)
    idempotency.start(archive.database, "key_1", "k", "hash", archive.clock.now())
    idempotency.finish(archive.database, "key_1", "k", 200, {"review_id": item.review_id, "text": WORD})
    archive.post(item)
    assert archive.texts().count(WORD) > 10
    archive.retention.remove(item.review_id)
    left = archive.texts()
    assert WORD not in left
    assert item.review_id not in left
    assert archive.jobs.drafts == []
    with archive.database.reading() as session:
        assert sum(one.tokens_in for one in attempts.spent(session, NOON - timedelta(days=1))) == 9
    with pytest.raises(NotFound):
        archive.retention.remove(item.review_id)


def test_what_was_decided_and_answered_goes_when_its_time_is_over(archive: Archive) -> None:
    posted, dismissed = archive.item("1"), archive.item("2")
    archive.post(posted)
    archive.decide(dismissed, DecisionKind.DISMISS, reason="spam")
    archive.clock.forward(timedelta(days=DAYS - 1))
    assert archive.retention.sweep().removed == 0
    archive.clock.forward(timedelta(days=1, seconds=1))
    assert archive.retention.sweep() == Swept(removed=2, undecided=0, undelivered=0)
    assert WORD not in archive.texts()


def test_what_is_undecided_or_undelivered_stays_and_is_counted(archive: Archive) -> None:
    archive.item("waits")
    held, failed, unread = archive.item("held"), archive.item("failed"), archive.item("unread")
    archive.decide(failed, DecisionKind.APPROVE)
    archive.clock.forward(timedelta(minutes=1))
    archive.delivery.tick()
    (out,) = archive.delivery.poll(failed.shop)
    archive.delivery.failed(out.reply.delivery_id, failed.shop, "The page is closed.")
    for item in (held, unread):
        archive.decide(item, DecisionKind.APPROVE)
    archive.clock.forward(timedelta(days=DAYS * 2))
    assert archive.retention.sweep() == Swept(removed=0, undecided=1, undelivered=3)
    archive.delivery.tick()
    taken = {one.reply.item_id: one.reply.delivery_id for one in archive.delivery.poll(unread.shop)}
    archive.delivery.acknowledge(taken[unread.id], unread.shop)  # the tool has it: that is as good as we can know
    assert archive.retention.sweep() == Swept(removed=1, undecided=1, undelivered=2)


def test_a_review_that_still_waits_for_its_draft_stays(archive: Archive) -> None:
    with archive.database.writing() as session:
        shops.ensure_default(session)
    archive.intake.receive("default", Review(external_id="1", text=WORD), {})
    archive.clock.forward(timedelta(days=DAYS * 2))
    assert archive.retention.sweep() == Swept(removed=0, undecided=1, undelivered=0)


def test_without_a_setting_nothing_goes_by_itself(archive: Archive) -> None:
    archive.post(archive.item())
    archive.clock.forward(timedelta(days=4_000))
    keeper = Retention(database=archive.database, jobs=archive.jobs, clock=archive.clock, keep_days=None)
    assert keeper.sweep().removed == 0
    assert keeper.sweep(days=DAYS).removed == 1


def test_a_removed_review_is_not_taken_in_again(archive: Archive) -> None:
    item = archive.item()
    archive.retention.remove(item.review_id)
    for words in (f"{WORD} broke", "other words"):
        with pytest.raises(Conflict, match="removed here on"):
            archive.intake.receive("default", Review(external_id="1", text=words), {})
    assert archive.intake.receive("default", Review(external_id="2", text="another"), {}).outcome == "new"


def test_one_that_went_by_age_comes_again_only_changed_and_where_it_may_be_answered_again(archive: Archive) -> None:
    each = Shop(limits=Limits(replies_per_review="each_version"))
    archive.post(archive.item(shop=each))
    archive.clock.forward(timedelta(days=DAYS + 1))
    archive.retention.sweep()
    same = Review(external_id="1", text=f"{WORD} broke", title=WORD)
    with pytest.raises(Conflict):
        archive.intake.receive("default", same, {})
    assert archive.intake.receive("default", same.with_changes(text="It broke again"), {}).outcome == "new"


def test_another_shops_review_is_not_there(archive: Archive) -> None:
    item = archive.item()
    with pytest.raises(NotFound):
        archive.retention.remove(item.review_id, "other")
    assert archive.approvals.item(item.id).id == item.id


def test_the_engine_forgets_the_results_of_a_reviews_jobs(database: Database) -> None:
    """They hold the draft's text until they are deleted."""
    done = threading.Event()

    async def draft(review_id: str, _version: str, _revision: int) -> None:
        await engine.step("write", lambda: asyncio.sleep(0, f"{WORD} of {review_id}"))
        if review_id == "rev_2":
            done.set()

    async def nothing(_reply_id: str) -> None:
        raise AssertionError("there is no reply")

    engine = Engine(database=database, name="test-1", workers=1)
    engine.build(Jobs(draft=draft, hand_over=nothing))
    with database.writing() as session:
        for number in (1, 2):
            engine.enqueue_draft(session, f"rev_{number}", "v1")
    engine.launch()
    end = time.monotonic() + 20
    while engine.waiting() and time.monotonic() < end:
        done.wait(0.05)
    with database.engine.connect() as connection:
        assert f"{WORD} of rev_1" in _results(connection)
    engine.forget("rev_1", ["rep_1"])
    with database.engine.connect() as connection:
        assert f"{WORD} of rev_1" not in _results(connection)
        assert f"{WORD} of rev_2" in _results(connection)
    engine.close()


def _results(connection: Connection) -> str:
    schema = None if connection.dialect.name == "sqlite" else "dbos"
    assert "operation_outputs" in inspect(connection).get_table_names(schema=schema)
    where = "operation_outputs" if schema is None else f"{schema}.operation_outputs"
    return "\n".join(map(str, connection.execute(text(f"SELECT * FROM {where}"))))  # noqa: S608  # our own names
