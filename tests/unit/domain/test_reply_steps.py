"""The state machine of a reply's part: it never goes back, and nothing follows `posted`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafter.domain.errors import IllegalStep
from drafter.domain.finding import Part
from drafter.domain.reply import STEPS, ReplyPart, ReplyState, step

ORDER = [ReplyState.HELD, ReplyState.READY, ReplyState.HANDED_OVER, ReplyState.POSTED]
WALKS = st.lists(st.sampled_from(ReplyState), max_size=30)


def part(state: ReplyState = ReplyState.HELD) -> ReplyPart:
    return ReplyPart(part=Part.PUBLIC, text="Thank you.", state=state)


@given(WALKS)
def test_no_sequence_of_steps_leads_back_or_past_posted(walk: list[ReplyState]) -> None:
    current, seen = part(), [ReplyState.HELD]
    for to in walk:
        try:
            current = step(current, to)
        except IllegalStep:
            continue
        seen.append(current.state)
    on_the_way = [ORDER.index(state) for state in seen if state in ORDER]
    assert on_the_way == sorted(on_the_way)
    if ReplyState.POSTED in seen:
        assert set(seen[seen.index(ReplyState.POSTED) :]) == {ReplyState.POSTED}
    assert current.text == "Thank you."


@pytest.mark.parametrize("state", list(ReplyState))
def test_a_step_to_where_it_is_changes_nothing(state: ReplyState) -> None:
    there = part(state)
    assert step(there, state, failure="again") == there


def test_a_held_part_is_never_handed_over_or_posted_directly() -> None:
    for to in (ReplyState.HANDED_OVER, ReplyState.POSTED):
        with pytest.raises(IllegalStep):
            step(part(), to)


def test_posting_after_a_failure_forgets_the_failure() -> None:
    failed = step(part(ReplyState.HANDED_OVER), ReplyState.FAILED, failure="no such review")
    assert failed.failure == "no such review"
    assert step(failed, ReplyState.POSTED).failure is None


def test_every_state_has_its_steps() -> None:
    assert set(STEPS) == set(ReplyState)
