"""ApprovalItem: a review version that waits for a person's decision, and the only steps it may take.

    queued ──claim──> claimed ──approve──> approved ──undo──> claimed
      │  ▲               │
      │  └──release──────┤ reject, dismiss, answered_elsewhere, escalate
      └── the same decisions, without a claim
    any undecided state ──supersede (the customer changed the review)──> superseded
    any undecided state ──withdraw (the customer deleted it)───────────> withdrawn

An approval is superseded or withdrawn in the same way as long as nothing has left.
Only a person approves. Nobody decided means not sent.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from drafter.domain.draft import Draft
from drafter.domain.errors import ClaimedByAnother, IllegalStep, NotAllowed
from drafter.domain.finding import Finding
from drafter.domain.record import Record
from drafter.domain.situation import Route, Situation


class ItemState(StrEnum):
    """Where an item stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    DISMISSED = "dismissed"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({ItemState.QUEUED, ItemState.CLAIMED, ItemState.ESCALATED})


class DecisionKind(StrEnum):
    """What can be done to an item; a closed set, one row each in the record of decisions."""

    CLAIM = "claim"  # have it open, so that nobody else works on it
    RELEASE = "release"
    EDIT = "edit"  # change the text; it is inspected again
    REGENERATE = "regenerate"  # ask the writer again, with an instruction
    APPROVE = "approve"
    UNDO = "undo"  # take an approval back before anything left
    REJECT = "reject"
    DISMISS = "dismiss"  # no reply needed
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    ESCALATE = "escalate"  # hand it to the shop's named person
    SUPERSEDE = "supersede"  # the customer changed the review
    WITHDRAW = "withdraw"  # the customer deleted it


class Role(StrEnum):
    """What a person may do."""

    APPROVER = "approver"
    LEAD = "lead"  # may overrule some findings on a person's own text
    ADMIN = "admin"  # may also manage people and keys


class ActorKind(StrEnum):
    """Whether a person, or a part of the system, takes a step."""

    PERSON = "person"
    SYSTEM = "system"


class Actor(Record):
    """Who takes a step."""

    kind: ActorKind
    id: str  # a person's id, or the name of the system's part
    name: str  # as it is shown
    role: Role | None = None  # of a person

    @classmethod
    def system(cls, part: str) -> Actor:
        """Return the system's part of that name as an actor."""
        return cls(kind=ActorKind.SYSTEM, id=part, name=part)

    @property
    def may_overrule(self) -> bool:
        """Whether this is somebody who may let a blocking finding stand, where that is allowed at all."""
        return self.role in (Role.LEAD, Role.ADMIN)


_UNDECIDED_STEPS = {
    DecisionKind.EDIT: ItemState.CLAIMED,
    DecisionKind.REGENERATE: ItemState.CLAIMED,
    DecisionKind.APPROVE: ItemState.APPROVED,
    DecisionKind.REJECT: ItemState.REJECTED,
    DecisionKind.DISMISS: ItemState.DISMISSED,
    DecisionKind.ANSWERED_ELSEWHERE: ItemState.ANSWERED_ELSEWHERE,
    DecisionKind.ESCALATE: ItemState.ESCALATED,
    DecisionKind.SUPERSEDE: ItemState.SUPERSEDED,
    DecisionKind.WITHDRAW: ItemState.WITHDRAWN,
    DecisionKind.CLAIM: ItemState.CLAIMED,
}

#: The whole machine: (state, step) to the state after it. What is not here is illegal.
STEPS: dict[tuple[ItemState, DecisionKind], ItemState] = {
    **{(state, kind): after for state in OPEN_STATES for kind, after in _UNDECIDED_STEPS.items()},
    (ItemState.CLAIMED, DecisionKind.RELEASE): ItemState.QUEUED,
    # while the reply is still with us; once it has left, `store.items` marks it outdated instead
    (ItemState.APPROVED, DecisionKind.UNDO): ItemState.CLAIMED,
    (ItemState.APPROVED, DecisionKind.SUPERSEDE): ItemState.SUPERSEDED,
    (ItemState.APPROVED, DecisionKind.WITHDRAW): ItemState.WITHDRAWN,
}

_SYSTEM_STEPS = frozenset({DecisionKind.SUPERSEDE, DecisionKind.WITHDRAW})
_NEED_REASON = frozenset({DecisionKind.REJECT, DecisionKind.DISMISS})


class ApprovalItem(Record):
    """One version of one review, with its current draft, before a person."""

    id: str
    review_id: str
    review_version: str
    shop: str
    state: ItemState
    version: Annotated[int, Field(ge=1)] = 1  # grows by one with every change: the optimistic lock
    route: Route
    situation: Situation
    draft: Draft | None = None
    findings: tuple[Finding, ...] = ()
    reason: str | None = None  # why there is no draft, or why another writer wrote it
    escalated: bool = False  # stays true when the named person claims it
    claimed_by: str | None = None  # a person's id
    claim_expires_at: AwareDatetime | None = None
    regenerating: bool = False  # a new draft has been asked for and is on its way
    due_at: AwareDatetime
    created_at: AwareDatetime

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state in OPEN_STATES

    def claim_holder(self, now: datetime) -> str | None:
        """Return the id of the person who has it open; None once the claim has run out."""
        if self.claimed_by is None or self.claim_expires_at is None or self.claim_expires_at <= now:
            return None
        return self.claimed_by


def state_after(
    item: ApprovalItem, kind: DecisionKind, *, actor: Actor, now: datetime, reason: str | None
) -> ItemState:
    """Return the state that a step leads to.

    Raises:
        IllegalStep: the item's state does not allow it, or a reason is missing.
        NotAllowed: a system part tried a person's step, or a person the system's.
        ClaimedByAnother: somebody else has the item open.
    """
    after = STEPS.get((item.state, kind))
    if after is None:
        raise IllegalStep(f"An item that is {item.state.value} cannot take the step {kind.value!r}.")
    if (actor.kind is ActorKind.SYSTEM) != (kind in _SYSTEM_STEPS):
        raise NotAllowed(f"The step {kind.value!r} is not {actor.name}'s to take.")
    if kind in _NEED_REASON and not (reason or "").strip():
        raise IllegalStep(f"Say why: the step {kind.value!r} needs a reason.")
    holder = item.claim_holder(now)
    if actor.kind is ActorKind.PERSON and item.is_open and holder not in (None, actor.id):
        raise ClaimedByAnother("Another person has this item open. Wait until they release it or the claim runs out.")
    if item.escalated and after is ItemState.QUEUED:
        return ItemState.ESCALATED
    return after
