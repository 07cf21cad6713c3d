"""Near copies among stored reviews, on both databases: found by signature and flagged; spam where a ring posts."""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select

from drafter.compose import PipelineParts
from drafter.domain.approval import ApprovalItem
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Flag, Route, SituationName
from drafter.drafting import Drafting
from drafter.intake import Intake
from drafter.store import items, reviews, shops, signatures
from drafter.store.database import Database
from drafter.store.tables import SignatureRow
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter

COMPLAINT = "The zipper broke after two days and the seller never answered any of my messages, what a disappointment."
NEARLY = "The zipper broke after 3 days and the seller never answered any of my messages!! What a disapointment 😡"
PRAISE = "Best serum that I have ever tried, my skin glows and all of my friends ask me where they can get it."


class NoJobs:
    """Takes drafting jobs down and forgets them."""

    def enqueue_draft(self, session: object, review_id: str, version: str, revision: int = 0) -> None:
        pass


class Desk:
    """Two more shops, intake, and drafting with a scripted reader."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.intake = Intake(database=database, engine=NoJobs(), clock=clock)
        self._clock = clock
        self._sent = 0
        with database.writing() as session:
            for name in ("default", "second", "third"):
                shops.save(session, Shop(name=name))

    def receive(self, text: str, author: str = "Ana", shop: str = "default") -> str:
        self._sent += 1
        review = Review(external_id=f"r-{self._sent}", text=text, author=author)
        return self.intake.receive(shop, review, {}).review_id

    async def read(self, review_id: str, **situation: object) -> ApprovalItem:
        parts = PipelineParts(
            reader=ScriptedReader(QUIET_SITUATION.with_changes(**situation)),
            writers=(ScriptedWriter(),),
            inspector=ScriptedInspector(),
        )
        with self.database.reading() as session:
            version = reviews.get(session, review_id).version
        await Drafting(database=self.database, parts=parts, clock=self._clock).draft(review_id, version)
        with self.database.reading() as session:
            item = items.find(session, review_id, version)
        assert item is not None
        return item


@pytest.fixture
def desk(database: Database, clock: FixedClock) -> Desk:
    return Desk(database, clock)


async def test_a_near_copy_is_flagged_with_the_review_that_it_resembles(desk: Desk) -> None:
    first, second = desk.receive(COMPLAINT), desk.receive(NEARLY, author="Ben")
    item = await desk.read(second)
    assert Flag.NEAR_DUPLICATE in item.situation.flags
    assert item.situation.likeness is not None
    assert item.situation.likeness.reviews == (first,)
    assert item.situation.likeness.share >= 0.6
    assert item.route is Route.DRAFT, "a near copy alone is a customer's word"


@pytest.mark.parametrize("text", ["Good product, fast delivery, thank you seller", PRAISE])
async def test_short_praise_and_other_words_are_no_copies(desk: Desk, text: str) -> None:
    desk.receive("Good product, fast delivery, thank you seller")
    desk.receive(COMPLAINT)
    item = await desk.read(desk.receive(text, author="Ben"))
    assert item.situation.likeness is None
    assert Flag.NEAR_DUPLICATE not in item.situation.flags


async def test_of_another_shop_only_the_number_is_told(desk: Desk) -> None:
    desk.receive(COMPLAINT, shop="second")
    likeness = (await desk.read(desk.receive(NEARLY, author="Ben"))).situation.likeness
    assert likeness is not None
    assert (likeness.reviews, likeness.others, likeness.shops) == ((), 1, 2)


async def test_praise_that_a_ring_posts_in_several_shops_gets_no_reply(desk: Desk) -> None:
    for author, shop in (("Ana", "second"), ("Ben", "third"), ("Cem", "default")):
        desk.receive(PRAISE, author=author, shop=shop)
    item = await desk.read(desk.receive(PRAISE, author="Dao"))
    assert item.situation.situation is SituationName.SPAM_ABUSE
    assert item.route is Route.NO_REPLY


async def test_a_complaint_that_many_post_is_answered_all_the_same(desk: Desk) -> None:
    for author, shop in (("Ana", "second"), ("Ben", "third"), ("Cem", "default")):
        desk.receive(COMPLAINT, author=author, shop=shop)
    item = await desk.read(desk.receive(COMPLAINT, author="Dao"), situation=SituationName.QUALITY, sentiment=-1)
    assert item.situation.likeness is not None
    assert item.situation.likeness.of_a_ring
    assert item.route is Route.DRAFT


async def test_a_changed_text_has_a_new_signature_and_a_deleted_review_is_not_told(desk: Desk) -> None:
    first = desk.receive(COMPLAINT)
    desk.intake.receive("default", Review(external_id="r-1", text=PRAISE, author="Ana"), {})
    assert (await desk.read(desk.receive(NEARLY, author="Ben"))).situation.likeness is None
    third = desk.receive(PRAISE, author="Ben")
    with desk.database.reading() as session:
        assert list(signatures.candidates(session, third)) == [first]
    desk.intake.delete(first)
    with desk.database.reading() as session:
        assert not signatures.candidates(session, third)


@pytest.fixture
def crowd(desk: Desk) -> str:
    """A hundred reviews with one text, and the id of the last."""
    ids = [desk.receive(PRAISE, author=f"A{at}") for at in range(100)]
    return ids[-1]


def test_a_text_that_a_crowd_posts_is_looked_up_in_a_few_rows(desk: Desk, crowd: str) -> None:
    """Two statements and at most forty reviews of a band, whatever the number of reviews."""
    statements: list[str] = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with desk.database.reading() as session:
        assert len(signatures.candidates(session, crowd)) == 40
        assert session.scalar(select(func.count()).select_from(SignatureRow)) == 1600
    assert sum("review_signature" in statement for statement in statements) == 3
