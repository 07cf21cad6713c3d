"""Learning from people on both databases: approved replies become examples, and what became of drafts is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import delete, func, select, update

from drafter.approvals import Approvals, DecisionRequest, ItemView
from drafter.compose import PipelineParts
from drafter.domain.approval import ApprovalItem, DecisionKind, Role
from drafter.domain.case import ReplyToCheck
from drafter.domain.example import Example
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.ports import Embedder
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import SituationName
from drafter.drafting import Drafting
from drafter.store import examples, outcomes, reviews
from drafter.store.database import Database
from drafter.store.outcomes import Outcome, Remark
from drafter.store.tables import DecisionRow, ExampleRow, ItemRow, OutcomeRow, ReplyRow, ReviewRow
from drafter.store.testing import NOON, JobList, stored_item, stored_person
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter

TOPICS = ("zipper", "strap", "colour", "parcel")
DRAFT = "Thank you, Ana. We are glad that the zipper holds."


class TopicEmbedder:
    """Vectors of which topics a text names; one with none of them points away from all."""

    dimensions = len(TOPICS) + 1

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a row."""
        rows = [[*(float(topic in text.casefold()) for topic in TOPICS), 0.1] for text in texts]
        return np.asarray([np.asarray(row) / np.linalg.norm(row) for row in rows], dtype=np.float32)


def shouting(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Block what shouts; a lead may let it stand."""
    if "!!" not in (reply.public_reply or ""):
        return ()
    place = {"part": Part.PUBLIC, "start": 0, "end": 1}
    words = {"message": "It shouts.", "suggestion": "Do not."}
    return (Finding(code="tone", check="guardrails.checks.tone", severity=Severity.BLOCK, **place, **words),)


class Office:
    """Approvals that learn, over a database with a lead."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.embedder = TopicEmbedder()
        self.lead = stored_person(database, "Wilhelmina", Role.LEAD)
        self.approvals = Approvals(
            database=database,
            inspector=ScriptedInspector(shouting),
            engine=JobList(),
            clock=clock,
            claim_minutes=10,
            embedder=self.embedder,
        )

    def item(self, text: str = "The zipper holds", reply: str | None = DRAFT, **wishes: object) -> ApprovalItem:
        self.clock.forward(timedelta(seconds=1))
        fields = {"external_id": text + str(self.clock.at), "text": text, "rating": 5, "author": "Ana Souza"}
        shop = Shop(name=str(wishes.pop("shop", "default")))
        review = Review.model_validate(fields | wishes)
        return stored_item(self.database, review=review, public_reply=reply, shop=shop)

    def take(self, item: ApprovalItem, kind: str, **wishes: str) -> ItemView:
        """Take a step on an item as it stands now."""
        request = DecisionRequest.model_validate({"kind": kind, **wishes})
        version = self.approvals.item(item.id).version
        return self.approvals.decide(item.id, request, actor=self.lead, expected_version=version)

    def alike(self, text: str = "zipper", *, shop: str = "default", but_not_of: str = "") -> list[str]:
        """Return the replies that would be shown for a review."""
        return [example.reply for example in self.examples(text, shop=shop, but_not_of=but_not_of)]

    def examples(
        self,
        text: str,
        *,
        shop: str = "default",
        but_not_of: str = "",
        language: str = "en",
        situation: SituationName = SituationName.POSITIVE,
    ) -> tuple[Example, ...]:
        with self.database.reading() as session:
            return examples.alike(
                session,
                self.embedder.embed([text])[0],
                shop=shop,
                situation=situation,
                language=language,
                but_not_of=but_not_of,
                now=self.clock.now(),
            )

    def outcomes(self) -> list[tuple[str, float | None]]:
        with self.database.reading() as session:
            rows = session.execute(select(OutcomeRow.outcome, OutcomeRow.edit_distance).order_by(OutcomeRow.id))
            return [(row.outcome, row.edit_distance) for row in rows]


@pytest.fixture
def office(database: Database, clock: FixedClock) -> Office:
    return Office(database, clock)


@pytest.fixture
def small_office(sqlite_address: str, clock: FixedClock) -> Iterator[Office]:
    """An office on SQLite only, where the database has no say in what is tested."""
    database = Database(sqlite_address)
    yield Office(database, clock)
    database.close()


def test_an_approved_reply_becomes_an_example_without_personal_data(office: Office) -> None:
    item = office.item("The zipper holds. Call me: +1 415 555 2671. Ana Souza")
    office.take(item, "approve", public_reply="Thank you, Ana. The zipper is our pride.")
    (example,) = office.examples("zipper")
    assert example.reply == "Thank you, [NAME]. The zipper is our pride."
    assert example.review_excerpt == "The zipper holds. Call me: …. … …"
    assert (example.situation, example.language) == (SituationName.POSITIVE, "en")


@pytest.mark.parametrize(
    "reply",
    [
        "Thank you, Mrs Souza.",
        "Thank you. Your order 114-3941689-8772232 is on its way.",
        "Thank you. Yours, Wilhelmina",
        "Thank you!! It holds.",
    ],
    ids=["family name", "order number", "who approved it", "a finding let stand"],
)
def test_a_reply_that_fits_nobody_else_or_was_let_through_is_no_example(small_office: Office, reply: str) -> None:
    small_office.take(small_office.item(), "approve", public_reply=reply, overrule_reason="She began")
    assert small_office.alike() == []
    assert small_office.outcomes()[0][0] == "edited"


def test_a_private_message_alone_is_no_example(small_office: Office) -> None:
    small_office.take(small_office.item(), "approve", public_reply="", private_message="Tell us your size.")
    assert small_office.alike() == []


def test_an_approval_that_was_undone_taught_nothing_and_the_next_one_counts(office: Office) -> None:
    item = office.item()
    office.take(item, "approve")
    office.take(item, "undo")
    assert (office.alike(), office.outcomes()) == ([], [])
    office.take(item, "approve", public_reply="We are glad, Ana.")
    assert office.alike() == ["We are glad, [NAME]."]
    assert [outcome for outcome, _ in office.outcomes()] == ["edited"]


def test_the_likest_reviews_come_first_and_at_most_two(office: Office) -> None:
    for topic, words in zip(TOPICS, ("It runs well.", "Strong as can be.", "Blue it is!", "So quick."), strict=True):
        office.take(office.item(f"the {topic}"), "approve", public_reply=words)
    assert office.alike("strap and zipper") == ["Strong as can be.", "It runs well."]


def test_a_persons_own_words_go_before_a_drafts_where_the_reviews_are_as_like(small_office: Office) -> None:
    small_office.take(small_office.item("zipper"), "approve", public_reply="Quite another sentence here.")
    small_office.take(small_office.item("zipper"), "approve")
    assert small_office.alike() == [
        "Quite another sentence here.",
        "Thank you, [NAME]. We are glad that the zipper holds.",
    ]


def test_a_much_liker_review_wins_over_an_edit(small_office: Office) -> None:
    small_office.take(small_office.item("parcel"), "approve", public_reply="Quite another sentence here.")
    small_office.take(small_office.item("zipper"), "approve")
    assert small_office.alike()[0] == "Thank you, [NAME]. We are glad that the zipper holds."


def test_two_near_copies_are_shown_as_one(small_office: Office) -> None:
    small_office.take(small_office.item("zipper"), "approve")
    small_office.take(small_office.item("zipper"), "approve", public_reply=DRAFT.replace("holds", "runs"))
    small_office.take(small_office.item("strap"), "approve", public_reply="Quite another sentence here.")
    assert small_office.alike() == [
        "Thank you, [NAME]. We are glad that the zipper runs.",
        "Quite another sentence here.",
    ]


def test_an_example_is_of_the_same_shop_situation_and_language_and_of_another_review(office: Office) -> None:
    item = office.item()
    office.take(item, "approve")
    assert office.alike() != []
    assert office.alike(but_not_of=item.review_id) == []
    assert office.alike(shop="other") == []
    assert office.examples("zipper", language="de") == ()
    assert office.examples("zipper", situation=SituationName.QUALITY) == ()


def test_an_old_example_is_not_shown(office: Office) -> None:
    office.take(office.item(), "approve")
    office.clock.forward(examples.FRESH)
    assert office.alike() == []


def test_a_reply_that_was_superseded_before_it_left_is_not_shown(office: Office) -> None:
    item = office.item()
    office.take(item, "approve")
    with office.database.writing() as session:
        session.execute(update(ItemRow).where(ItemRow.id == item.id).values(state="superseded"))
    assert office.alike() == []


def test_a_reply_to_a_review_that_the_customer_deleted_is_not_shown(office: Office) -> None:
    item = office.item()
    office.take(item, "approve")
    with office.database.writing() as session:
        reviews.mark_deleted(session, item.review_id, office.clock.now())
    assert office.alike() == []


def test_only_the_newest_are_compared(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "COMPARED", 1)
    office.take(office.item("zipper"), "approve")
    office.take(office.item("parcel"), "approve", public_reply="So quick.")
    assert office.alike("zipper") == ["So quick."]


def test_vectors_of_another_length_are_passed_over(office: Office) -> None:
    """As after an update to another encoder."""
    office.take(office.item(), "approve")
    with office.database.writing() as session:
        session.execute(update(ExampleRow).values(vector=b"\0\0"))
    assert office.alike() == []


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([("approve", {})], ("approved", 0.0)),
        ([("approve", {"public_reply": DRAFT.replace("glad", "happy")})], ("edited", 1 / 13)),
        ([("edit", {"public_reply": "No"}), ("approve", {})], ("edited", 1.0)),
        ([("edit", {"public_reply": "No"}), ("approve", {"public_reply": DRAFT})], ("approved", 0.0)),
        ([("reject", {"reason": "cold"})], ("rejected", None)),
        ([("regenerate", {"instruction": "shorter"})], ("regenerated", None)),
        ([("regenerate", {}), ("approve", {})], ("approved", 0.0)),
        ([("dismiss", {"reason": "spam"})], ("unused", None)),
        ([("answered_elsewhere", {})], ("unused", None)),
        ([("escalate", {}), ("reject", {"reason": "cold"})], ("rejected", None)),
    ],
)
def test_what_became_of_a_draft_is_kept(
    small_office: Office, steps: list[tuple[str, dict[str, str]]], outcome: tuple[str, float | None]
) -> None:
    item = small_office.item()
    for kind, wishes in steps:
        small_office.take(item, kind, **wishes)
    assert small_office.outcomes() == [
        (outcome[0], None if outcome[1] is None else pytest.approx(outcome[1], abs=1e-4))
    ]


@pytest.mark.parametrize("kind", ["claim", "escalate", "edit"])
def test_a_step_that_decides_nothing_leaves_no_outcome(small_office: Office, kind: str) -> None:
    small_office.take(small_office.item(), kind)
    assert small_office.outcomes() == []


def test_a_text_of_a_persons_own_is_an_example_and_no_drafts_outcome(small_office: Office) -> None:
    small_office.take(small_office.item(reply=None), "approve", public_reply="We wrote this ourselves.")
    assert small_office.alike() == ["We wrote this ourselves."]
    assert small_office.outcomes() == []


def test_counts_are_of_a_shop_and_a_time(office: Office) -> None:
    office.take(office.item(), "reject", reason="cold")
    office.clock.forward(timedelta(days=2))
    office.take(office.item(), "approve")
    office.take(office.item(shop="other"), "approve", public_reply="Other words altogether, dear.")
    with office.database.reading() as session:
        lately = outcomes.counts(session, office.clock.now() - timedelta(days=1))
        ours = outcomes.counts(session, office.clock.now() - timedelta(days=9), shop="default")
    assert {(count.outcome, count.drafts) for count in lately} == {(Outcome.APPROVED, 1), (Outcome.EDITED, 1)}
    assert {(count.outcome, count.drafts) for count in ours} == {(Outcome.APPROVED, 1), (Outcome.REJECTED, 1)}
    assert {(count.situation, count.writer, count.prompt_hash) for count in ours} == {("positive", "template", None)}


def test_what_people_wrote_comes_newest_first(office: Office) -> None:
    office.take(office.item(), "reject", reason="Too cold")
    office.take(office.item(), "regenerate", instruction="shorter")
    office.take(office.item(), "regenerate")
    with office.database.reading() as session:
        told = outcomes.remarks(session, office.clock.now() - timedelta(days=1), shop="default")
    assert told == (
        Remark(situation=SituationName.POSITIVE, kind=DecisionKind.REGENERATE, text="shorter"),
        Remark(situation=SituationName.POSITIVE, kind=DecisionKind.REJECT, text="Too cold"),
    )


def test_an_example_goes_with_its_review_and_the_outcome_stays(office: Office) -> None:
    item = office.item()
    office.take(item, "approve")
    with office.database.writing() as session:
        session.execute(delete(ReplyRow))
        session.execute(delete(DecisionRow))
        session.execute(delete(ReviewRow).where(ReviewRow.id == item.review_id))
    assert [outcome for outcome, _ in office.outcomes()] == ["approved"]
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExampleRow)) == 0


def test_a_decision_that_fails_teaches_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt is of the decision's own transaction."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no room")

    item = office.item()
    monkeypatch.setattr("drafter.approvals.learning.outcomes.keep", broken)
    with pytest.raises(RuntimeError):
        office.take(item, "approve")
    assert (office.alike(), office.outcomes()) == ([], [])
    assert office.approvals.item(item.id).state.value == "queued"


def test_without_an_embedder_nothing_becomes_an_example(database: Database, clock: FixedClock) -> None:
    office = Office(database, clock)
    office.approvals = Approvals(
        database=database, inspector=ScriptedInspector(), engine=JobList(), clock=clock, claim_minutes=10
    )
    office.take(office.item(), "approve")
    assert office.alike() == []
    assert len(office.outcomes()) == 1


class Shown:
    """Drafting with a writer that keeps what it was asked for."""

    def __init__(self, office: Office, embedder: Embedder | None) -> None:
        self.database, self.writer = office.database, ScriptedWriter("Lovely.")
        parts = PipelineParts(
            reader=ScriptedReader(), writers=(self.writer,), inspector=ScriptedInspector(), draft_seconds=60
        )
        self.drafting = Drafting(database=office.database, parts=parts, clock=office.clock, embedder=embedder)

    async def replies(self, review: Review) -> list[str]:
        """Return the examples that the writer of a new review's draft was shown."""
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, NOON)
        assert review_id is not None
        await self.drafting.draft(review_id, review.version)
        return [example.reply for example in self.writer.briefs[-1].examples]


async def test_the_writer_of_a_like_review_is_shown_what_was_approved(office: Office) -> None:
    office.take(office.item("the strap"), "approve", public_reply="Strong as can be.")
    office.take(office.item("the zipper"), "approve", public_reply="It runs well, Ana.")
    review = Review(external_id="new", text="What a zipper", rating=5, author="Jo")
    assert await Shown(office, office.embedder).replies(review) == ["It runs well, [NAME].", "Strong as can be."]


async def test_where_no_model_writes_nothing_is_looked_for(office: Office) -> None:
    office.take(office.item("the zipper"), "approve", public_reply="It runs well, Ana.")
    assert await Shown(office, None).replies(Review(external_id="new", text="What a zipper", rating=5)) == []
