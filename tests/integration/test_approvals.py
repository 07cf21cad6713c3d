"""Approvals on both databases: every step, its lock, its refusals, and what the pages are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Literal

import pytest

from drafter.approvals import Approvals, DecisionRequest, ItemView
from drafter.domain.approval import Actor, ApprovalItem, DecisionKind, ItemState, Role
from drafter.domain.case import ReplyToCheck
from drafter.domain.errors import (
    BadInput,
    Blocked,
    ClaimedByAnother,
    Conflict,
    DrafterError,
    IllegalStep,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.reply import Reply, ReplyPart, ReplyState
from drafter.domain.review import Review
from drafter.domain.shop import Limits, Shop
from drafter.domain.situation import Route
from drafter.store import items, replies, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.testing import NOON, JobList, another_item, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector

SYSTEM = Actor.system("intake")
GOOD = "Thank you, Ana. We are glad that it holds."


def finding(code: str, *, final: bool = False) -> Finding:
    return Finding(
        code=code,
        check=f"guardrails.checks.{code}",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=0,
        end=3,
        message="no",
        suggestion="change it",
        final=final,
    )


def words_found(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Block what a text names: `tone!` is a finding of that code, `hard!` one that nobody may overrule."""
    text = f"{reply.public_reply} {reply.private_message}"
    found = [finding(code) for code in ("tone", "incentive") if f"{code}!" in text]
    return (*found, *([finding("length", final=True)] if "hard!" in text else []))


class Office:
    """Approvals over a database, with three people in it."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock, self.jobs = database, clock, JobList()
        self.approvals = Approvals(
            database=database,
            inspector=ScriptedInspector(self.inspect),
            engine=self.jobs,
            clock=clock,
            claim_minutes=10,
        )
        self.find: Callable[[ReplyToCheck], tuple[Finding, ...]] = words_found
        self.ana = stored_person(database, "ana")
        self.ben = stored_person(database, "ben")
        self.lead = stored_person(database, "lea", Role.LEAD)

    def take(
        self, item: ApprovalItem | ItemView, kind: DecisionKind, actor: Actor | None = None, **wishes: str
    ) -> ItemView:
        """Take a step on the item as it was seen."""
        request = DecisionRequest.model_validate({"kind": kind, **wishes})
        return self.approvals.decide(item.id, request, actor=actor or self.ana, expected_version=item.version)

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        return self.find(reply)

    def meanwhile(self, happening: Callable[[], None]) -> None:
        """Let something happen the next time that a text is inspected."""
        once = iter([happening])

        def inspect(reply: ReplyToCheck) -> tuple[Finding, ...]:
            for happens in once:
                happens()
            return words_found(reply)

        self.find = inspect

    def item(self, item_id: str) -> ApprovalItem:
        return self.approvals.item(item_id).item


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    return Office(database, clock)


@pytest.fixture
def small_office(sqlite_address: str, clock: FixedClock) -> Iterator[Office]:
    """An office on SQLite only, where the database has no say in what is tested."""
    database = Database(sqlite_address)
    yield Office(database, clock)
    database.close()


def test_an_approval_makes_one_held_reply_with_the_texts_of_the_draft(office: Office) -> None:
    item = stored_item(office.database, public_reply=GOOD, private_message="Tell us your size.")
    view = office.take(item, DecisionKind.APPROVE)
    assert view.state is ItemState.APPROVED
    assert view.reply is not None
    assert [(part.part, part.text, part.state) for part in view.reply.parts] == [
        (Part.PUBLIC, GOOD, ReplyState.HELD),
        (Part.PRIVATE, "Tell us your size.", ReplyState.HELD),
    ]
    assert view.held_until == NOON + timedelta(seconds=15)
    assert view.reply.approved_by == office.ana.id
    assert view.may_undo


def test_every_step_is_on_record_with_who_when_why_and_which_text(office: Office) -> None:
    item = stored_item(office.database)
    claimed = office.take(item, DecisionKind.CLAIM)
    office.clock.forward(timedelta(minutes=1))
    view = office.take(claimed, DecisionKind.REJECT, reason="We know this customer.")
    claim, reject = view.decisions
    assert (claim.kind, claim.state_before, claim.state_after) == (
        DecisionKind.CLAIM,
        ItemState.QUEUED,
        ItemState.CLAIMED,
    )
    assert (reject.actor, reject.reason, reject.at) == (
        office.ana,
        "We know this customer.",
        NOON + timedelta(minutes=1),
    )
    assert reject.draft_id == view.drafts[0].id


def test_a_decision_on_an_item_that_changed_is_refused_and_changes_nothing(office: Office) -> None:
    item = stored_item(office.database)
    office.take(item, DecisionKind.DISMISS, reason="Nothing to say.")
    with pytest.raises(StaleVersion, match="Look at it again"):
        office.take(item, DecisionKind.APPROVE, office.ben)
    assert office.item(item.id).state is ItemState.DISMISSED


def test_two_people_who_decide_at_once_get_one_decision_and_one_clear_refusal(office: Office) -> None:
    for _ in range(5):
        item = stored_item(office.database)

        def decide(actor: Actor, item: ApprovalItem = item) -> ItemView | DrafterError:
            try:
                return office.take(item, DecisionKind.APPROVE, actor)
            except DrafterError as error:
                return error

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(decide, (office.ana, office.ben)))
        refusals = [result for result in results if isinstance(result, DrafterError)]
        assert [type(refusal) for refusal in refusals] == [StaleVersion]
        assert len(office.approvals.item(item.id).decisions) == 1


def test_the_lock_of_an_item_lets_one_of_two_writers_through(office: Office) -> None:
    item = stored_item(office.database)
    with office.database.writing() as session:
        after = items.change(session, item, reason="first")
    assert (after.version, after.reason) == (item.version + 1, "first")
    with pytest.raises(StaleVersion), office.database.writing() as session:
        items.change(session, item, reason="second")
    assert office.item(item.id).reason == "first"


def test_a_claim_keeps_others_out_until_it_runs_out(office: Office) -> None:
    claimed = office.take(stored_item(office.database), DecisionKind.CLAIM)
    assert claimed.claimed_by_name == "ana"
    with pytest.raises(ClaimedByAnother):
        office.take(claimed, DecisionKind.APPROVE, office.ben)
    office.clock.forward(timedelta(minutes=10))
    free = office.approvals.item(claimed.id)
    assert (free.state, free.claimed_by, free.claimed_by_name) == (ItemState.QUEUED, None, None)
    assert office.take(claimed, DecisionKind.CLAIM, office.ben).claimed_by_name == "ben"


def test_a_released_item_is_free_and_an_escalated_one_stays_escalated(office: Office) -> None:
    for route, free in ((Route.DRAFT, ItemState.QUEUED), (Route.ESCALATE, ItemState.ESCALATED)):
        claimed = office.take(stored_item(office.database, route=route), DecisionKind.CLAIM)
        assert claimed.state is ItemState.CLAIMED
        assert office.take(claimed, DecisionKind.RELEASE).state is free


def test_nobody_but_a_person_approves(office: Office) -> None:
    item = stored_item(office.database)
    with pytest.raises(NotAllowed):
        office.take(item, DecisionKind.APPROVE, SYSTEM)
    for kind in (DecisionKind.SUPERSEDE, DecisionKind.WITHDRAW):
        for actor in (SYSTEM, office.ana):
            with pytest.raises(NotAllowed):
                office.take(item, kind, actor)


def test_an_edit_is_inspected_again_and_its_findings_are_kept(office: Office) -> None:
    item = stored_item(office.database)
    view = office.take(item, DecisionKind.EDIT, public_reply="tone! is here")
    assert [found.code for found in view.blocked] == ["tone"]
    assert view.item.draft is not None
    assert view.item.draft.by_person
    assert [draft.draft.provenance.writer for draft in view.drafts] == ["person", "template"]
    assert view.claimed_by == office.ana.id


def test_a_text_that_is_left_out_stays_and_an_empty_one_is_dropped(small_office: Office) -> None:
    item = stored_item(small_office.database, public_reply=GOOD, private_message="Tell us more.")
    kept = small_office.take(item, DecisionKind.EDIT, public_reply="Other words.")
    assert kept.item.draft is not None
    assert (kept.item.draft.public_reply, kept.item.draft.private_message) == ("Other words.", "Tell us more.")
    dropped = small_office.take(kept, DecisionKind.APPROVE, private_message=" ")
    assert dropped.reply is not None
    assert [part.text for part in dropped.reply.parts] == ["Other words."]


def test_approving_with_a_changed_text_sends_and_records_that_text(office: Office) -> None:
    view = office.take(stored_item(office.database), DecisionKind.APPROVE, public_reply="My own words.")
    assert view.reply is not None
    assert view.reply.parts[0].text == "My own words."
    assert view.decisions[-1].details["edited"] is True
    assert view.decisions[-1].draft_id == view.drafts[0].id
    assert view.drafts[0].draft.public_reply == "My own words."


def test_an_unchanged_draft_is_inspected_again_before_it_is_approved(office: Office) -> None:
    item = stored_item(office.database, public_reply="incentive! came through")
    with pytest.raises(Blocked) as refusal:
        office.take(item, DecisionKind.APPROVE)
    assert [found.code for found in refusal.value.findings] == ["incentive"]
    assert office.item(item.id) == item


@pytest.mark.parametrize(
    ("text", "actor", "reason"),
    [
        ("tone! rude", "ana", "I mean it"),  # not a lead
        ("tone! rude", "lead", " "),  # no reason
        ("incentive! gift", "lead", "I mean it"),  # never to be overruled
        ("tone! incentive!", "lead", "I mean it"),  # one of the two never
        ("hard! limit", "lead", "I mean it"),  # the platform's own limit
    ],
)
def test_a_block_stands_where_the_rule_says_so(small_office: Office, text: str, actor: str, reason: str) -> None:
    item = stored_item(small_office.database)
    with pytest.raises(Blocked):
        small_office.take(
            item, DecisionKind.APPROVE, getattr(small_office, actor), public_reply=text, overrule_reason=reason
        )
    assert small_office.item(item.id).is_open


def test_a_lead_may_overrule_some_findings_on_a_persons_text_and_it_is_recorded(office: Office) -> None:
    item = stored_item(office.database)
    view = office.take(
        item, DecisionKind.APPROVE, office.lead, public_reply="tone! but true", overrule_reason="She asked for it."
    )
    details = view.decisions[-1].details
    assert [found["code"] for found in details["overruled"]] == ["tone"]
    assert details["overrule_reason"] == "She asked for it."


def test_a_lead_may_overrule_what_another_person_wrote_earlier(small_office: Office) -> None:
    edited = small_office.take(stored_item(small_office.database), DecisionKind.EDIT, public_reply="tone! as I see it")
    released = small_office.take(edited, DecisionKind.RELEASE)
    with pytest.raises(Blocked):
        small_office.take(released, DecisionKind.APPROVE, small_office.lead)
    view = small_office.take(released, DecisionKind.APPROVE, small_office.lead, overrule_reason="So do I.")
    assert view.state is ItemState.APPROVED
    assert view.decisions[-1].details["edited"] is False


def test_a_machines_text_is_never_overruled(small_office: Office) -> None:
    item = stored_item(small_office.database, public_reply="tone! by a machine")
    with pytest.raises(Blocked):
        small_office.take(item, DecisionKind.APPROVE, small_office.lead, overrule_reason="I like it")


def test_an_escalated_item_needs_a_text_and_a_person_may_write_it(office: Office) -> None:
    item = stored_item(office.database, public_reply=None, route=Route.ESCALATE)
    with pytest.raises(IllegalStep, match="Write a reply first"):
        office.take(item, DecisionKind.APPROVE)
    view = office.take(item, DecisionKind.APPROVE, public_reply=GOOD)
    assert view.state is ItemState.APPROVED


def test_a_review_that_changed_or_was_deleted_cannot_be_approved_any_more(office: Office) -> None:
    changed, deleted = stored_item(office.database), stored_item(office.database)
    with office.database.writing() as session:
        before = reviews.get(session, changed.review_id)
        reviews.add_version(session, before, before.review.with_changes(text="It broke after all"), NOON)
        reviews.mark_deleted(session, deleted.review_id, NOON)
    for item, why in ((changed, "changed the review"), (deleted, "deleted the review")):
        assert office.approvals.item(item.id).customer_changed
        with pytest.raises(StaleVersion, match=why):
            office.take(item, DecisionKind.APPROVE)


@pytest.mark.parametrize("what", ["facts", "shop", "review"])
def test_what_changes_between_the_inspection_and_the_approval_makes_it_stale(office: Office, what: str) -> None:
    """A promise that a fact bore out must not be approved once the fact is withdrawn."""
    item = stored_item(office.database)

    def change() -> None:
        with office.database.writing() as session:
            stored = reviews.get(session, item.review_id)
            if what == "shop":
                shops.save(session, Shop(display_name="Another name"))
            elif what == "facts":
                reviews.update(session, stored, stored.review, {"actions_taken": "none"})
            else:
                reviews.update(session, stored, stored.review.with_changes(region="US"), {})

    for kind in (DecisionKind.EDIT, DecisionKind.APPROVE):
        office.meanwhile(change)
        with pytest.raises(StaleVersion, match="changed just now"):
            office.take(item, kind, public_reply="Thank you.")
        assert office.item(item.id) == item
        with office.database.writing() as session:
            shops.save(session, Shop())
            stored = reviews.get(session, item.review_id)
            reviews.update(session, stored, stored.review.with_changes(region=None), {})


def test_an_approval_can_be_undone_while_its_window_is_open_and_not_after(office: Office) -> None:
    approved = office.take(stored_item(office.database), DecisionKind.APPROVE)
    office.clock.forward(timedelta(seconds=14))
    undone = office.take(approved, DecisionKind.UNDO)
    assert (undone.state, undone.reply, undone.claimed_by) == (ItemState.CLAIMED, None, office.ana.id)
    again = office.take(undone, DecisionKind.APPROVE)
    office.clock.forward(timedelta(seconds=15))
    assert not office.approvals.item(again.id).may_undo
    with pytest.raises(IllegalStep, match="time to undo is over"):
        office.take(again, DecisionKind.UNDO)


def test_the_database_refuses_a_second_reply_to_one_review(office: Office) -> None:
    item = stored_item(office.database)
    earlier = Reply(
        id=new_id("rep"),
        delivery_id=new_id("dlv"),
        item_id=stored_item(office.database).id,
        review_id=item.review_id,
        review_version="another",
        shop="default",
        parts=(ReplyPart(part=Part.PUBLIC, text="an earlier one"),),
        approved_by=office.ana.id,
        approved_at=NOON,
        held_until=NOON,
    )
    with office.database.writing() as session:
        replies.insert(session, earlier, slot="only")
    with pytest.raises(Conflict, match="approved reply already"):
        office.take(item, DecisionKind.APPROVE)
    assert office.item(item.id) == item


@pytest.mark.parametrize("limit", ["once", "each_version"])
def test_what_was_answered_elsewhere_is_not_answered_again_where_the_platform_takes_one(
    office: Office, limit: Literal["once", "each_version"]
) -> None:
    """Such an item may have been made before the earlier one was decided."""
    first = stored_item(office.database, shop=Shop(name="shop", limits=Limits(replies_per_review=limit)))
    office.take(first, DecisionKind.ANSWERED_ELSEWHERE)
    with office.database.writing() as session:
        stored = reviews.get(session, first.review_id)
        reviews.add_version(session, stored, stored.review.with_changes(text="other words"), NOON)
        second = another_item(session, reviews.get(session, first.review_id))
    if limit == "each_version":
        assert office.take(second, DecisionKind.APPROVE, public_reply="Thank you.").reply
        return
    with pytest.raises(Conflict, match="answered before"):
        office.take(second, DecisionKind.APPROVE, public_reply="Thank you.")


def test_a_platform_that_takes_a_reply_for_each_version_gets_a_slot_for_each() -> None:
    assert replies.slot_of(Limits(), "v1") == replies.slot_of(Limits(), "v2")
    each = Limits(replies_per_review="each_version")
    assert replies.slot_of(each, "v1") != replies.slot_of(each, "v2")


def test_regenerating_enqueues_one_draft_with_the_instruction_on_record(office: Office) -> None:
    item = stored_item(office.database)
    view = office.take(item, DecisionKind.REGENERATE, instruction="shorter")
    assert office.jobs.drafts == [(item.review_id, item.review_version, view.version)]
    assert (view.item.regenerating, view.decisions[-1].details) == (
        True,
        {"instruction": "shorter", "revision": view.version},
    )
    with pytest.raises(IllegalStep, match="on its way"):
        office.take(view, DecisionKind.REGENERATE, instruction="longer")


def test_a_draft_that_is_on_its_way_does_not_replace_what_a_person_wrote_meanwhile(small_office: Office) -> None:
    asked = small_office.take(stored_item(small_office.database), DecisionKind.REGENERATE)
    edited = small_office.take(asked, DecisionKind.EDIT, public_reply="My own words.")
    assert not edited.item.regenerating


def test_a_refused_step_enqueues_and_stores_nothing(office: Office) -> None:
    claimed = office.take(stored_item(office.database), DecisionKind.CLAIM, office.ben)
    with pytest.raises(ClaimedByAnother):
        office.take(claimed, DecisionKind.REGENERATE)
    assert office.jobs.drafts == []
    assert len(office.approvals.item(claimed.id).decisions) == 1


@pytest.mark.parametrize("kind", [DecisionKind.REJECT, DecisionKind.DISMISS])
def test_refusing_needs_a_reason(small_office: Office, kind: DecisionKind) -> None:
    with pytest.raises(IllegalStep, match="needs a reason"):
        small_office.take(stored_item(small_office.database), kind, reason=" ")


def test_escalating_names_the_shops_contact(small_office: Office) -> None:
    shop = Shop(name="named", escalation_contact="Kim")
    view = small_office.take(stored_item(small_office.database, shop=shop), DecisionKind.ESCALATE)
    assert (view.state, view.escalation_contact) == (ItemState.ESCALATED, "Kim")
    assert view.decisions[-1].details == {"escalation_contact": "Kim"}


def test_an_item_of_another_shop_is_not_found(office: Office) -> None:
    item = stored_item(office.database, shop=Shop(name="one"))
    assert office.approvals.item(item.id, shop="one").id == item.id
    request = DecisionRequest(kind=DecisionKind.CLAIM)
    with pytest.raises(NotFound):
        office.approvals.item(item.id, shop="two")
    with pytest.raises(NotFound):
        office.approvals.preview(item.id, GOOD, None, shop="two")
    with pytest.raises(NotFound):
        office.approvals.decide(item.id, request, actor=office.ana, expected_version=item.version, shop="two")


def test_a_preview_tells_what_the_checks_find_and_stores_nothing(small_office: Office) -> None:
    item = stored_item(small_office.database)
    assert [found.code for found in small_office.approvals.preview(item.id, "tone! here", None)] == ["tone"]
    assert small_office.approvals.preview(item.id, "", "") == ()
    assert small_office.item(item.id) == item


def rated(office: Office, rating: int | None, *, due_in_hours: int) -> str:
    review = Review(external_id=new_id("ext"), text="words", rating=rating)
    return stored_item(office.database, review=review, due_at=NOON + timedelta(hours=due_in_hours)).id


def test_the_worst_come_first(office: Office) -> None:
    content = rated(office, 5, due_in_hours=1)
    unrated = rated(office, None, due_in_hours=9)
    bad_later = rated(office, 1, due_in_hours=8)
    bad_soon = rated(office, 1, due_in_hours=7)
    overdue = rated(office, 5, due_in_hours=-1)
    four = rated(office, 4, due_in_hours=2)
    page = office.approvals.queue()
    assert [entry.id for entry in page.entries] == [overdue, bad_soon, bad_later, unrated, four, content]
    assert [entry.overdue for entry in page.entries] == [True, *[False] * 5]
    assert page.next_cursor is None


def test_pages_miss_and_repeat_nothing_even_if_time_passes_between_them(office: Office) -> None:
    expected = {rated(office, rating, due_in_hours=1) for rating in (1, 1, 2, 3, None, 5, 5)}
    seen: list[str] = []
    cursor = None
    while True:
        page = office.approvals.queue(limit=2, cursor=cursor)
        seen += [entry.id for entry in page.entries]
        cursor = page.next_cursor
        office.clock.forward(timedelta(hours=1))
        if cursor is None:
            break
    assert len(seen) == len(expected)
    assert set(seen) == expected


@pytest.mark.parametrize("cursor", ["x", "", "W10", "WyIyMDI2Il0", "e30", "%%", "ü"])
def test_a_cursor_that_is_none_of_ours_is_refused(small_office: Office, cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        small_office.approvals.queue(cursor=cursor)


def test_the_views_show_each_what_they_say(office: Office) -> None:
    free, mine, decided = (stored_item(office.database) for _ in range(3))
    escalated = stored_item(office.database, route=Route.ESCALATE)
    office.take(mine, DecisionKind.CLAIM)
    office.take(decided, DecisionKind.DISMISS, reason="No.")
    seen = {
        view: {entry.id for entry in office.approvals.queue(view=view, actor=office.ana).entries}
        for view in ("open", "mine", "escalated", "decided")
    }
    assert seen == {
        "open": {free.id, mine.id, escalated.id},
        "mine": {mine.id},
        "escalated": {escalated.id},
        "decided": {decided.id},
    }
    with pytest.raises(BadInput):
        office.approvals.queue(view="mine")


def test_decided_items_are_paged_by_their_last_decision(office: Office) -> None:
    first, second, third = (stored_item(office.database) for _ in range(3))
    for item in (second, third, first):
        office.take(item, DecisionKind.DISMISS, reason="No.")
    page = office.approvals.queue(view="decided", limit=2)
    rest = office.approvals.queue(view="decided", limit=2, cursor=page.next_cursor)
    assert [entry.id for entry in (*page.entries, *rest.entries)] == [first.id, third.id, second.id]


def test_the_counts_are_those_of_the_shop(office: Office) -> None:
    shop = Shop(name="counted")
    negative = Review(external_id="bad", text="bad", rating=1)
    stored_item(office.database, shop=shop, review=negative, due_at=NOON - timedelta(hours=1))
    mine = stored_item(office.database, shop=shop, route=Route.ESCALATE)
    office.take(mine, DecisionKind.CLAIM)
    office.take(stored_item(office.database, shop=shop), DecisionKind.DISMISS, reason="No.")
    stored_item(office.database)
    counts = office.approvals.counts("counted", actor=office.ana)
    assert counts.model_dump() == {
        "open": 2,
        "overdue": 1,
        "negative": 1,
        "escalated": 1,
        "claimed": 1,
        "mine": 1,
        "decided": 1,
        "failed": 0,
    }
    assert office.approvals.counts().open == 3
