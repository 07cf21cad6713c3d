"""Whatever anybody does in whatever order: nothing is approved without a person, and no review gets two replies.

The real approvals, intake and delivery over SQLite, driven by Hypothesis. A tool that polls and a person who copies
stand for the platform: whoever is given a text, or told that it may be posted, may post it. So only one of them may be.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from drafter.approvals import Approvals, DecisionRequest
from drafter.delivery import Delivery
from drafter.domain.approval import Actor, ActorKind, DecisionKind, ItemState, Role
from drafter.domain.errors import DrafterError
from drafter.domain.reply import ON_ITS_WAY, Reply, ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Limits, Shop
from drafter.intake import Intake
from drafter.settings import Settings
from drafter.store import items, replies, reviews
from drafter.store.database import Database
from drafter.store.testing import NOON, JobList, another_item, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector

KINDS = st.sampled_from(DecisionKind)
WHO = st.sampled_from(("ana", "lea", "system"))


class AnyOrder(RuleBasedStateMachine):
    """One review of a shop that answers once, and everything that can be done about it."""

    template: Path  # a migrated database, to be copied
    limits = Limits()

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="drafter-once-"))
        self.database = Database(f"sqlite:///{shutil.copy(self.template, self.folder / 'drafter.db')}")
        self.clock, self.jobs = FixedClock(), JobList()
        self.delivered: dict[str, str] = {}  # delivery id to the version it answers
        self.posted: set[str] = set()
        self.answered_elsewhere = False
        self.given: dict[str, set[str]] = {}  # delivery id to who may post it now

    @initialize()
    def open_shop(self) -> None:
        self.approvals = Approvals(
            database=self.database,
            inspector=ScriptedInspector(),
            engine=self.jobs,
            clock=self.clock,
            claim_minutes=10,
        )
        self.intake = Intake(database=self.database, engine=self.jobs, clock=self.clock)
        self.delivery = Delivery(
            database=self.database, engine=self.jobs, clock=self.clock, settings=Settings(webhook_secret=None)
        )
        self.actors = {
            "ana": stored_person(self.database, "ana"),
            "lea": stored_person(self.database, "lea", Role.LEAD),
            "system": Actor.system("intake"),
        }
        review = Review(external_id="r-1", text="first words", rating=2)
        shop = Shop(limits=self.limits)
        self.review_id = stored_item(self.database, review=review, shop=shop, due_at=NOON).review_id

    @rule(kind=KINDS, who=WHO, text=st.sampled_from((None, "", "My own words.")), behind=st.sampled_from((0, 0, 0, 1)))
    def decide(self, kind: DecisionKind, who: str, text: str | None, behind: int) -> None:
        with self.database.reading() as session:
            item = items.newest(session, self.review_id)
        assert item is not None
        request = DecisionRequest(kind=kind, reason="why", public_reply=text)
        self.allowed(
            lambda: self.approvals.decide(
                item.id, request, actor=self.actors[who], expected_version=item.version - behind
            )
        )

    @rule(who=WHO)
    def approve(self, who: str) -> None:
        """Any decision may come from `decide`; this one is what all the others are about."""
        self.decide(DecisionKind.APPROVE, who, "My own words.", 0)

    @rule(seconds=st.sampled_from((1, 20, 700)))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(timedelta(seconds=seconds))
        self.delivery.tick()

    @rule(wait=st.booleans())
    def tool_polls(self, wait: bool) -> None:
        if wait:
            self.time_passes(20)
        for out in self.delivery.poll("default"):
            self.delivered[out.reply.delivery_id] = out.reply.review_version
            self.given.setdefault(out.reply.delivery_id, set()).add("tool")

    @rule(kind=st.sampled_from(("acknowledge", "posted", "failed")))
    def tool_tells(self, kind: str) -> None:
        for delivery_id in self.delivered:
            if kind == "failed":
                if self.allowed(partial(self.delivery.failed, delivery_id, "default", "no")):
                    self.given[delivery_id].discard("tool")
            elif kind == "posted":
                self.delivery.posted(delivery_id, "default")
                self.posted.add(delivery_id)
            elif self.allowed(partial(self.delivery.acknowledge, delivery_id, "default")) and self.on_its_way(
                delivery_id
            ):
                self.given[delivery_id].add("tool")

    @rule(who=st.sampled_from(("ana", "lea")))
    def person_copies(self, who: str) -> None:
        for reply in self.replies():
            if self.allowed(partial(self.delivery.copied, reply.id, self.actors[who])):
                self.delivered[reply.delivery_id] = reply.review_version
                self.given.setdefault(reply.delivery_id, set()).add(who)

    @rule()
    def person_says_posted(self) -> None:
        for reply in self.replies():
            if self.allowed(partial(self.delivery.posted_by_person, reply.id, self.actors["ana"])):
                self.delivered[reply.delivery_id] = reply.review_version
                self.given.setdefault(reply.delivery_id, {"ana"})
                self.posted.add(reply.delivery_id)

    @rule(text=st.sampled_from(("first words", "other words", "more words")))
    def customer_changes(self, text: str) -> None:
        review = Review(external_id="r-1", text=text, rating=2)
        received = self.intake.receive("default", review, {})
        if self.jobs.drafts and received.outcome == "changed":
            self.draft_is_ready()

    @rule()
    def customer_deletes(self) -> None:
        self.intake.delete(self.review_id, "default")

    def draft_is_ready(self) -> None:
        """Do what the drafting job would do."""
        _, version, _ = self.jobs.drafts.pop()
        with self.database.writing() as session:
            stored = reviews.get(session, self.review_id)
            if stored.version == version and items.find(session, self.review_id, version) is None:
                another_item(session, stored, due_at=NOON)

    @invariant()
    def only_a_person_approved(self) -> None:
        with self.database.reading() as session:
            for reply in self.replies():
                item = items.get(session, reply.item_id)
                assert item.state is ItemState.APPROVED
                steps = items.decisions(session, item.id)
                approval = [step for step in steps if step.kind is DecisionKind.APPROVE][-1]
                assert (approval.actor.kind, approval.actor.id) == (ActorKind.PERSON, reply.approved_by)

    @invariant()
    def the_review_has_one_reply_at_most(self) -> None:
        slots = [replies.slot_of(self.limits, version) for version in self.delivered.values()]
        assert len(slots) == len(set(slots))
        assert len(self.replies()) <= 1 or self.limits.replies_per_review == "each_version"

    @invariant()
    def one_receiver_at_most_may_post_a_reply(self) -> None:
        assert all(len(receivers) <= 1 for receivers in self.given.values()), self.given

    @invariant()
    def what_was_answered_elsewhere_has_no_reply(self) -> None:
        with self.database.reading() as session:
            item = items.newest(session, self.review_id)
        elsewhere = item is not None and item.state is ItemState.ANSWERED_ELSEWHERE
        self.answered_elsewhere |= elsewhere
        assert not (self.answered_elsewhere and self.replies() and self.limits.replies_per_review == "once")

    @invariant()
    def what_left_stays_and_what_is_posted_is_final(self) -> None:
        by_id = {reply.delivery_id: reply for reply in self.replies()}
        assert set(self.delivered) <= set(by_id)
        assert all(replies.has_left(by_id[delivery_id]) for delivery_id in self.delivered)
        for delivery_id in self.posted:
            assert {part.state for part in by_id[delivery_id].parts} == {ReplyState.POSTED}

    def on_its_way(self, delivery_id: str) -> bool:
        return any(
            part.state in ON_ITS_WAY
            for reply in self.replies()
            for part in reply.parts
            if reply.delivery_id == delivery_id
        )

    def replies(self) -> list[Reply]:
        with self.database.reading() as session:
            return replies.of_review(session, self.review_id)

    @staticmethod
    def allowed(call: Callable[[], object]) -> bool:
        try:
            call()
        except DrafterError:
            return False
        return True

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)


class AnyOrderEachVersion(AnyOrder):
    """The same for a platform that takes a reply for each version."""

    limits = Limits(replies_per_review="each_version")


@pytest.mark.parametrize("machine", [AnyOrder, AnyOrderEachVersion])
def test_no_order_of_calls_approves_without_a_person_or_answers_twice(
    machine: type[AnyOrder], sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AnyOrder, "template", sqlite_template, raising=False)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking over a database takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
