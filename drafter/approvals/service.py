"""Approvals: reading the queue, and `decide`, the one way in which any step is taken."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from drafter.approvals.inspection import Inspected, Matter, Texts, inspect_texts, load_matter
from drafter.approvals.learning import Lesson, learn, lesson_of
from drafter.approvals.requests import DecisionRequest
from drafter.approvals.steps import Step, effect_of
from drafter.approvals.views import AlikeReview, Counts, ItemView, Page, QueueEntry, View
from drafter.domain.approval import Actor, ActorKind, ApprovalItem, DecisionKind, state_after
from drafter.domain.errors import BadInput, NotAllowed, NotFound, StaleVersion
from drafter.domain.finding import Finding
from drafter.domain.ports import Clock, Embedder, Inspector
from drafter.store import attempts, items, queue, replies, reviews
from drafter.store.database import Database
from drafter.store.jobs import DraftingQueue

MOST = 200  # entries of one page
_WITH_TEXT = frozenset({DecisionKind.EDIT, DecisionKind.APPROVE})

_log = logging.getLogger(__name__)


class Approvals:
    """The items of an installation before its people; every call may be made from any thread."""

    def __init__(
        self,
        *,
        database: Database,
        inspector: Inspector,
        engine: DraftingQueue,
        clock: Clock,
        claim_minutes: int,
        embedder: Embedder | None = None,
    ) -> None:
        """Make the approvals of an installation; without an `embedder`, approved replies do not become examples."""
        self._database = database
        self._inspector = inspector
        self._engine = engine
        self._clock = clock
        self._embedder = embedder
        self._claim = timedelta(minutes=claim_minutes)

    def queue(
        self,
        *,
        shop: str | None = None,
        view: View = "open",
        actor: Actor | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[QueueEntry]:
        """Return a page of items: undecided ones worst first, decided ones by their last decision.

        Raises:
            BadInput: the cursor is none of ours, the limit is out of range, or `mine` has no actor.
        """
        if not 1 <= limit <= MOST:
            raise BadInput(f"A page has 1 to {MOST} entries.")
        if view == "mine" and actor is None:
            raise BadInput("The view 'mine' needs a person.")
        now = self._clock.now()
        wanted = queue.Wanted(
            shop=shop,
            is_open=view not in ("decided", "failed"),
            failed=view == "failed",
            escalated=view == "escalated",
            held_by=actor.id if view == "mine" and actor else None,
        )
        read = queue.worst_first if wanted.is_open else queue.last_decided_first
        with self._database.reading() as session:
            lines, following = read(session, wanted, now=now, cursor=cursor, limit=limit)
        entries = tuple(QueueEntry(**_fields(line), at=now) for line in lines)
        return Page[QueueEntry](entries=entries, next_cursor=following)

    def counts(self, shop: str | None = None, *, actor: Actor | None = None) -> Counts:
        """Return how much there is in a shop, or in all of them."""
        with self._database.reading() as session:
            person = actor.id if actor else None
            return Counts(**queue.count(session, shop=shop, person=person, now=self._clock.now()))

    def item(self, item_id: str, *, shop: str | None = None) -> ItemView:
        """Return an item with its whole story.

        Raises:
            NotFound: there is none of that id, or it belongs to another shop.
        """
        with self._database.reading() as session:
            return self._view(session, item_id, shop)

    def preview(
        self, item_id: str, public_reply: str | None, private_message: str | None, *, shop: str | None = None
    ) -> tuple[Finding, ...]:
        """Return what the checks say of a text for this item; nothing is stored, no step is taken.

        Raises:
            NotFound: there is no such item.
        """
        matter = self._matter(item_id, shop)
        texts = Texts.of(matter.item.draft).changed_by(public_reply, private_message)
        return inspect_texts(matter, texts, self._inspector).findings if texts else ()

    def decide(
        self,
        item_id: str,
        request: DecisionRequest,
        *,
        actor: Actor,
        expected_version: int,
        shop: str | None = None,
    ) -> ItemView:
        """Take a step and return the item after it.

        The text is inspected, and what it teaches is worked out, before the transaction begins, so that nobody waits
        for that; inside it, the item's version and what the text was measured against have to be the same still.

        Raises:
            NotFound: there is no such item in this shop.
            StaleVersion: the item changed since the person saw it, or the customer changed the review.
            IllegalStep, ClaimedByAnother, NotAllowed: see `domain.approval.state_after`.
            Blocked: a blocking finding stands against the text to be approved.
            Conflict: the review has a reply already.
        """
        matter = self._matter(item_id, shop)
        self._allowed(matter.item, request, actor, expected_version)
        inspected = self._inspected(matter, request)
        lesson = self._lesson(matter, request, inspected, actor)
        with self._database.writing() as session:
            after = self._take(session, matter, request, actor, inspected, lesson)
            view = self._view(session, item_id, shop)
        _log.info(
            "approvals.decided",
            extra={"item_id": item_id, "kind": request.kind.value, "actor_id": actor.id, "state": after.state.value},
        )
        return view

    def _matter(self, item_id: str, shop: str | None) -> Matter:
        with self._database.reading() as session:
            return load_matter(session, _in_shop(items.get(session, item_id), shop))

    def _inspected(self, matter: Matter, request: DecisionRequest) -> Inspected | None:
        if request.kind not in _WITH_TEXT:
            return None
        texts = Texts.of(matter.item.draft).changed_by(request.public_reply, request.private_message)
        return inspect_texts(matter, texts, self._inspector)

    def _lesson(
        self, matter: Matter, request: DecisionRequest, inspected: Inspected | None, actor: Actor
    ) -> Lesson | None:
        if self._embedder is None or inspected is None or request.kind is not DecisionKind.APPROVE:
            return None
        return lesson_of(matter, inspected, self._embedder, approver=actor.name)

    def _allowed(self, item: ApprovalItem, request: DecisionRequest, actor: Actor, expected_version: int) -> None:
        """Refuse early what will be refused again inside the transaction; the checks cost more than this."""
        if actor.kind is not ActorKind.PERSON:
            raise NotAllowed("Only a person decides. What the customer changes comes in by intake.")
        if item.version != expected_version:
            raise StaleVersion("The item changed since you opened it. Look at it again before you decide.")
        state_after(item, request.kind, actor=actor, now=self._clock.now(), reason=request.reason)

    def _take(
        self,
        session: Session,
        matter: Matter,
        request: DecisionRequest,
        actor: Actor,
        inspected: Inspected | None,
        lesson: Lesson | None,
    ) -> ApprovalItem:
        now = self._clock.now()
        reviews.get(session, matter.item.review_id, lock=True)  # first: intake holds it while it closes items
        before = items.lock(session, matter.item.id)
        self._allowed(before, request, actor, matter.item.version)
        state = state_after(before, request.kind, actor=actor, now=now, reason=request.reason)
        current = load_matter(session, before)
        if inspected is not None and (current.stored, current.shop) != (matter.stored, matter.shop):
            raise StaleVersion("The review, its facts or the shop changed just now. Look at the item again.")
        step = Step(
            session=session,
            matter=replace(current, recent_replies=matter.recent_replies),
            request=request,
            actor=actor,
            now=now,
            claim=self._claim,
            inspected=inspected,
        )
        effect = effect_of(step, self._engine)
        after = items.change(session, before, state=state, **effect.changes)
        if effect.follow is not None:
            effect.follow(after)
        items.record_decision(
            session,
            before,
            request.kind,
            actor=actor,
            state_after=state,
            reason=(request.reason or "").strip() or None,
            details=effect.details,
            at=now,
        )
        learn(step, lesson)
        return after

    def _view(self, session: Session, item_id: str, shop: str | None) -> ItemView:
        now = self._clock.now()
        line = queue.line(session, item_id, now=now)
        if line is None:
            raise NotFound("There is no item of that id.")
        matter = load_matter(session, _in_shop(line.item, shop))
        return ItemView(
            **_fields(line),
            at=now,
            case_facts={**matter.shop.standing_facts, **matter.stored.case_facts},
            decisions=items.decisions(session, item_id),
            reply=replies.of_item(session, item_id),
            drafts=queue.drafts_of(session, line.item.review_id, line.item.review_version),
            attempts=attempts.of_version(session, line.item.review_id, line.item.review_version),
            customer_changed=matter.stored.deleted_at is not None or matter.stored.version != line.item.review_version,
            escalation_contact=matter.shop.escalation_contact,
            alike=_alike(session, line.item),
        )


def _alike(session: Session, item: ApprovalItem) -> tuple[AlikeReview, ...]:
    likeness = item.situation.likeness
    newest = {id_: items.newest(session, id_) for id_ in (likeness.reviews if likeness else ())}
    return tuple(AlikeReview(review_id=id_, item_id=found.id if found else None) for id_, found in newest.items())


def _in_shop(item: ApprovalItem, shop: str | None) -> ApprovalItem:
    if shop is not None and item.shop != shop:
        raise NotFound("There is no item of that id.")
    return item


def _fields(line: queue.Line) -> dict[str, object]:
    return {name: getattr(line, name) for name in queue.Line.model_fields}
