"""Delivery on both databases: the undo window, the stale check, polling, webhooks, and what is told back."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Barrier, Thread

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook

from drafter.approvals import Approvals, DecisionRequest, ItemView
from drafter.delivery import Delivery
from drafter.delivery.backoff import MOST_ATTEMPTS
from drafter.domain.approval import Actor, ApprovalItem, DecisionKind, ItemState
from drafter.domain.errors import BadInput, Conflict, DrafterError, IllegalStep, NotAllowed, NotFound
from drafter.domain.finding import Part
from drafter.domain.reply import Reply, ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.intake import Intake
from drafter.settings import Settings
from drafter.store import figures, replies, reviews
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.testing import NOON, JobList, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WINDOW = timedelta(seconds=15)
TEXT = "Thank you, Ana. A text that no log may hold."


class Post:
    """Approvals, intake and delivery over one database, with a person who approves."""

    def __init__(self, database: Database, clock: FixedClock, settings: Settings) -> None:
        self.database, self.clock, self.jobs = database, clock, JobList()
        self.approvals = Approvals(
            database=database, inspector=ScriptedInspector(), engine=self.jobs, clock=clock, claim_minutes=10
        )
        self.intake = Intake(database=database, engine=self.jobs, clock=clock)
        self.delivery = Delivery(database=database, engine=self.jobs, clock=clock, settings=settings)
        self.ana = stored_person(database, "ana")

    def approved(self, *, shop: Shop | None = None, private: str | None = None, **review: object) -> ItemView:
        """Return a new item that ana approved just now."""
        fields = {"external_id": new_id("ext"), "text": "Holds well"} | review
        item = stored_item(
            self.database,
            review=Review.model_validate(fields),
            shop=shop or Shop(),
            public_reply=TEXT,
            private_message=private,
        )
        return self.take(item, DecisionKind.APPROVE)

    def take(self, item: ApprovalItem | ItemView, kind: DecisionKind) -> ItemView:
        request = DecisionRequest(kind=kind)
        return self.approvals.decide(item.id, request, actor=self.ana, expected_version=item.version)

    def ready(self, *, shop: Shop | None = None, private: str | None = None, **review: object) -> Reply:
        """Return the reply of a new item whose undo window is over."""
        view = self.approved(shop=shop, private=private, **review)
        self.clock.forward(WINDOW)
        self.delivery.tick()
        return self.reply(view.id)

    def reply(self, item_id: str) -> Reply:
        reply = self.approvals.item(item_id).reply
        assert reply is not None
        return reply

    def failed(self) -> list[str]:
        """Return the items whose reply did not arrive, which are as many as are counted."""
        listed = [entry.id for entry in self.approvals.queue(view="failed").entries]
        with self.database.reading() as session:
            assert self.approvals.counts().failed == figures.undelivered(session) == len(listed)
        return listed

    def change(self, item: ItemView | Reply) -> None:
        """Let the customer change the review."""
        with self.database.reading() as session:
            review_id = item.review_id if isinstance(item, Reply) else item.item.review_id
            review = reviews.get(session, review_id).review
        self.intake.receive(review.shop, review.with_changes(text="It broke after all"), {})


def states(reply: Reply) -> list[ReplyState]:
    return [part.state for part in reply.parts]


def settings(**fields: object) -> Settings:
    given = {"webhook_secret": SecretStr(SECRET), "webhook_allow_private": True} | fields
    return Settings.model_validate(given)


@pytest.fixture
def post(database: Database, clock: FixedClock) -> Post:
    return Post(database, clock, settings())


def test_a_reply_is_held_for_the_undo_window_and_ready_after_it(post: Post) -> None:
    view = post.approved()
    post.clock.forward(WINDOW - timedelta(seconds=1))
    post.delivery.tick()
    assert states(post.reply(view.id)) == [ReplyState.HELD]
    assert post.delivery.poll("default") == []
    post.clock.forward(timedelta(seconds=1))
    post.delivery.tick()
    assert states(post.reply(view.id)) == [ReplyState.READY]


def test_polling_hands_over_before_it_answers_and_repeats_the_id_until_acknowledged(post: Post) -> None:
    reply = post.ready(private="Tell us your size.", external_id="r-7")
    first, second = post.delivery.poll("default"), post.delivery.poll("default")
    assert [out.reply.delivery_id for out in (*first, *second)] == [reply.delivery_id] * 2
    assert states(first[0].reply) == [ReplyState.HANDED_OVER] * 2
    assert states(post.reply(reply.item_id)) == [ReplyState.HANDED_OVER] * 2
    assert first[0].payload == {
        "type": "reply.approved",
        "delivery_id": reply.delivery_id,
        "shop": "default",
        "platform": "tiktok_shop",
        "review": {"external_id": "r-7", "id": reply.review_id, "version": reply.review_version},
        "reply": {"public": TEXT, "private": "Tell us your size."},
        "approved_by": "ana",
        "approved_at": NOON.isoformat(),
    }
    acknowledged = post.delivery.acknowledge(reply.delivery_id, "default")
    assert post.delivery.acknowledge(reply.delivery_id, "default") == acknowledged
    assert post.delivery.poll("default") == []


def test_polling_is_for_one_shop_and_within_its_limits(post: Post) -> None:
    post.ready(shop=Shop(name="one"))
    assert post.delivery.poll("two") == []
    assert len(post.delivery.poll("one", 1)) == 1
    for limit in (0, 101):
        with pytest.raises(BadInput):
            post.delivery.poll("one", limit)


def test_posted_is_final_and_said_again_changes_nothing(post: Post) -> None:
    reply = post.ready(private="More.")
    post.delivery.poll("default")
    half = post.delivery.posted(reply.delivery_id, "default", Part.PUBLIC)
    assert states(half) == [ReplyState.POSTED, ReplyState.HANDED_OVER]
    whole = post.delivery.posted(reply.delivery_id, "default")
    assert states(whole) == [ReplyState.POSTED] * 2
    assert post.delivery.posted(reply.delivery_id, "default") == whole
    with pytest.raises(IllegalStep):
        post.delivery.failed(reply.delivery_id, "default", "too late")
    assert post.delivery.poll("default") == []


def test_a_failure_keeps_its_reason_and_a_person_may_post_the_reply_after_all(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    with pytest.raises(BadInput):
        post.delivery.failed(reply.delivery_id, "default", " ")
    failed = post.delivery.failed(reply.delivery_id, "default", "The platform has an answer already")
    assert (failed.parts[0].state, failed.parts[0].failure) == (
        ReplyState.FAILED,
        "The platform has an answer already",
    )
    assert states(post.delivery.posted_by_person(reply.id, post.ana)) == [ReplyState.POSTED]


def test_what_is_told_back_before_the_hand_over_or_for_another_shop_is_refused(post: Post) -> None:
    held = post.approved().reply
    assert held is not None
    for told in (post.delivery.acknowledge, post.delivery.posted):
        with pytest.raises(IllegalStep):
            told(held.delivery_id, "default")
        with pytest.raises(NotFound):
            told(held.delivery_id, "another")
    reply = post.ready()
    with pytest.raises(IllegalStep, match="no private part"):
        post.delivery.posted(reply.delivery_id, "default", Part.PRIVATE)


def test_posted_for_a_review_that_was_changed_or_answered_meanwhile_is_taken(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    post.change(reply)
    assert post.reply(reply.item_id).outdated
    assert states(post.delivery.posted(reply.delivery_id, "default")) == [ReplyState.POSTED]


def test_a_review_that_changes_while_the_reply_is_with_us_takes_it_back(post: Post) -> None:
    held, reply = post.approved(), post.ready()
    post.change(held)
    post.change(reply)
    for item_id in (held.id, reply.item_id):
        view = post.approvals.item(item_id)
        assert (view.state, view.reply) == (ItemState.SUPERSEDED, None)
    post.clock.forward(WINDOW)
    post.delivery.tick()
    assert post.delivery.poll("default") == []


@pytest.mark.parametrize(("deleted", "state"), [(False, ItemState.SUPERSEDED), (True, ItemState.WITHDRAWN)])
def test_the_last_look_before_it_leaves_finds_a_review_that_changed_unseen(
    post: Post, deleted: bool, state: ItemState
) -> None:
    held, reply = post.approved(), post.ready()
    with post.database.writing() as session:  # as if intake had not closed the items
        for review_id in (held.item.review_id, reply.review_id):
            before = reviews.get(session, review_id)
            if deleted:
                reviews.mark_deleted(session, review_id, NOON)
            else:
                reviews.add_version(session, before, before.review.with_changes(text="other"), NOON)
    post.delivery.tick()
    assert post.delivery.poll("default") == []
    assert [post.approvals.item(item_id).state for item_id in (held.id, reply.item_id)] == [state] * 2


def test_a_reply_to_a_syndicated_review_waits_until_it_is_published(post: Post) -> None:
    view = post.approved(external_id="r-1", syndicated_from="judge.me", published=False)
    post.clock.forward(WINDOW)
    post.delivery.tick()
    waiting = post.reply(view.id)
    assert states(waiting) == [ReplyState.HELD]
    assert "not published" in (waiting.last_error or "")
    post.intake.receive("default", view.review.with_changes(published=True), {})
    post.clock.forward(timedelta(minutes=10))
    post.delivery.tick()
    assert len(post.delivery.poll("default")) == 1


def test_undo_and_the_end_of_the_window_at_once_leave_one_of_them(post: Post) -> None:
    for _ in range(5):
        view = post.approved()
        post.clock.forward(WINDOW - timedelta(microseconds=1))
        late = FixedClock(post.clock.at + timedelta(microseconds=1))
        promoting = Delivery(database=post.database, engine=post.jobs, clock=late, settings=settings())

        def undo(view: ItemView = view) -> bool:
            try:
                post.take(view, DecisionKind.UNDO)
            except DrafterError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            undoing, promotion = pool.submit(undo), pool.submit(promoting.tick)
            undone = undoing.result()
            promotion.result()
        after = post.approvals.item(view.id)
        if undone:
            assert (after.state, after.reply) == (ItemState.CLAIMED, None)
        else:
            assert after.reply is not None
            assert (after.state, states(after.reply)) == (ItemState.APPROVED, [ReplyState.READY])


def test_an_approval_and_a_change_by_the_customer_at_once_never_leave_an_answer_to_the_old_words(post: Post) -> None:
    for _ in range(8):
        item = post.take(stored_item(post.database, public_reply=TEXT), DecisionKind.CLAIM)
        together = Barrier(2)

        def approve(item: ItemView = item, together: Barrier = together) -> None:
            together.wait()
            with suppress(Conflict):
                post.take(item, DecisionKind.APPROVE)

        def change(item: ItemView = item, together: Barrier = together) -> None:
            together.wait()
            post.change(item)

        with ThreadPoolExecutor(2) as pool:
            for done in (pool.submit(approve), pool.submit(change)):
                done.result()
        after = post.approvals.item(item.id)
        assert (after.state, after.reply) == (ItemState.SUPERSEDED, None)


def test_a_copied_reply_goes_to_no_tool_any_more(post: Post) -> None:
    reply = post.ready()
    with pytest.raises(NotAllowed):
        post.delivery.copied(reply.id, Actor.system("somebody"))
    copied = post.delivery.copied(reply.id, post.ana)
    assert states(copied) == [ReplyState.HANDED_OVER]
    assert post.delivery.poll("default") == []
    for told in (post.delivery.acknowledge, partial(post.delivery.failed, reason="no")):
        with pytest.raises(Conflict, match="person has taken"):
            told(reply.delivery_id, "default")
    assert states(post.delivery.posted_by_person(reply.id, post.ana)) == [ReplyState.POSTED]
    with pytest.raises(Conflict, match="posted already"):
        post.delivery.copied(reply.id, post.ana)


def test_a_reply_that_a_tool_was_given_cannot_be_copied_whether_the_tool_confirmed_it_or_not(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    with pytest.raises(Conflict, match="tool has been given"):
        post.delivery.copied(reply.id, post.ana)
    post.delivery.acknowledge(reply.delivery_id, "default")
    with pytest.raises(Conflict, match="tool has been given"):
        post.delivery.copied(reply.id, post.ana)
    assert post.reply(reply.item_id).taken_by is None


def test_who_copied_a_reply_may_copy_it_again_and_nobody_else_may(post: Post) -> None:
    reply = post.ready(private="Tell us your size.")
    first = post.delivery.copied(reply.id, post.ana)
    assert first.taken_by == post.ana.id
    assert post.delivery.copied(reply.id, post.ana) == first
    post.delivery.posted_by_person(reply.id, post.ana, Part.PUBLIC)
    assert states(post.delivery.copied(reply.id, post.ana)) == [ReplyState.POSTED, ReplyState.HANDED_OVER]
    with pytest.raises(Conflict, match="Somebody else"):
        post.delivery.copied(reply.id, stored_person(post.database, "ben"))


def test_a_reply_that_a_person_says_is_posted_was_taken_by_them(post: Post) -> None:
    """Its other part is theirs, too: no tool gets a reply half of which is on the platform."""
    reply = post.ready(private="Tell us your size.")
    half = post.delivery.posted_by_person(reply.id, post.ana, Part.PUBLIC)
    assert half.taken_by == post.ana.id
    assert post.delivery.poll("default") == []
    assert post.delivery.copied(reply.id, post.ana) == half


def test_a_tool_that_has_not_confirmed_a_reply_learns_that_a_person_posted_it(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    post.delivery.posted_by_person(reply.id, post.ana)
    with pytest.raises(Conflict, match="person has taken"):
        post.delivery.acknowledge(reply.delivery_id, "default")


def test_a_person_may_copy_what_a_tool_could_not_post(post: Post) -> None:
    reply = post.ready(private="Tell us your size.")
    post.delivery.poll("default")
    post.delivery.posted(reply.delivery_id, "default", Part.PUBLIC)
    post.delivery.failed(reply.delivery_id, "default", "no chat", Part.PRIVATE)
    copied = post.delivery.copied(reply.id, post.ana)
    assert (copied.taken_by, states(copied)) == (post.ana.id, [ReplyState.POSTED, ReplyState.FAILED])
    assert post.delivery.failed(reply.delivery_id, "default", "no chat", Part.PRIVATE) == copied


async def test_a_reply_cannot_be_copied_while_it_is_on_its_way_to_a_webhook(post: Post) -> None:
    refused: list[str] = []

    def copy() -> int:
        with pytest.raises(Conflict) as refusal:
            post.delivery.copied(post.reply(view.id).id, post.ana)
        refused.append(str(refusal.value))
        return 500

    with Receiver(copy).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
    assert len(refused) == 1
    with pytest.raises(Conflict, match="tool has been given"):
        post.delivery.copied(post.reply(view.id).id, post.ana)


def test_a_reply_to_an_older_version_of_the_review_cannot_be_copied_even_where_it_failed(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    post.delivery.failed(reply.delivery_id, "default", "The platform is down")
    post.change(reply)
    with pytest.raises(Conflict, match="has changed"):
        post.delivery.copied(reply.id, post.ana)


def test_a_reply_cannot_be_copied_once_the_review_changed_or_while_it_is_held(post: Post) -> None:
    reply = post.ready()
    with post.database.writing() as session:
        before = reviews.get(session, reply.review_id)
        reviews.add_version(session, before, before.review.with_changes(text="other"), NOON)
    with pytest.raises(Conflict, match="has changed"):
        post.delivery.copied(reply.id, post.ana)
    assert post.approvals.item(reply.item_id).state is ItemState.SUPERSEDED
    held = post.approved().reply
    assert held is not None
    with pytest.raises(IllegalStep, match="held"):
        post.delivery.copied(held.id, post.ana)


class Receiver:
    """A webhook receiver on the loopback that answers as it is told, in turn; the last answer repeats."""

    def __init__(self, *answers: int | Callable[[], int]) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers = answers
        self.headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                answer = receiver.answers[min(len(receiver.requests), len(receiver.answers)) - 1]
                self.send_response(answer if isinstance(answer, int) else answer())
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    @contextmanager
    def serving(self) -> Iterator[Receiver]:
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


async def run_due(post: Post) -> None:
    """Tick, and run the hand-overs that this enqueued."""
    post.delivery.tick()
    jobs, post.jobs.hand_overs = post.jobs.hand_overs, []
    for reply_id, _ in jobs:
        await post.delivery.hand_over(reply_id)


async def until_next_attempt(post: Post, item_id: str) -> None:
    """Move the clock to the next attempt, and make it."""
    due = post.reply(item_id).next_attempt_at
    assert due is not None
    post.clock.forward(due - post.clock.now())
    await run_due(post)


def shop_of(receiver: Receiver) -> Shop:
    return Shop(name="hooked", webhook_url=receiver.url)


async def test_a_webhook_comes_again_with_the_same_id_until_it_is_accepted(post: Post) -> None:
    post.clock.at = datetime.now(UTC)  # the receiver's library refuses old signatures
    with Receiver(500, 503, 204).serving() as receiver:
        view = post.approved(shop=shop_of(receiver), private="More.", external_id="r-9")
        post.clock.forward(WINDOW)
        await run_due(post)
        assert post.reply(view.id).last_error == "The receiver answered 500."
        await until_next_attempt(post, view.id)
        await until_next_attempt(post, view.id)
        done = post.reply(view.id)
        assert (done.attempts, done.last_error, done.next_attempt_at) == (3, None, None)
        assert done.acknowledged_at == post.clock.now()
        assert states(done) == [ReplyState.HANDED_OVER] * 2
        post.clock.forward(timedelta(days=1))
        await run_due(post)
        assert len(receiver.requests) == 3
    assert {headers["webhook-id"] for headers, _ in receiver.requests} == {done.delivery_id}
    for headers, body in receiver.requests:
        assert Webhook(SECRET).verify(body, headers)["review"]["external_id"] == "r-9"
    assert json.loads(receiver.requests[0][1])["reply"] == {"public": TEXT, "private": "More."}


async def test_the_text_is_committed_as_handed_over_before_it_leaves(post: Post) -> None:
    seen: list[list[ReplyState]] = []

    def look() -> int:
        seen.append(states(post.reply(view.id)))
        return 204

    with Receiver(look).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
    assert seen == [[ReplyState.HANDED_OVER]]


async def test_no_second_attempt_begins_while_the_first_one_waits_for_a_slow_receiver(post: Post) -> None:
    def answer_late() -> int:
        post.clock.forward(timedelta(seconds=9.9))
        post.delivery.tick()
        return 204

    with Receiver(answer_late).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
        assert post.jobs.hand_overs == []
        assert len(receiver.requests) == 1
    assert post.reply(view.id).acknowledged_at is not None


@pytest.mark.parametrize("way", ["outdated", "told", "one part"])
def test_a_reply_that_did_not_arrive_is_listed_and_counted_until_it_is_posted(post: Post, way: str) -> None:
    reply = post.ready(private="Tell us your size.")
    post.delivery.poll("default")
    assert post.failed() == []
    if way == "outdated":
        post.change(reply)
        post.delivery.poll("default")
    else:
        post.delivery.failed(reply.delivery_id, "default", "no", Part.PRIVATE if way == "one part" else None)
    assert post.failed() == [reply.item_id]
    post.delivery.posted_by_person(reply.id, post.ana)
    assert post.failed() == []


def test_a_reply_that_did_not_arrive_is_nobodys_task_once_the_review_is_gone(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    post.delivery.failed(reply.delivery_id, "default", "The review is gone")
    post.intake.delete(reply.review_id)
    assert post.failed() == []


async def test_a_gone_receiver_ends_the_attempts_and_the_failure_is_visible(post: Post) -> None:
    with Receiver(410).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
    failed = post.reply(view.id)
    assert post.failed() == [view.id]
    assert states(failed) == [ReplyState.FAILED]
    assert "410" in (failed.parts[0].failure or "")
    assert failed.next_attempt_at is None


async def test_a_wish_to_wait_is_obeyed_and_a_redirect_is_not_followed(post: Post) -> None:
    with Receiver(429, 307).serving() as receiver:
        receiver.headers = {"retry-after": "3600", "location": receiver.url + "/elsewhere"}
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
        assert post.reply(view.id).next_attempt_at == post.clock.now() + timedelta(hours=1)
        await until_next_attempt(post, view.id)
        assert len(receiver.requests) == 2
    assert post.reply(view.id).last_error == "The receiver answered 307."


async def test_attempts_end_after_about_three_days(post: Post) -> None:
    with Receiver(500).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        began = post.clock.now()
        await run_due(post)
        while post.reply(view.id).next_attempt_at:
            await until_next_attempt(post, view.id)
        assert len(receiver.requests) == MOST_ATTEMPTS
    assert states(post.reply(view.id)) == [ReplyState.FAILED]
    assert timedelta(days=2) < post.clock.now() - began < timedelta(days=4)


async def test_an_unconfirmed_reply_does_not_leave_again_once_the_customer_changed_the_review(post: Post) -> None:
    with Receiver(500, 204).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
        post.change(view)
        await until_next_attempt(post, view.id)
        assert len(receiver.requests) == 1
    failed = post.reply(view.id)
    assert (failed.outdated, states(failed)) == (True, [ReplyState.FAILED])


async def test_private_addresses_are_refused_unless_a_setting_allows_them(post: Post) -> None:
    post.delivery = Delivery(
        database=post.database,
        engine=post.jobs,
        clock=post.clock,
        settings=settings(webhook_allow_private=False),
    )
    with Receiver(204).serving() as receiver:
        local = Shop(name="local", webhook_url=receiver.url.replace("http://", "https://"))
        plain = Shop(name="plain", webhook_url=receiver.url)
        views = [post.approved(shop=shop) for shop in (local, plain)]
        post.clock.forward(WINDOW)
        await run_due(post)
        assert receiver.requests == []
    assert "private address" in (post.reply(views[0].id).last_error or "")
    assert "https" in (post.reply(views[1].id).last_error or "")


async def test_without_a_signing_secret_nothing_is_sent_and_the_setting_is_named(post: Post) -> None:
    post.delivery = Delivery(
        database=post.database, engine=post.jobs, clock=post.clock, settings=settings(webhook_secret=None)
    )
    with Receiver(204).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
        assert receiver.requests == []
    assert "DRAFTER_WEBHOOK_SECRET" in (post.reply(view.id).last_error or "")


async def test_no_text_is_logged(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="drafter")
    with Receiver(500, 204).serving() as receiver:
        view = post.approved(shop=shop_of(receiver))
        post.clock.forward(WINDOW)
        await run_due(post)
        await until_next_attempt(post, view.id)
    assert caplog.records
    assert all(TEXT not in str(record.__dict__) for record in caplog.records)


def test_an_attempt_that_got_lost_is_enqueued_again(post: Post) -> None:
    reply = post.ready(shop=Shop(name="hooked", webhook_url="https://example.com/hook"))
    assert post.jobs.hand_overs == [(reply.id, 1)]
    post.delivery.tick()
    assert post.jobs.hand_overs == [(reply.id, 1)]
    post.jobs.hand_overs.clear()
    post.clock.forward(timedelta(minutes=2))
    post.delivery.tick()
    assert post.jobs.hand_overs == [(reply.id, 1)]


def test_a_reply_that_has_left_cannot_be_removed(post: Post) -> None:
    reply = post.ready()
    post.delivery.poll("default")
    with pytest.raises(Conflict, match="left already"), post.database.writing() as session:
        replies.remove(session, replies.get(session, reply.id, lock=True))
