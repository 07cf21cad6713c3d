"""What the API answers: the shapes of its answers, kept apart from the records behind them."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from drafter.approvals import AlikeReview, Entry, ItemView
from drafter.delivery import Outgoing
from drafter.domain.approval import ItemState
from drafter.domain.draft import Draft, Usage
from drafter.domain.finding import Finding
from drafter.domain.record import Record
from drafter.domain.reply import Reply, ReplyPart
from drafter.domain.review import CaseFacts, Platform, Review
from drafter.domain.shop import BrandVoice
from drafter.domain.situation import Route, Situation
from drafter.domain.translation import Translation
from drafter.readers.suspicion import Report
from drafter.store.attempts import KeptAttempt
from drafter.store.items import Decision
from drafter.store.queue import EarlierDraft
from drafter.voices import Need


class ReviewReceived(Record):
    """What was done with a review."""

    review_id: str
    version: str  # of what the customer wrote
    outcome: Literal["new", "unchanged", "changed"]
    status_url: str


class ReviewState(Record):
    """What became of a review."""

    review_id: str
    version: str
    state: str  # drafting, waiting, or the state of its item
    item_id: str | None
    item_url: str | None


class Item(Record):
    """A review with its draft, before a person."""

    id: str
    version: int  # to be sent as If-Match with a decision
    state: ItemState  # a claim that has run out counts as released
    route: Route
    reason: str | None  # why there is no draft, or why another writer wrote it
    review_id: str
    review_version: str
    review: Review
    situation: Situation
    draft: Draft | None
    findings: tuple[Finding, ...]
    escalated: bool
    claimed_by: str | None  # name of the person who has it open
    regenerating: bool  # another draft is on its way
    overdue: bool
    due_at: AwareDatetime
    received_at: AwareDatetime
    created_at: AwareDatetime


class ReplyProgress(Record):
    """How far an approved reply has come."""

    id: str
    delivery_id: str
    parts: tuple[ReplyPart, ...]
    approved_at: AwareDatetime
    held_until: AwareDatetime  # until then the approval can be undone
    attempts: int
    last_error: str | None
    acknowledged_at: AwareDatetime | None
    outdated: bool  # the customer changed the review after it left


class ReviewRef(Record):
    """The review that a reply answers."""

    external_id: str  # the platform's own id
    id: str
    version: str


class ReplyTexts(Record):
    """What is to be posted; a part that the reply does not have is null."""

    public: str | None
    private: str | None


class OutgoingReply(Record):
    """An approved reply with what a tool needs to post it, in the words of the webhook."""

    type: Literal["reply.approved"]
    delivery_id: str  # the same each time: repeats are told by it
    shop: str
    platform: Platform
    review: ReviewRef
    reply: ReplyTexts
    approved_by: str
    approved_at: AwareDatetime


class DeliveryList(Record):
    """Replies to be posted."""

    deliveries: tuple[OutgoingReply, ...]


class ApprovedReply(ReplyProgress):
    """A reply, and the review that it answers."""

    item_id: str
    shop: str
    platform: Platform
    review: ReviewRef


class ApprovedReplies(Record):
    """Some replies, and where to go on."""

    replies: tuple[ApprovedReply, ...]
    next_cursor: str | None  # None at the end


class ItemDetail(Item):
    """An item with its whole story."""

    case_facts: CaseFacts
    decisions: tuple[Decision, ...]
    drafts: tuple[EarlierDraft, ...]
    attempts: tuple[KeptAttempt, ...]  # every try of a writer or of a model at reading (`llm_reader`), in their order
    usage: Usage  # of all tries together; the cost is null where a price is not known
    reply: ReplyProgress | None
    customer_changed: bool  # the review is another one by now, or deleted
    escalation_contact: str | None
    alike: tuple[AlikeReview, ...]  # reviews of the same shop that say nearly the same, the likest first
    suggested_report: Report | None  # what a report of the review to its platform would say


class ItemPage(Record):
    """Some items, and where to go on."""

    items: tuple[Item, ...]
    next_cursor: str | None  # None at the end


class DecisionList(Record):
    """The steps taken on an item, in their order."""

    decisions: tuple[Decision, ...]


class Voice(BrandVoice):
    """How a shop sounds."""


class HeardDraft(Record):
    """What a voice makes of a review."""

    draft: Draft | None
    findings: tuple[Finding, ...]
    reason: str | None  # why there is no draft, or what its writer could not do


class HeardReview(Record):
    """A review, answered in the voice as it is and as it would be."""

    need: Need
    own: bool  # a customer of the shop wrote it; else it is one of ours
    review: Review
    before: HeardDraft
    after: HeardDraft


class VoiceHeard(Record):
    """How a change of voice sounds; nothing of it is stored."""

    reviews: tuple[HeardReview, ...]
    usage: Usage  # of all drafts together


class ItemTranslation(Translation):
    """Texts of an item as a machine translated them, for the understanding of people; they are never sent."""

    machine: Literal[True] = True


class Findings(Record):
    """What the checks say about a text."""

    findings: tuple[Finding, ...]
    blocked: bool  # whether it could not be approved


def item_of(entry: Entry) -> Item:
    """Return an entry of the queue as the API shows it."""
    return Item(**_shared(entry))


def detail_of(view: ItemView) -> ItemDetail:
    """Return an item's whole story as the API shows it."""
    return ItemDetail(
        **_shared(view),
        case_facts=view.case_facts,
        decisions=view.decisions,
        drafts=view.drafts,
        attempts=view.attempts,
        usage=view.usage,
        reply=reply_of(view.reply) if view.reply else None,
        customer_changed=view.customer_changed,
        escalation_contact=view.escalation_contact,
        alike=view.alike,
        suggested_report=view.suggested_report,
    )


def reply_of(reply: Reply) -> ReplyProgress:
    """Return a reply as the API shows it."""
    return ReplyProgress.model_validate(reply.model_dump(include=set(ReplyProgress.model_fields)))


def outgoing_of(outgoing: Outgoing) -> OutgoingReply:
    """Return a reply on its way out as the API and the webhook show it."""
    return OutgoingReply.model_validate(outgoing.payload)


_OF_ITEM = (
    "id",
    "version",
    "route",
    "reason",
    "review_id",
    "review_version",
    "situation",
    "draft",
    "findings",
    "escalated",
    "regenerating",
    "due_at",
    "created_at",
)


def _shared(entry: Entry) -> dict[str, object]:
    return {
        **{name: getattr(entry.item, name) for name in _OF_ITEM},
        "state": entry.state,
        "review": entry.review,
        "claimed_by": entry.claimed_by_name,
        "overdue": entry.overdue,
        "received_at": entry.received_at,
    }
