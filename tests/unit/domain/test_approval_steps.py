"""The state machine of an item: whatever is called in whatever order, only a person approves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from drafter.domain.approval import (
    OPEN_STATES,
    STEPS,
    Actor,
    ActorKind,
    ApprovalItem,
    DecisionKind,
    ItemState,
    Role,
    state_after,
)
from drafter.domain.errors import ClaimedByAnother, DrafterError, IllegalStep, NotAllowed
from drafter.domain.situation import Route
from drafter.testing import QUIET_SITUATION

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SYSTEM = Actor.system("intake")
PEOPLE = tuple(Actor(kind=ActorKind.PERSON, id=role.value, name=role.value, role=role) for role in Role)
ACTORS = st.sampled_from((*PEOPLE, SYSTEM))
KINDS = st.sampled_from(DecisionKind)
STATES = st.sampled_from(ItemState)
DECIDED = [state for state in ItemState if state not in OPEN_STATES]


def item(state: ItemState = ItemState.QUEUED, **fields: object) -> ApprovalItem:
    given_fields = {
        "id": "item_1",
        "review_id": "rev_1",
        "review_version": "v1",
        "shop": "default",
        "state": state,
        "route": Route.DRAFT,
        "situation": QUIET_SITUATION,
        "due_at": NOW,
        "created_at": NOW,
    } | fields
    return ApprovalItem.model_validate(given_fields)


@given(state=STATES, kind=KINDS, actor=ACTORS, reason=st.sampled_from((None, "", "why")), escalated=st.booleans())
def test_a_step_leads_where_the_table_says_or_is_refused(
    state: ItemState, kind: DecisionKind, actor: Actor, reason: str | None, escalated: bool
) -> None:
    before = item(state, escalated=escalated)
    try:
        after = state_after(before, kind, actor=actor, now=NOW, reason=reason)
    except DrafterError:
        return
    planned = STEPS[state, kind]
    assert after is (ItemState.ESCALATED if escalated and planned is ItemState.QUEUED else planned)
    if after is ItemState.APPROVED:
        assert (kind, actor.kind) == (DecisionKind.APPROVE, ActorKind.PERSON)


class AnyCalls(RuleBasedStateMachine):
    """One item, and any step by anybody at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.item = item()
        self.now = NOW
        self.approved_by: list[Actor] = []
        self.replies = 0

    @rule(kind=KINDS, actor=ACTORS, reason=st.sampled_from((None, "why")))
    def step(self, kind: DecisionKind, actor: Actor, reason: str | None) -> None:
        try:
            state = state_after(self.item, kind, actor=actor, now=self.now, reason=reason)
        except DrafterError:
            return
        self.replies += (state is ItemState.APPROVED) - (self.item.state is ItemState.APPROVED)
        if state is ItemState.APPROVED:
            self.approved_by.append(actor)
        held = state is ItemState.CLAIMED
        self.item = self.item.with_changes(
            state=state,
            version=self.item.version + 1,
            escalated=self.item.escalated or kind is DecisionKind.ESCALATE,
            claimed_by=actor.id if held else None,
            claim_expires_at=self.now + timedelta(minutes=10) if held else None,
        )

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def only_a_person_approved(self) -> None:
        assert all(actor.kind is ActorKind.PERSON for actor in self.approved_by)
        assert self.approved_by or self.item.state is not ItemState.APPROVED

    @invariant()
    def there_is_at_most_one_reply(self) -> None:
        assert self.replies == (1 if self.item.state is ItemState.APPROVED else 0)


TestAnyCalls = AnyCalls.TestCase


@pytest.mark.parametrize("state", DECIDED)
@given(kind=KINDS, actor=ACTORS)
def test_nothing_but_undo_and_the_customer_moves_a_decided_item(
    state: ItemState, kind: DecisionKind, actor: Actor
) -> None:
    if state is ItemState.APPROVED and kind in (DecisionKind.UNDO, DecisionKind.SUPERSEDE, DecisionKind.WITHDRAW):
        return
    with pytest.raises(IllegalStep, match=state.value):
        state_after(item(state), kind, actor=actor, now=NOW, reason="why")


@given(kind=KINDS)
def test_people_and_system_have_each_their_steps(kind: DecisionKind) -> None:
    of_system = kind in (DecisionKind.SUPERSEDE, DecisionKind.WITHDRAW)
    stranger = PEOPLE[0] if of_system else SYSTEM
    state = ItemState.APPROVED if kind is DecisionKind.UNDO else ItemState.CLAIMED
    with pytest.raises(NotAllowed):
        state_after(item(state), kind, actor=stranger, now=NOW, reason="why")


@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_a_live_claim_keeps_others_out_and_an_expired_one_nobody(minutes: int) -> None:
    ends = NOW + timedelta(minutes=minutes)
    claimed = item(ItemState.CLAIMED, claimed_by="lead", claim_expires_at=ends)
    for actor in PEOPLE:
        others = minutes > 0 and actor.id != "lead"
        if others:
            with pytest.raises(ClaimedByAnother):
                state_after(claimed, DecisionKind.APPROVE, actor=actor, now=NOW, reason=None)
        else:
            state_after(claimed, DecisionKind.APPROVE, actor=actor, now=NOW, reason=None)
    assert state_after(claimed, DecisionKind.SUPERSEDE, actor=SYSTEM, now=NOW, reason=None) is ItemState.SUPERSEDED


def test_released_an_escalated_item_is_still_escalated() -> None:
    claimed = item(ItemState.CLAIMED, escalated=True)
    after = state_after(claimed, DecisionKind.RELEASE, actor=PEOPLE[0], now=NOW, reason=None)
    assert after is ItemState.ESCALATED
