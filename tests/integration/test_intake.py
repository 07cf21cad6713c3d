"""Intake on both databases: new, unchanged, changed and deleted reviews, and their drafting jobs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.errors import BadInput, NotFound, UnknownShop
from drafter.domain.finding import Part
from drafter.domain.reply import Reply, ReplyPart, ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.situation import Route
from drafter.intake import Intake
from drafter.store import items, replies, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.tables import ReviewRow, ReviewVersionRow
from drafter.testing import QUIET_SITUATION, FixedClock


class ListedJobs:
    """Takes drafting jobs down in a list; those of an undone transaction too, so tests look at committed ones."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str]] = []
        self.broken = False

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        if self.broken:
            raise ConnectionError("the queue is not to be had")
        assert session.in_transaction()
        assert revision == 0
        self.jobs.append((review_id, version))


@pytest.fixture
def queue() -> ListedJobs:
    return ListedJobs()


@pytest.fixture
def intake(database: Database, queue: ListedJobs, clock: FixedClock) -> Intake:
    with database.writing() as session:
        shops.ensure_default(session)
        shops.save(session, Shop(name="many", limits=Limits(replies_per_review="each_version")))
    return Intake(database=database, engine=queue, clock=clock)


def review(text: str = "Zipper broke", **fields: object) -> Review:
    return Review.model_validate({"external_id": "r-1", "text": text, "rating": 2} | fields)


def count(database: Database, table: type[ReviewRow] | type[ReviewVersionRow]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def put_before_a_person(database: Database, review_id: str, clock: FixedClock) -> str:
    """Store the item that the drafting job would store."""
    with database.writing() as session:
        stored = reviews.get(session, review_id)
        item = ApprovalItem(
            id=new_id("item"),
            review_id=review_id,
            review_version=stored.version,
            shop=stored.review.shop,
            state=ItemState.QUEUED,
            route=Route.DRAFT,
            situation=QUIET_SITUATION,
            due_at=clock.now(),
            created_at=clock.now(),
        )
        items.insert(session, item, rating=stored.review.rating, draft_id=None)
    return item.id


def answer(database: Database, item_id: str, clock: FixedClock, state: ReplyState) -> None:
    """Approve an item, with a reply that has come as far as `state`."""
    with database.writing() as session:
        item = items.change(session, items.get(session, item_id), state=ItemState.APPROVED)
        reply = Reply(
            id=new_id("reply"),
            delivery_id=new_id("dlv"),
            item_id=item.id,
            review_id=item.review_id,
            review_version=item.review_version,
            shop=item.shop,
            parts=(ReplyPart(part=Part.PUBLIC, text="Thank you.", state=state),),
            approved_by="person_1",
            approved_at=clock.now(),
            held_until=clock.now(),
        )
        slot = replies.slot_of(shops.get(session, item.shop).limits, item.review_version)
        replies.insert(session, reply, slot=slot)


def state_of(database: Database, item_id: str) -> ItemState:
    with database.reading() as session:
        return items.get(session, item_id).state


def test_a_new_review_is_stored_with_its_job(intake: Intake, queue: ListedJobs, database: Database) -> None:
    received = intake.receive("default", review(), {"return_policy": "30 days"})
    assert received.outcome == "new"
    assert queue.jobs == [(received.review_id, received.version)]
    with database.reading() as session:
        stored = reviews.get(session, received.review_id)
    assert stored.case_facts == {"return_policy": "30 days"}
    assert stored.review == review()
    assert intake.status(received.review_id).state == "drafting"


def test_without_a_job_there_is_no_review(intake: Intake, queue: ListedJobs, database: Database) -> None:
    queue.broken = True
    with pytest.raises(ConnectionError):
        intake.receive("default", review(), {})
    assert count(database, ReviewRow) == 0


def test_an_unknown_shop_is_refused_and_nothing_is_stored(intake: Intake, database: Database) -> None:
    with pytest.raises(UnknownShop, match="nowhere"):
        intake.receive("nowhere", review(), {})
    assert count(database, ReviewRow) == 0


@pytest.mark.parametrize("external_id", ["", "x" * 201])
def test_an_id_that_cannot_be_kept_is_refused(intake: Intake, external_id: str) -> None:
    with pytest.raises(BadInput, match="external_id"):
        intake.receive("default", review(external_id=external_id), {})


def test_the_same_words_again_do_nothing(intake: Intake, queue: ListedJobs, database: Database) -> None:
    first = intake.receive("default", review(), {})
    again = intake.receive("default", review(), {})
    assert (again.outcome, again.review_id, again.version) == ("unchanged", first.review_id, first.version)
    assert len(queue.jobs) == 1
    assert count(database, ReviewVersionRow) == 1


def test_what_is_new_around_the_same_words_is_kept(intake: Intake, queue: ListedJobs, database: Database) -> None:
    received = intake.receive("default", review(published=False), {"warranty": "a year"})
    assert intake.receive("default", review(published=True), {}).outcome == "unchanged"
    with database.reading() as session:
        stored = reviews.get(session, received.review_id)
    assert stored.review.published
    assert stored.case_facts == {"warranty": "a year"}
    assert len(queue.jobs) == 1


def test_the_same_id_in_another_shop_is_another_review(intake: Intake) -> None:
    one, other = intake.receive("default", review(), {}), intake.receive("many", review(), {})
    assert one.review_id != other.review_id


def test_changed_words_supersede_what_is_undecided_and_get_a_job(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    first = intake.receive("default", review(), {})
    item_id = put_before_a_person(database, first.review_id, clock)
    assert intake.status(first.review_id).state == "queued"
    clock.forward(timedelta(hours=1))
    changed = intake.receive("default", review("Zipper broke, no answer"), {})
    assert changed.outcome == "changed"
    assert changed.version != first.version
    assert state_of(database, item_id) is ItemState.SUPERSEDED
    assert queue.jobs[-1] == (first.review_id, changed.version)
    assert intake.status(first.review_id).state == "drafting"


def test_coming_back_to_old_words_is_a_version_of_its_own(
    intake: Intake, queue: ListedJobs, database: Database
) -> None:
    versions = [intake.receive("default", review(text), {}).version for text in ("A", "B", "A", "B", "A")]
    assert len(set(versions)) == 5
    assert len(set(queue.jobs)) == 5
    assert all(len(version) <= 16 for version in versions)
    assert intake.receive("default", review("A"), {}).outcome == "unchanged"
    assert count(database, ReviewVersionRow) == 5


def test_a_reply_that_has_left_is_the_only_one_where_the_platform_takes_one(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    first = intake.receive("default", review(), {})
    item_id = put_before_a_person(database, first.review_id, clock)
    answer(database, item_id, clock, ReplyState.HANDED_OVER)
    changed = intake.receive("default", review("Changed"), {})
    assert changed.outcome == "changed"
    assert len(queue.jobs) == 1
    assert intake.status(first.review_id).item_id == item_id
    with database.reading() as session:
        reply = replies.of_item(session, item_id)
        assert reply is not None
        assert reply.outdated
        assert reviews.without_item(session, clock.now() + timedelta(days=1)) == []


@pytest.mark.parametrize(("shop", "jobs"), [("default", 1), ("many", 2)])
def test_a_review_that_was_answered_elsewhere_gets_no_second_answer_where_the_platform_takes_one(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock, shop: str, jobs: int
) -> None:
    first = intake.receive(shop, review(), {})
    item_id = put_before_a_person(database, first.review_id, clock)
    with database.writing() as session:
        items.change(session, items.get(session, item_id), state=ItemState.ANSWERED_ELSEWHERE)
    intake.receive(shop, review("Changed"), {})
    assert len(queue.jobs) == jobs
    assert intake.status(first.review_id).state == ("answered_elsewhere" if jobs == 1 else "drafting")
    with database.reading() as session:
        waiting = reviews.without_item(session, clock.now() + timedelta(days=1))
    assert len(waiting) == jobs - 1, "nor may it be found as one whose job was lost"


def test_each_version_is_answered_where_the_platform_allows_it(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    first = intake.receive("many", review(), {})
    answer(database, put_before_a_person(database, first.review_id, clock), clock, ReplyState.HANDED_OVER)
    changed = intake.receive("many", review("Changed"), {})
    assert queue.jobs[-1] == (first.review_id, changed.version)
    assert intake.status(first.review_id).state == "drafting"


def test_a_reply_that_is_still_held_is_taken_back(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    first = intake.receive("default", review(), {})
    item_id = put_before_a_person(database, first.review_id, clock)
    answer(database, item_id, clock, ReplyState.HELD)
    intake.receive("default", review("Changed"), {})
    assert state_of(database, item_id) is ItemState.SUPERSEDED
    assert len(queue.jobs) == 2


def test_a_deleted_review_is_withdrawn(intake: Intake, database: Database, clock: FixedClock) -> None:
    received = intake.receive("default", review(), {})
    item_id = put_before_a_person(database, received.review_id, clock)
    for _ in range(2):
        intake.delete(received.review_id, "default")
    assert state_of(database, item_id) is ItemState.WITHDRAWN
    assert intake.status(received.review_id).state == "withdrawn"


def test_a_deleted_review_that_comes_again_in_the_same_words_is_there_again(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    first = intake.receive("default", review(), {})
    put_before_a_person(database, first.review_id, clock)
    intake.delete(first.review_id)
    again = intake.receive("default", review(), {})
    assert (again.outcome, again.review_id) == ("changed", first.review_id)
    assert again.version != first.version
    assert queue.jobs[-1] == (again.review_id, again.version)
    assert intake.status(again.review_id).state == "drafting"
    assert intake.receive("default", review(), {}).outcome == "unchanged"


def test_a_review_that_is_deleted_before_its_draft_is_withdrawn(intake: Intake) -> None:
    received = intake.receive("default", review(), {})
    intake.delete(received.review_id)
    assert intake.status(received.review_id).state == "withdrawn"


def test_deleting_what_we_do_not_have_is_not_found(intake: Intake) -> None:
    with pytest.raises(NotFound):
        intake.delete("rev_unknown")


def test_another_shop_cannot_delete_a_review(intake: Intake) -> None:
    received = intake.receive("default", review(), {})
    with pytest.raises(NotFound):
        intake.delete(received.review_id, "other")
    assert intake.status(received.review_id).state == "drafting"


def test_another_shops_review_is_not_found(intake: Intake) -> None:
    received = intake.receive("default", review(), {})
    with pytest.raises(NotFound):
        intake.status(received.review_id, "many")


def test_two_intakes_of_one_review_at_once_give_one_review_and_one_job(
    intake: Intake, queue: ListedJobs, database: Database, clock: FixedClock
) -> None:
    """The second intake has a database of its own, as another process would."""
    other_database = Database(database.address)
    other = Intake(database=other_database, engine=queue, clock=clock)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda one: one.receive("default", review(), {}), [intake, other] * 4))
    other_database.close()
    assert sorted(result.outcome for result in results) == ["new"] + ["unchanged"] * 7
    assert len({result.review_id for result in results}) == 1
    assert len(queue.jobs) == 1
    assert count(database, ReviewRow) == 1
