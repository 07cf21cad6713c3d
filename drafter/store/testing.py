"""Ready-made rows and a job list for tests of what lies above the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from drafter.domain.approval import Actor, ApprovalItem, ItemState, Role
from drafter.domain.draft import Draft, Provenance
from drafter.domain.finding import Finding
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Route
from drafter.store import drafts, items, people, reviews, shops
from drafter.store.database import Database
from drafter.store.ids import new_id
from drafter.store.reviews import StoredReview
from drafter.testing import QUIET_SITUATION

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # where `testing.FixedClock` stands at first
DEFAULT_SHOP = Shop()


class JobList:
    """Takes jobs down instead of running them."""

    def __init__(self) -> None:
        self.drafts: list[tuple[str, str, int]] = []  # review id, version, revision
        self.hand_overs: list[tuple[str, int]] = []  # reply id, attempt

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        """Take a drafting job down."""
        self.drafts.append((review_id, version, revision))

    def forget(self, review_id: str, reply_ids: Sequence[str]) -> None:
        """Drop what was taken down about a review and its replies."""
        self.drafts = [job for job in self.drafts if job[0] != review_id]
        self.hand_overs = [job for job in self.hand_overs if job[0] not in reply_ids]

    def enqueue_hand_over(self, session: Session, reply_id: str, attempt: int) -> None:
        """Take a hand-over down; the same one again counts once, as with the engine."""
        if (reply_id, attempt) not in self.hand_overs:
            self.hand_overs.append((reply_id, attempt))


def stored_person(database: Database, name: str, role: Role = Role.APPROVER) -> Actor:
    """Store a person who signs in by link, and return them as an actor."""
    person = people.Person(id=new_id("per"), name=name, role=role, active=True, has_password=False, created_at=NOON)
    with database.writing() as session:
        people.insert(session, person, None)
    return person.actor


def stored_item(
    database: Database,
    *,
    review: Review | None = None,
    shop: Shop = DEFAULT_SHOP,
    public_reply: str | None = "Thank you, Ana. We are glad that the zipper holds.",
    private_message: str | None = None,
    findings: tuple[Finding, ...] = (),
    route: Route = Route.DRAFT,
    due_at: datetime = NOON + timedelta(days=2),
) -> ApprovalItem:
    """Store a shop, a review and an item with its draft, as drafting would; without any text the item has no draft."""
    review = (review or Review(external_id=new_id("ext"), text="Holds well", rating=5)).with_changes(shop=shop.name)
    with database.writing() as session:
        shops.save(session, shop)
        review_id = reviews.insert(session, review, {}, NOON)
        if review_id is None:
            raise ValueError("that review is stored already")
        stored = reviews.get(session, review_id)
        draft_id = _stored_draft(session, stored, public_reply, private_message, findings)
        return another_item(session, stored, draft_id=draft_id, route=route, due_at=due_at)


def another_item(
    session: Session,
    stored: StoredReview,
    *,
    draft_id: str | None = None,
    route: Route = Route.DRAFT,
    due_at: datetime = NOON + timedelta(days=2),
) -> ApprovalItem:
    """Store an item for the newest version of a review that is stored already."""
    escalated = route is Route.ESCALATE
    item = ApprovalItem(
        id=new_id("item"),
        review_id=stored.id,
        review_version=stored.version,
        shop=stored.review.shop,
        state=ItemState.ESCALATED if escalated else ItemState.QUEUED,
        route=route,
        situation=QUIET_SITUATION,
        escalated=escalated,
        due_at=due_at,
        created_at=stored.changed_at,
    )
    items.insert(session, item, rating=stored.review.rating, draft_id=draft_id)
    return items.get(session, item.id)


def _stored_draft(
    session: Session,
    stored: StoredReview,
    public_reply: str | None,
    private_message: str | None,
    findings: tuple[Finding, ...],
) -> str | None:
    if not (public_reply or private_message):
        return None
    provenance = Provenance(writer="template")
    draft = Draft(public_reply=public_reply, private_message=private_message, language="en", provenance=provenance)
    return drafts.insert(session, stored.id, stored.version, draft, findings, now=NOON)
