"""Outgoing: a reply as its receiver sees it, the same in a webhook and in an answer to polling."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from drafter.domain.finding import Part
from drafter.domain.record import Record
from drafter.domain.reply import Reply
from drafter.domain.review import Platform
from drafter.store import items, reviews

EVENT = "reply.approved"


class Outgoing(Record):
    """A reply with the ids by which the receiver finds its review."""

    reply: Reply
    platform: Platform
    external_id: str  # the platform's own id of the review
    approved_by: str  # the person's name, as it was when they approved

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent; a text that the reply does not have is null."""
        reply = self.reply
        texts = {part.part: part.text for part in reply.parts}
        return {
            "type": EVENT,
            "delivery_id": reply.delivery_id,
            "shop": reply.shop,
            "platform": self.platform,
            "review": {"external_id": self.external_id, "id": reply.review_id, "version": reply.review_version},
            "reply": {"public": texts.get(Part.PUBLIC), "private": texts.get(Part.PRIVATE)},
            "approved_by": self.approved_by,
            "approved_at": reply.approved_at.isoformat(),
        }


def outgoing(session: Session, reply: Reply) -> Outgoing:
    """Return a reply with what its receiver needs to know."""
    review = reviews.get(session, reply.review_id).review
    names = [step.actor.name for step in items.decisions(session, reply.item_id) if step.actor.id == reply.approved_by]
    return Outgoing(
        reply=reply,
        platform=review.platform,
        external_id=review.external_id,
        approved_by=names[-1] if names else reply.approved_by,
    )
