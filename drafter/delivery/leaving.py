"""The door: the last look at a reply before it leaves, and the steps of its parts; all inside a transaction.

The rows are locked in one order everywhere, the review's, the item's, the reply's, so that decisions, a changed review
and delivery wait for each other in turn.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from drafter.domain.approval import Actor, DecisionKind
from drafter.domain.errors import Conflict, IllegalStep, NotFound
from drafter.domain.finding import Part
from drafter.domain.reply import ON_ITS_WAY, Reply, ReplyState, step, why_not_by_hand
from drafter.domain.review import Review
from drafter.store import items, replies, reviews

UNPUBLISHED_LOOK_AGAIN = timedelta(minutes=10)
UNPUBLISHED = "Waits: the review comes from another service and is not published yet."
OUTDATED = "The customer changed or deleted the review before the receiver confirmed that it has the reply."
BY_HAND = "A person has taken this reply over and posts it by hand. Do not post it."

_DELIVERY = Actor.system("delivery")


def locked(session: Session, reply_id: str) -> Reply | None:
    """Return a reply that nobody else changes until the transaction ends; None if it was taken back."""
    try:
        reply = replies.get(session, reply_id)
        reviews.get(session, reply.review_id, lock=True)
        items.lock(session, reply.item_id)
        return replies.get(session, reply_id, lock=True)
    except NotFound:
        return None


def still_fits(session: Session, reply: Reply, now: datetime) -> bool:
    """Whether the review is as it was approved; if not, a reply that is still with us is taken back."""
    stored = reviews.get(session, reply.review_id)
    if stored.deleted_at is None and stored.version == reply.review_version:
        return True
    kind = DecisionKind.SUPERSEDE if stored.deleted_at is None else DecisionKind.WITHDRAW
    items.close(session, items.get(session, reply.item_id), kind=kind, actor=_DELIVERY, now=now)
    return False


def held_back(review: Review) -> bool:
    """Whether a review was taken over from another service that has yet to publish it."""
    return review.syndicated_from is not None and not review.published


def promote(session: Session, reply: Reply, now: datetime) -> Reply | None:
    """Make a held reply ready once its undo window is over; None if it has to stay or was taken back."""
    if not _all_in(reply, ReplyState.HELD) or now < reply.held_until or not still_fits(session, reply, now):
        return None
    if held_back(reviews.get(session, reply.review_id).review):
        replies.change(session, reply, next_attempt_at=now + UNPUBLISHED_LOOK_AGAIN, last_error=UNPUBLISHED)
        return None
    parts = _stepped(reply, ReplyState.READY)
    return replies.change(session, reply, parts=parts, next_attempt_at=now, last_error=None)


def let_out(session: Session, reply: Reply, now: datetime) -> Reply | None:
    """Mark a reply as handed over before it leaves; None if it must not leave (any more).

    One that left before and was never confirmed must not leave again once the customer has changed the review: it
    counts as failed, visibly, and a receiver that has it after all may still report it as posted.
    """
    if not waits_for_receiver(reply):
        return None
    if not replies.has_left(reply):
        if not still_fits(session, reply, now) or held_back(reviews.get(session, reply.review_id).review):
            return None
        return replies.change(session, reply, parts=_stepped(reply, ReplyState.HANDED_OVER))
    if reply.outdated or not still_fits(session, reply, now):
        give_up(session, reply, OUTDATED)
        return None
    return reply


def waits_for_receiver(reply: Reply) -> bool:
    """Whether it may be sent: past the undo window, not confirmed, and no part of it posted or failed."""
    return reply.acknowledged_at is None and all(part.state in ON_ITS_WAY for part in reply.parts)


def give_up(session: Session, reply: Reply, why: str) -> Reply:
    """Mark what is on its way as failed."""
    parts = tuple(
        step(part, ReplyState.FAILED, failure=why) if part.state in ON_ITS_WAY else part for part in reply.parts
    )
    return replies.change(session, reply, parts=parts, next_attempt_at=None, last_error=why)


def confirm(session: Session, reply: Reply, now: datetime) -> Reply:
    """Remember that a tool has the reply; doing it again changes nothing.

    Raises:
        IllegalStep: the reply is still held.
        Conflict: a person posts it by hand.
    """
    if reply.taken_by is not None:
        raise Conflict(BY_HAND)
    if reply.acknowledged_at is not None:
        return reply
    _require_released(reply)
    parts = tuple(
        step(part, ReplyState.HANDED_OVER) if part.state is ReplyState.READY else part for part in reply.parts
    )
    return replies.change(session, reply, parts=parts, acknowledged_at=now, next_attempt_at=None, last_error=None)


def take(session: Session, reply: Reply, person: str, now: datetime) -> Reply | None:
    """Hand a reply over to a person, who may take it again; None if it must not leave (any more).

    Raises:
        IllegalStep: the reply is still held.
        Conflict: a tool or somebody else has it, or it is no answer to the review any more.
    """
    _require_released(reply)
    if why := why_not_by_hand(reply, person):
        raise Conflict(why)
    if reply.taken_by is not None:
        return reply
    if replies.has_left(reply):  # to a tool, which failed
        return replies.change(session, reply, taken_by=person)
    leaves = let_out(session, reply, now)
    return None if leaves is None else replies.change(session, confirm(session, leaves, now), taken_by=person)


def report(
    session: Session,
    reply: Reply,
    to: ReplyState,
    *,
    part: Part | None,
    now: datetime,
    failure: str | None = None,
    by_hand: str | None = None,
) -> Reply:
    """Take a receiver's word that a part, or all of them, was posted or failed; again changes nothing.

    A person (`by_hand`: their id) who says so before any tool confirmed that it has the reply has taken it over.

    Raises:
        IllegalStep: the reply has no such part, is still held, or was posted.
        Conflict: a tool says of a reply that a person posts by hand that it failed.
    """
    if part is not None and all(each.part is not part for each in reply.parts):
        raise IllegalStep(f"This reply has no {part.value} part.")
    parts = tuple(
        step(each, to, failure=failure) if part is None or each.part is part else each for each in reply.parts
    )
    if parts == reply.parts:
        return reply
    if to is ReplyState.FAILED and reply.taken_by is not None:
        raise Conflict(BY_HAND)
    return replies.change(
        session,
        reply,
        parts=parts,
        taken_by=by_hand if reply.taken_by is None and reply.acknowledged_at is None else reply.taken_by,
        acknowledged_at=reply.acknowledged_at or now,
        next_attempt_at=None,
        last_error=failure,
    )


def _require_released(reply: Reply) -> None:
    if any(part.state is ReplyState.HELD for part in reply.parts):
        raise IllegalStep("This reply is still held for its undo window. It has not been handed over.")


def _all_in(reply: Reply, state: ReplyState) -> bool:
    return all(part.state is state for part in reply.parts)


def _stepped(reply: Reply, to: ReplyState) -> tuple[object, ...]:
    return tuple(step(part, to) for part in reply.parts)
