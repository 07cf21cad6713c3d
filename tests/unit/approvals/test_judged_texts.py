"""What a judge's word is worth when a person decides: it clears what it saw, by the facts that it saw."""

from __future__ import annotations

import pytest

from drafter import pipeline
from drafter.approvals.inspection import Inspected, Matter, Texts, inspect_texts
from drafter.domain.approval import ApprovalItem, ItemState
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.draft import Usage
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Route
from drafter.judge.bench import Bench
from drafter.store.reviews import StoredReview
from drafter.store.testing import NOON
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedWriter

REVIEW = Review(external_id="1", text="Where is my money?", rating=1, author="Ana")
FACTS = {"refund": "issued"}
TOLD = "Your refund was issued."


def finding(code: str, *, start: int = 0) -> Finding:
    return Finding(
        code=code,
        check="semantics",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=start,
        end=start + 4,
        message="m",
        suggestion="s",
        layer="head",
    )


class Lenient:
    """A judge that clears two codes of every reply."""

    name = "openai:judge"

    async def ask(self, _reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        tried = {"writer": JUDGE, "model": self.name, "number": brief.attempt, "outcome": "passed", "usage": Usage()}
        cleared = ("unverified_commitment", "tone")
        fields = {"model": self.name, "prompt_hash": "sha256:0", "cleared": cleared, "tried": tried}
        return TracedJudgement.model_validate(fields)


@pytest.fixture
async def matter() -> Matter:
    """An item whose draft the heads held back and the judge cleared, by the facts of then."""
    prepared = await pipeline.answer(
        Case(review=REVIEW, case_facts=FACTS),
        QUIET_SITUATION,
        writers=[ScriptedWriter(TOLD, name="llm", model="openai:a")],
        inspector=ScriptedInspector(lambda _: (finding("unverified_commitment"),)),
        judge=Bench([Lenient()]),
    )
    assert (prepared.route, prepared.findings) == (Route.DRAFT, ())
    item = ApprovalItem(
        id="item",
        review_id="rev",
        review_version=REVIEW.version,
        shop="default",
        state=ItemState.QUEUED,
        route=Route.DRAFT,
        situation=QUIET_SITUATION,
        draft=prepared.draft,
        due_at=NOON,
        created_at=NOON,
    )
    stored = StoredReview(
        id="rev",
        version=REVIEW.version,
        review=REVIEW,
        case_facts=FACTS,
        received_at=NOON,
        changed_at=NOON,
        deleted_at=None,
    )
    return Matter(item=item, stored=stored, shop=Shop(), recent_replies=())


def inspected(matter: Matter, *found: Finding, **facts: str) -> Inspected:
    """Return the draft as it is inspected by the facts of today."""
    stored = matter.stored.with_changes(case_facts=facts)
    seen = Matter(item=matter.item, stored=stored, shop=matter.shop, recent_replies=())
    return inspect_texts(seen, Texts.of(matter.item.draft), ScriptedInspector(lambda _: found))


async def test_what_the_judge_cleared_stays_cleared_by_the_same_facts(matter: Matter) -> None:
    assert inspected(matter, finding("unverified_commitment"), **FACTS).findings == ()


async def test_a_fact_that_was_withdrawn_takes_the_clearance_with_it(matter: Matter) -> None:
    assert inspected(matter, finding("unverified_commitment")).findings == (finding("unverified_commitment"),)


@pytest.mark.parametrize("new", [finding("tone"), finding("unverified_commitment", start=8)])
async def test_what_a_head_finds_only_today_blocks(matter: Matter, new: Finding) -> None:
    """The judge cleared the code, but there was no such finding that it could have been asked about."""
    assert inspected(matter, new, **FACTS).findings == (new,)
