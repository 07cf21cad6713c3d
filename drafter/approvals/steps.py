"""What each step does to an item, beside the state that `domain.approval.state_after` gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from drafter.approvals.inspection import Inspected, Matter, overruled
from drafter.approvals.requests import DecisionRequest
from drafter.domain.approval import Actor, ApprovalItem, DecisionKind
from drafter.domain.errors import Conflict, IllegalStep, StaleVersion
from drafter.domain.finding import Part
from drafter.domain.reply import Reply, ReplyPart, ReplyState
from drafter.store import drafts, replies
from drafter.store.answered import already_answered
from drafter.store.ids import new_id
from drafter.store.jobs import DraftingQueue


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step that is about to be taken, inside its transaction."""

    session: Session
    matter: Matter  # its item is the one that the person saw
    request: DecisionRequest
    actor: Actor
    now: datetime
    claim: timedelta  # how long a claim lasts
    inspected: Inspected | None  # the text, with edit and approve

    @property
    def item(self) -> ApprovalItem:
        """The item before the step."""
        return self.matter.item


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a step changes, what its record says, and what follows it in the same transaction."""

    changes: dict[str, Any]
    details: dict[str, Any] = field(default_factory=dict)
    follow: Callable[[ApprovalItem], object] | None = None  # given the item after the change


_NOBODY = {"claimed_by": None, "claim_expires_at": None}


def effect_of(step: Step, queue: DraftingQueue) -> Effect:
    """Return what a step does.

    Raises:
        IllegalStep: it cannot be done now; the message says why.
        StaleVersion: the customer changed or deleted the review.
        Blocked: a text with a blocking finding would be approved.
        Conflict: the review was answered before, and its platform takes one answer.
    """
    if step.request.kind is DecisionKind.REGENERATE:
        return _regenerate(step, queue)
    return _EFFECTS[step.request.kind](step)


def _claim(step: Step) -> Effect:
    # a page that was open before it may still decide: the claim is its person's own and changes no text
    return Effect(changes=_held_by_actor(step), details={"version_before": step.item.version})


def _let_go(_: Step) -> Effect:
    return Effect(changes={**_NOBODY})


def _decide_without_reply(_: Step) -> Effect:
    return Effect(changes={**_NOBODY, "regenerating": False})


def _escalate(step: Step) -> Effect:
    contact = step.matter.shop.escalation_contact
    return Effect(changes={**_NOBODY, "escalated": True}, details={"escalation_contact": contact} if contact else {})


def _edit(step: Step) -> Effect:
    inspected = _inspected(step)
    if not inspected.edited:
        return Effect(changes=_held_by_actor(step), details={"edited": False})
    # a draft that is on its way must not replace what the person wrote meanwhile
    changes = {**_held_by_actor(step), "draft_id": _stored(step, inspected), "regenerating": False}
    return Effect(changes=changes, details={"edited": True})


def _regenerate(step: Step, queue: DraftingQueue) -> Effect:
    _require_current_review(step.matter)
    item = step.item
    if item.regenerating:
        raise IllegalStep("A new draft is on its way already.")
    instruction = (step.request.instruction or "").strip()
    wishes = {"instruction": instruction or None, "tone": step.request.tone}
    revision = item.version + 1  # the item's version after this step
    return Effect(
        changes={**_held_by_actor(step), "regenerating": True},
        # only the draft of this revision is waited for: an earlier one may still be on its way
        details={"revision": revision} | {name: wish for name, wish in wishes.items() if wish is not None},
        follow=lambda _: queue.enqueue_draft(step.session, item.review_id, item.review_version, revision=revision),
    )


def _approve(step: Step) -> Effect:
    _require_current_review(step.matter)
    _require_unanswered(step)
    inspected = _inspected(step)
    let_stand = overruled(inspected, step.request, step.actor)
    changes: dict[str, Any] = {**_NOBODY, "regenerating": False}
    if inspected.edited:
        changes["draft_id"] = _stored(step, inspected)
    details: dict[str, Any] = {"edited": inspected.edited}
    if let_stand:
        reason = (step.request.overrule_reason or "").strip()
        details |= {"overruled": [finding.model_dump(mode="json") for finding in let_stand], "overrule_reason": reason}
    reply = _reply(step, inspected)
    slot = replies.slot_of(step.matter.shop.limits, step.item.review_version)
    return Effect(
        changes=changes,
        details=details | {"delivery_id": reply.delivery_id},
        follow=lambda _: replies.insert(step.session, reply, slot=slot),
    )


def _undo(step: Step) -> Effect:
    reply = replies.of_item(step.session, step.item.id, lock=True)
    held = reply is not None and all(part.state is ReplyState.HELD for part in reply.parts)
    if reply is None or not held or step.now >= reply.held_until:
        raise IllegalStep("The time to undo is over: the reply is on its way.")
    replies.remove(step.session, reply)
    return Effect(changes=_held_by_actor(step), details={"delivery_id": reply.delivery_id})


_EFFECTS: dict[DecisionKind, Callable[[Step], Effect]] = {
    DecisionKind.CLAIM: _claim,
    DecisionKind.RELEASE: _let_go,
    DecisionKind.EDIT: _edit,
    DecisionKind.APPROVE: _approve,
    DecisionKind.UNDO: _undo,
    DecisionKind.REJECT: _decide_without_reply,
    DecisionKind.DISMISS: _decide_without_reply,
    DecisionKind.ANSWERED_ELSEWHERE: _decide_without_reply,
    DecisionKind.ESCALATE: _escalate,
}


def _held_by_actor(step: Step) -> dict[str, Any]:
    return {"claimed_by": step.actor.id, "claim_expires_at": step.now + step.claim}


def _inspected(step: Step) -> Inspected:
    if step.inspected is None:  # the caller inspects before it opens the transaction
        raise IllegalStep("The text was not inspected.")
    return step.inspected


def _require_current_review(matter: Matter) -> None:
    if matter.stored.deleted_at is not None:
        raise StaleVersion("The customer deleted the review. There is nothing to answer any more.")
    if matter.stored.version != matter.item.review_version:
        raise StaleVersion("The customer changed the review. Decide on its newest version.")


def _require_unanswered(step: Step) -> None:
    """A second reply is refused where it is stored; an answer that was given elsewhere left no reply with us."""
    once = step.matter.shop.limits.replies_per_review == "once"
    if once and already_answered(step.session, step.item.review_id):
        raise Conflict("This review was answered before, here or elsewhere. A second reply is never sent.")


def _stored(step: Step, inspected: Inspected) -> str:
    item = step.item
    return drafts.insert(
        step.session, item.review_id, item.review_version, inspected.draft, inspected.findings, now=step.now
    )


def _reply(step: Step, inspected: Inspected) -> Reply:
    item, draft = step.item, inspected.draft
    texts = ((Part.PUBLIC, draft.public_reply), (Part.PRIVATE, draft.private_message))
    return Reply(
        id=new_id("rep"),
        delivery_id=new_id("dlv"),
        item_id=item.id,
        review_id=item.review_id,
        review_version=item.review_version,
        shop=item.shop,
        parts=tuple(ReplyPart(part=part, text=text) for part, text in texts if text),
        approved_by=step.actor.id,
        approved_at=step.now,
        held_until=step.now + timedelta(seconds=step.matter.shop.undo_seconds),
    )
