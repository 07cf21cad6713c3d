"""Another draft on a person's wish: the writer is told the wish, the tone and the draft that it is to replace."""

from __future__ import annotations

from typing import Any

import pytest

from drafter.compose import PipelineParts
from drafter.domain.approval import Actor, ActorKind, DecisionKind, ItemState, Role
from drafter.domain.case import Brief
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.drafting import Drafting
from drafter.store import items, reviews, shops
from drafter.store.database import Database
from drafter.testing import FixedClock, ScriptedInspector, ScriptedReader, ScriptedWriter

PERSON = Actor(kind=ActorKind.PERSON, id="per_1", name="Ana", role=Role.APPROVER)


@pytest.mark.parametrize(
    ("wished", "told"),
    [
        ({"instruction": "shorter", "tone": "formal"}, ("shorter", "formal")),
        ({"instruction": "shorter"}, ("shorter", None)),
        ({"tone": "neutral"}, (None, "neutral")),
        ({"tone": "grim"}, (None, None)),  # of another version of Drafter
        ({}, (None, None)),
    ],
)
async def test_the_wish_the_tone_and_the_replaced_draft_reach_the_writer(
    database: Database, clock: FixedClock, wished: dict[str, Any], told: tuple[str | None, str | None]
) -> None:
    writer = ScriptedWriter("First draft.")
    parts = PipelineParts(reader=ScriptedReader(), writers=(writer,), inspector=ScriptedInspector(), draft_seconds=60)
    drafting = Drafting(database=database, parts=parts, clock=clock)
    review = Review(external_id="r-1", text="Lovely bag", rating=5)
    with database.writing() as session:
        shops.save(session, Shop())
        review_id = reviews.insert(session, review, {}, clock.now())
    assert review_id is not None
    await drafting.draft(review_id, review.version)
    with database.writing() as session:
        item = items.find(session, review_id, review.version)
        assert item is not None
        items.change(session, item, state=ItemState.CLAIMED, regenerating=True)
        items.record_decision(
            session,
            item,
            DecisionKind.REGENERATE,
            actor=PERSON,
            state_after=ItemState.CLAIMED,
            reason=None,
            details={"revision": 2, **wished},
            at=clock.now(),
        )
    await drafting.draft(review_id, review.version, 2)
    first, again = writer.briefs
    assert (first.instruction, first.tone, first.last_draft) == (None, None, None)
    assert (again.instruction, again.tone) == told
    assert replaced(again) == "First draft."


def replaced(brief: Brief) -> str | None:
    return brief.last_draft.public_reply if brief.last_draft else None
