"""What a person asks for when they decide."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drafter.domain.approval import DecisionKind
from drafter.domain.record import Record
from drafter.domain.shop import Tone

_Text = Annotated[str, Field(max_length=10_000)]
_Remark = Annotated[str, Field(max_length=2_000)]


class DecisionRequest(Record):
    """One step. A text that is left out (None) stays as it is in the draft; an empty one is dropped from the reply."""

    kind: DecisionKind
    reason: _Remark | None = None  # needed to reject and to dismiss
    public_reply: _Text | None = None  # with edit and approve
    private_message: _Text | None = None
    instruction: _Remark | None = None  # with regenerate: what the writer should do differently
    tone: Tone | None = None  # with regenerate: in place of the shop's own, for this draft
    overrule_reason: _Remark | None = None  # with approve: why a lead lets findings on a person's text stand
