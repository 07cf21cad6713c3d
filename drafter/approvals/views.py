"""What a page or an API shows of an item: records that hold all they need, so that nothing is looked up later."""

from __future__ import annotations

from datetime import timedelta
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime

from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.draft import Usage
from drafter.domain.finding import Finding, blocking
from drafter.domain.record import Record
from drafter.domain.reply import Reply, ReplyState
from drafter.domain.review import CaseFacts, Media, Product, Review
from drafter.domain.situation import Flag
from drafter.readers.suspicion import Report, suggested_report
from drafter.store.attempts import KeptAttempt
from drafter.store.items import Decision
from drafter.store.queue import EarlierDraft

View = Literal["open", "mine", "escalated", "failed", "decided"]
Content = TypeVar("Content")


class Page(Record, Generic[Content]):
    """Some entries of a list, and where to go on."""

    entries: tuple[Content, ...]
    next_cursor: str | None  # opaque; None at the end


class Counts(Record):
    """How much there is, for the head of a page."""

    open: int  # nobody has decided, the escalated included
    overdue: int  # open, and promised for an earlier time
    negative: int  # open, with one or two stars
    escalated: int  # open, and with the shop's named person
    claimed: int  # open, and somebody has it before them now
    mine: int  # claimed by the person who asks; 0 where nobody is named
    decided: int
    failed: int  # approved, with a reply that did not arrive; a person has to look at it


class Entry(Record):
    """An item with its review at a certain time."""

    item: ApprovalItem
    review: Review
    received_at: AwareDatetime
    at: AwareDatetime  # when this was read; what has run out is told by it
    claimed_by_name: str | None  # who has it open; None once the claim has run out
    shop_display_name: str

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def version(self) -> int:
        """The item's version, to be sent with a decision."""
        return self.item.version

    @property
    def claimed_by(self) -> str | None:
        """The id of the person who has it open; None once the claim has run out."""
        return self.item.claim_holder(self.at) if self.item.is_open else None

    @property
    def state(self) -> ItemState:
        """The item's state; a claim that has run out shows as if it had been released."""
        if self.item.state is not ItemState.CLAIMED or self.claimed_by is not None:
            return self.item.state
        return ItemState.ESCALATED if self.item.escalated else ItemState.QUEUED

    @property
    def overdue(self) -> bool:
        """Whether it should have been answered by now and nobody has decided."""
        return self.item.is_open and self.item.due_at < self.at

    @property
    def time_left(self) -> timedelta:
        """The time until it is due; negative once it is overdue."""
        return self.item.due_at - self.at

    @property
    def product(self) -> Product:
        """What was bought."""
        return self.review.product

    @property
    def stars(self) -> int | None:
        """The rating, where the platform has one."""
        return self.review.rating

    @property
    def media(self) -> tuple[Media, ...]:
        """The customer's pictures and videos; the draft has not seen them."""
        return self.review.media

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Why a person should look twice."""
        return self.item.situation.flags

    @property
    def blocked(self) -> tuple[Finding, ...]:
        """The findings that keep the draft from being approved as it is."""
        return blocking(self.item.findings)


class QueueEntry(Entry):
    """An item as a line of the queue."""


class AlikeReview(Record):
    """A review of the same shop that says nearly the same."""

    review_id: str
    item_id: str | None  # where it stands before a person; None where it does not yet, or where it was purged


class ItemView(Entry):
    """An item with its whole story."""

    case_facts: CaseFacts  # all that the seller knows, the shop's standing facts included
    decisions: tuple[Decision, ...]  # in their order
    reply: Reply | None
    drafts: tuple[EarlierDraft, ...]  # of this version of the review, the newest first
    attempts: tuple[KeptAttempt, ...]  # of all writers at all those drafts, in their order
    customer_changed: bool  # the review is another one by now, or deleted
    escalation_contact: str | None  # the shop's person for such cases
    alike: tuple[AlikeReview, ...] = ()  # the likest first

    @property
    def suggested_report(self) -> Report | None:
        """What a report of the review to its platform would say, where there is reason for one."""
        return suggested_report(self.review, self.item.situation)

    @property
    def usage(self) -> Usage:
        """What all tries took together."""
        return sum((attempt.usage for attempt in self.attempts), Usage())

    @property
    def held_until(self) -> AwareDatetime | None:
        """When the undo window of the approval ends; None where nothing is held."""
        return self.reply.held_until if self.reply and self._held else None

    @property
    def may_undo(self) -> bool:
        """Whether the approval can still be taken back."""
        return self._held and self.reply is not None and self.at < self.reply.held_until

    @property
    def _held(self) -> bool:
        return self.reply is not None and all(part.state is ReplyState.HELD for part in self.reply.parts)
