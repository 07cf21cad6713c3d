"""Drafts are kept with their findings, and the shop's recent replies are found among them."""

from __future__ import annotations

import pytest

from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.draft import Draft, Provenance
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Route
from drafter.store import drafts, items, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.testing import QUIET_SITUATION, FixedClock

FINDING = Finding(
    code="near_copy",
    check="guardrails.checks.near_copy",
    severity=Severity.WARN,
    part=Part.PUBLIC,
    start=0,
    end=5,
    message="Much like an earlier reply.",
    suggestion="Use other words.",
)


def written(text: str | None, language: str = "en", private: str | None = None) -> Draft:
    return Draft(
        public_reply=text, private_message=private, language=language, provenance=Provenance(writer="template")
    )


class Desk:
    """A shop whose items each have a review and a draft."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self._database = database
        self._clock = clock
        self._count = 0
        with database.writing() as session:
            shops.ensure_default(session)
            shops.save(session, Shop(name="other"))

    def put(self, draft: Draft, *, shop: str = "default", state: ItemState = ItemState.QUEUED) -> tuple[str, str]:
        """Store an item with a draft; return the ids of its review and of the draft."""
        self._count += 1
        now = self._clock.now()
        review = Review(shop=shop, external_id=f"r-{self._count}", text="Lovely")
        with self._database.writing() as session:
            review_id = reviews.insert(session, review, {}, now)
            assert review_id is not None
            draft_id = drafts.insert(session, review_id, review.version, draft, (FINDING,), now=now)
            item = ApprovalItem(
                id=new_id("item"),
                review_id=review_id,
                review_version=review.version,
                shop=shop,
                state=state,
                route=Route.DRAFT,
                situation=QUIET_SITUATION,
                due_at=now,
                created_at=now,
            )
            items.insert(session, item, rating=5, draft_id=draft_id)
        return review_id, draft_id


@pytest.fixture
def desk(database: Database, clock: FixedClock) -> Desk:
    return Desk(database, clock)


def test_a_draft_comes_back_with_its_findings(desk: Desk, database: Database) -> None:
    draft = written("Terima kasih, Ana \U0001f60a", "id", private="Chat kami.")
    review_id, _ = desk.put(draft)
    with database.reading() as session:
        item = items.newest(session, review_id)
    assert item is not None
    assert (item.draft, item.findings) == (draft, (FINDING,))


def test_recent_replies_are_the_shops_own_in_that_language_newest_first(desk: Desk, database: Database) -> None:
    desk.put(written("first"))
    desk.put(written("second"), state=ItemState.APPROVED)
    desk.put(written("en español", "es"))
    desk.put(written("of another shop"), shop="other")
    desk.put(written("never said"), state=ItemState.REJECTED)
    desk.put(written(None, private="only in private"))
    own, _ = desk.put(written("its own"))
    with database.reading() as session:
        assert drafts.recent_replies(session, "default", "en", but_not_of=own) == ("second", "first")
        assert drafts.recent_replies(session, "default", "en", limit=1) == ("its own",)
