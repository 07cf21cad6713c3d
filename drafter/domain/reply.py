"""Reply: an approved text on its way to the platform, exactly once.

    held (undo window) ──> ready ──> handed_over ──> posted
                             │            └────────> failed
                             └─────────────────────> failed

One Reply and one delivery id for a review version (or for a review, where the platform lets a seller answer only
once). Handing over repeats with the same id until it is acknowledged; nothing follows `posted`.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from drafter.domain.errors import IllegalStep
from drafter.domain.finding import Part
from drafter.domain.record import Record


class ReplyState(StrEnum):
    """Where a part of a reply stands."""

    HELD = "held"
    READY = "ready"
    HANDED_OVER = "handed_over"
    POSTED = "posted"
    FAILED = "failed"


STEPS: dict[ReplyState, frozenset[ReplyState]] = {
    ReplyState.HELD: frozenset({ReplyState.READY, ReplyState.FAILED}),
    ReplyState.READY: frozenset({ReplyState.HANDED_OVER, ReplyState.POSTED, ReplyState.FAILED}),
    ReplyState.HANDED_OVER: frozenset({ReplyState.POSTED, ReplyState.FAILED}),
    ReplyState.POSTED: frozenset(),
    ReplyState.FAILED: frozenset({ReplyState.POSTED}),  # a person posted it after all
}

ON_ITS_WAY = frozenset({ReplyState.READY, ReplyState.HANDED_OVER})


class ReplyPart(Record):
    """One text of a reply, and how far it has come."""

    part: Part
    text: str
    state: ReplyState = ReplyState.HELD
    failure: str | None = None  # why it failed


class Reply(Record):
    """The approved answer to one review."""

    id: str
    delivery_id: str  # the same in every attempt: receivers tell repeats by it
    item_id: str
    review_id: str
    review_version: str
    shop: str
    parts: tuple[ReplyPart, ...]
    approved_by: str  # a person's id
    approved_at: AwareDatetime
    held_until: AwareDatetime
    attempts: int = 0  # hand-overs tried
    next_attempt_at: AwareDatetime | None = None
    last_error: str | None = None
    acknowledged_at: AwareDatetime | None = None  # when the receiver first confirmed that it has it
    outdated: bool = False  # the customer changed the review after it left
    taken_by: str | None = None  # the id of the person who posts it by hand; no tool may then


def step(part: ReplyPart, to: ReplyState, *, failure: str | None = None) -> ReplyPart:
    """Return the part after a step; the same part where it is there already.

    Raises:
        IllegalStep: a part never goes back, and nothing follows `posted`.
    """
    if part.state is to:
        return part
    if to not in STEPS[part.state]:
        raise IllegalStep(f"A reply that is {part.state.value} cannot become {to.value}.")
    return part.with_changes(state=to, failure=failure)


def why_not_by_hand(reply: Reply, person: str) -> str | None:
    """Return why a person may not copy a reply to post it by hand; None if they may.

    Two who have the text would both post it. So only one ever gets it: a tool, or a person, or a person after the
    hand-over to the tool has failed.

    Args:
        reply: the reply, past its undo window.
        person: the id of the person.
    """
    states = {part.state for part in reply.parts}
    if reply.outdated:
        return "The review has changed or is gone since this reply left, so it must not be posted any more."
    if states == {ReplyState.POSTED}:
        return "This reply is posted already."
    if reply.taken_by is not None:
        return None if reply.taken_by == person else "Somebody else has copied this reply and posts it by hand."
    if states == {ReplyState.READY} or not states & ON_ITS_WAY:
        return None
    return "A tool has been given this reply and may post it. Look at the platform before you do anything by hand."
