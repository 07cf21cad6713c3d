"""People's decisions become cases: the dangerous errors first, and nothing in them tells who the customer was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from drafter.approvals import Approvals, DecisionRequest
from drafter.domain.approval import ApprovalItem, DecisionKind, Role
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route
from drafter.store import reviews
from drafter.store.database import Database
from drafter.store.testing import NOON, JobList, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector
from evals import cases, loading
from evals.cases import CaseEntry, Expected
from evals.harvest import harvest, harvest_replies, write, write_lines
from evals.harvest_stand_ins import StandIns
from evals.reply_cases import ExpectedCodes

Decide = Callable[..., None]


def shouting(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Block what shouts."""
    if "!!" not in (reply.public_reply or ""):
        return ()
    finding = Finding(
        code="tone",
        check="guardrails.checks.tone",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=0,
        end=1,
        message="It shouts.",
        suggestion="Do not.",
    )
    return (finding,)


@pytest.fixture
def decide(database: Database, clock: FixedClock) -> Decide:
    """Take a step on an item as its lead, in the way in which people take it."""
    lead = stored_person(database, "Wilhelmina", Role.LEAD)
    approvals = Approvals(
        database=database, inspector=ScriptedInspector(shouting), engine=JobList(), clock=clock, claim_minutes=10
    )

    def take(item: ApprovalItem, kind: DecisionKind, **wishes: str) -> None:
        seen = approvals.item(item.id)
        request = DecisionRequest.model_validate({"kind": kind, **wishes})
        approvals.decide(item.id, request, actor=lead, expected_version=seen.version)

    return take


def only(found: list[CaseEntry]) -> Expected:
    assert len(found) == 1
    return found[0].metadata


def test_a_draft_approved_as_it_was_teaches_nothing(database: Database, decide: Decide) -> None:
    decide(stored_item(database), DecisionKind.APPROVE)
    assert harvest(database) == []


def test_an_edit_before_approval_gives_the_approved_text_as_reference(database: Database, decide: Decide) -> None:
    item = stored_item(database, review=Review(external_id="7", text="Lovely zipper", rating=5, author="Ana Souza"))
    better = "Thank you, Ana. We are glad that the zipper runs well."
    decide(item, DecisionKind.APPROVE, public_reply=better)
    expected = only(harvest(database))
    assert expected.reference == "Thank you, Alex. We are glad that the zipper runs well."
    assert expected.name == ("Alex",)
    assert expected.route is Route.DRAFT
    assert expected.channels == (Channel.PUBLIC,)
    assert expected.language == "en"
    assert expected.tags == ("harvest", "edited")


def test_a_rejection_keeps_its_reason_and_forbids_only_what_it_quotes(database: Database, decide: Decide) -> None:
    item = stored_item(database, public_reply="Thank you. We are sorry. Your parcel left our warehouse on Monday.")
    reason = 'Nobody told it that: "Your parcel left our warehouse on Monday." Also "we are" and "a word of ours too".'
    decide(item, DecisionKind.REJECT, reason=reason)
    expected = only(harvest(database))
    assert expected.must_not_say == ("Your parcel left our warehouse on Monday.",)
    assert "Nobody told it that" in (expected.note or "")
    assert expected.reference is None
    assert expected.route is None
    assert "rejected" in expected.tags


def test_what_stayed_in_the_approved_text_is_never_forbidden(database: Database, decide: Decide) -> None:
    item = stored_item(database, public_reply="Thank you for the photo. We are sorry that it broke.")
    wish = 'Why "Thank you for the photo."? There is one, I see.'
    decide(item, DecisionKind.REGENERATE, instruction=wish)
    decide(item, DecisionKind.APPROVE, public_reply="Thank you for the photo. We are sorry.")
    expected = only(harvest(database))
    assert expected.must_not_say == ()
    assert expected.tags == ("harvest", "edited", "regenerated")


def test_an_overruled_finding_is_told_with_its_code(database: Database, decide: Decide) -> None:
    item = stored_item(database)
    said_so = "The buyer shouted first"
    decide(item, DecisionKind.APPROVE, public_reply="Thank you!! It holds.", overrule_reason=said_so)
    expected = only(harvest(database))
    assert expected.note == "overruled tone: The buyer shouted first"
    assert expected.tags == ("harvest", "overruled", "edited")


def test_a_text_for_which_a_lead_overruled_is_a_reply_without_a_violation(
    database: Database, decide: Decide, tmp_path: Path
) -> None:
    item = stored_item(database, review=Review(external_id="7", text="Holds!!", rating=5, author="Ana Souza"))
    decide(item, DecisionKind.APPROVE, public_reply="Thank you, Ana!! It holds.", overrule_reason="She shouted first")
    decide(stored_item(database), DecisionKind.REJECT, reason="cold")
    write_lines(harvest_replies(database), tmp_path / "overruled.jsonl")
    dataset = loading.load(str(tmp_path / "overruled.jsonl"))
    assert [case.metadata for case in dataset.cases] == [ExpectedCodes(tags=("harvest", "overruled"))]
    reply = dataset.cases[0].inputs
    assert isinstance(reply, ReplyToCheck)
    assert reply.public_reply == "Thank you, Alex!! It holds."
    assert reply.case.review.text == "Holds!!"
    assert reply.case.review.author == "Alex"


def test_an_approval_that_was_taken_back_teaches_nothing(database: Database, decide: Decide) -> None:
    item = stored_item(database)
    decide(item, DecisionKind.APPROVE, public_reply="Thank you!! It holds.", overrule_reason="The buyer did")
    decide(item, DecisionKind.UNDO)
    assert harvest(database) == []
    assert harvest_replies(database) == []


def test_what_a_person_escalated_must_be_escalated(database: Database, decide: Decide) -> None:
    decide(stored_item(database), DecisionKind.ESCALATE, reason="She mentions a burn")
    expected = only(harvest(database))
    assert expected.route is Route.ESCALATE
    assert expected.tags == ("harvest", "escalated_by_person")


def test_the_dangerous_errors_come_first_and_take_half_of_a_limit(database: Database, decide: Decide) -> None:
    for _ in range(3):
        decide(stored_item(database), DecisionKind.ANSWERED_ELSEWHERE)
    for _ in range(3):
        decide(stored_item(database), DecisionKind.REJECT, reason="cold")

    def kinds(limit: int | None) -> list[str]:
        return [entry.metadata.tags[1] for entry in harvest(database, limit=limit)]

    assert kinds(None) == ["rejected"] * 3 + ["answered_elsewhere"] * 3
    assert kinds(4) == ["rejected"] * 2 + ["answered_elsewhere"] * 2
    assert kinds(5) == ["rejected"] * 3 + ["answered_elsewhere"] * 2


def test_only_the_shop_and_the_time_that_were_asked_for(database: Database, decide: Decide, clock: FixedClock) -> None:
    decide(stored_item(database), DecisionKind.REJECT, reason="cold")
    clock.forward(timedelta(hours=9))
    decide(stored_item(database, shop=Shop(name="other")), DecisionKind.REJECT, reason="rude")
    assert len(harvest(database)) == 2
    assert only(harvest(database, since=NOON + timedelta(hours=5))).note == "reject: rude"
    assert only(harvest(database, shop="default")).note == "reject: cold"


def test_nothing_tells_who_the_customer_or_the_person_was(database: Database, decide: Decide, tmp_path: Path) -> None:
    review = Review(
        external_id="platform-998877",
        title="Siobhan here again",
        text="Order 5839201746620 never came. Write to siobhan.k@mail.test or +1 415 555 2671. - Siobhan Kelleher",
        author="Siobhan Kelleher",
        order_ref="5839201746620",
        rating=1,
        created_at=NOON,
    )
    shop = Shop(escalation_contact="boss@shop.test", webhook_url="https://hooks.shop.test/x")
    item = stored_item(database, review=review, shop=shop, public_reply="Hi Siobhan, sorry about order 5839201746620.")
    decide(item, DecisionKind.REJECT, reason="Wilhelmina says: order 5839201746620 is public")
    write(harvest(database), tmp_path / "harvest.yaml")
    written = (tmp_path / "harvest.yaml").read_text(encoding="utf-8")
    for personal in ("Siobhan", "siobhan", "Kelleher", "5839201746620", "415 555", "Wilhelmina", "998877", "shop.test"):
        assert personal not in written
    text = cases.load(str(tmp_path / "harvest.yaml")).cases[0].inputs.review.text
    assert text == "Order 1234567890123 never came. Write to customer1@example.com or +1 234 567 8901. - Alex Doe"


@pytest.mark.parametrize(
    ("fact", "datum", "stand_in"),
    [
        ("customer_name", "Siobhan Kelleher", "Alex Doe"),
        ("recipient_name", "สมหญิง ใจงาม", "มานี ใจดี"),
        ("order_id", "KX-5839-QR", "XX-1234-XX"),
        ("tracking_code", "ABJKLRQ", "XXXXXXX"),
        ("delivery_address", "Rua das Flores 12", "1 Example Street"),
        ("email", "siobhan.k@mail.test", "customer1@example.com"),
        ("phone", "+1 415 555 2671", "+1 234 567 8901"),
    ],
)
def test_what_only_the_facts_of_the_case_tell_is_replaced_in_all_texts(fact: str, datum: str, stand_in: str) -> None:
    review = Review(external_id="1", text=f"I am {datum}, do something", author="s***k")
    stand_ins = StandIns(Case(review=review, case_facts={fact: datum}))
    assert stand_ins.within(review.text) == f"I am {stand_in}, do something"
    assert stand_ins.within(datum) == stand_in


def test_names_and_order_numbers_that_models_are_not_shown_are_not_in_a_case_either(
    database: Database, decide: Decide
) -> None:
    review = Review(external_id="7", text="Order #AB99812 never came", author="s***k", rating=1)
    item = stored_item(database, review=review, public_reply="Hi Siobhan, we look into AB99812.")
    with database.writing() as session:
        stored = reviews.get(session, item.review_id)
        reviews.update(session, stored, stored.review, {"customer_name": "Siobhan Kelleher", "order_id": "AB99812"})
    decide(item, DecisionKind.APPROVE, public_reply="Hello Siobhan, we look into AB99812 today.")
    told = harvest(database)[0].model_dump_json()
    assert not [personal for personal in ("Siobhan", "Kelleher", "99812") if personal in told]
    assert "Hello Doe, we look into XX12345 today." in told


def test_the_file_is_a_dataset_with_the_same_cases(database: Database, decide: Decide, tmp_path: Path) -> None:
    decide(stored_item(database), DecisionKind.REJECT, reason="cold")
    found = harvest(database)
    write(found, tmp_path / "new" / "mine.yaml")
    loaded = cases.load(str(tmp_path / "new" / "mine.yaml"))
    assert loaded.name == "mine"
    assert [(case.name, case.inputs, case.metadata) for case in loaded.cases] == [
        (entry.name, entry.inputs, entry.metadata) for entry in found
    ]


@pytest.mark.parametrize(
    ("author", "first_name", "shown"),
    [
        ("สมหญิง ใจงาม", "มานี", "มานี"),
        ("ゆかり", "さくら", "さくら"),
        ("Bruno", "Alex", "Alex"),
        ("b***o", None, "a***x"),
        (None, None, None),
    ],
)
def test_a_stand_in_can_be_greeted_by_if_the_name_could(
    author: str | None, first_name: str | None, shown: str | None
) -> None:
    stand_ins = StandIns(Case(review=Review(external_id="1", author=author)))
    assert stand_ins.first_name == first_name
    assert stand_ins.author == shown


def test_the_same_datum_has_the_same_stand_in_and_another_one_has_another() -> None:
    stand_ins = StandIns(Case(review=Review(external_id="1")))
    text = stand_ins.within("a@one.test, b@two.test, a@one.test, seen [ORDER_NUMBER_7] on it")
    assert text == "customer1@example.com, customer2@example.com, customer1@example.com, seen [ORDER_NUMBER_7] on it"


def test_an_edited_draft_comes_with_its_difference(database: Database, decide: Decide) -> None:
    item = stored_item(
        database,
        review=Review(external_id="7", text="Lovely zipper", rating=5, author="Ana Souza"),
        public_reply="Thank you, Ana. We are sorry.",
        private_message="Write to us, Ana.",
    )
    decide(item, DecisionKind.APPROVE, public_reply="Thank you, Ana. We are so glad.", private_message="Write, Ana.")
    (draft,) = only(harvest(database)).drafts
    assert draft.outcome == "edited"
    assert draft.public_reply == "Thank you, Alex. We are sorry."
    assert draft.difference == "Thank you, Alex. We are [-sorry-]{+so glad+}.\nWrite[- to us-], Alex."
    assert 0 < (draft.edit_distance or 0) < 0.5
    assert (draft.writer, draft.reason) == ("template", None)


def test_refused_drafts_come_with_what_people_wrote(database: Database, decide: Decide) -> None:
    item = stored_item(database, public_reply="We are sorry.")
    decide(item, DecisionKind.REGENERATE, instruction="Warmer, for Wilhelmina")
    decide(item, DecisionKind.EDIT, public_reply="We are so sorry.")
    decide(item, DecisionKind.REJECT, reason="Still cold")
    (draft,) = only(harvest(database)).drafts
    assert (draft.outcome, draft.reason, draft.public_reply) == ("rejected", "Still cold", "We are sorry.")
    assert draft.difference is None


def test_a_draft_that_a_person_asked_to_have_again_keeps_the_wish(database: Database, decide: Decide) -> None:
    decide(stored_item(database), DecisionKind.REGENERATE, instruction="Warmer, says Wilhelmina")
    (draft,) = only(harvest(database)).drafts
    assert (draft.outcome, draft.reason) == ("regenerated", "Warmer, says Doe")


def test_the_last_word_on_a_draft_counts(database: Database, decide: Decide) -> None:
    """It was asked for again, and then approved as it was."""
    item = stored_item(database)
    decide(item, DecisionKind.REGENERATE, instruction="Warmer")
    decide(item, DecisionKind.APPROVE)
    assert only(harvest(database)).drafts == ()


def test_harvested_drafts_go_into_the_file_and_come_back(database: Database, decide: Decide, tmp_path: Path) -> None:
    decide(stored_item(database), DecisionKind.APPROVE, public_reply="Thank you.")
    found = harvest(database)
    write(found, tmp_path / "cases.yaml")
    (case,) = cases.load(str(tmp_path / "cases.yaml")).cases
    assert case.metadata is not None
    assert case.metadata.drafts == found[0].metadata.drafts != ()
