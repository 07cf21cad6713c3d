"""Learning: what a decision teaches is kept with it: what became of the draft, and an approved reply as an example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drafter.approvals.inspection import Inspected, Matter
from drafter.approvals.steps import Step
from drafter.domain.approval import DecisionKind
from drafter.domain.case import Case
from drafter.domain.draft import Draft
from drafter.domain.edits import edit_distance
from drafter.domain.example import Example
from drafter.domain.finding import blocking
from drafter.domain.ports import Embedder
from drafter.llm.case_masks import masks_for
from drafter.store import drafts, examples, outcomes
from drafter.store.outcomes import Outcome

LONGEST_EXCERPT = 600  # characters of a review that are kept with its reply
_MARK = re.compile(r"\[[A-Z]+(?:_[A-Z]+)*(?:_[0-9]+)?\]")

_OUTCOMES: Mapping[DecisionKind, Outcome] = {
    DecisionKind.REJECT: Outcome.REJECTED,
    DecisionKind.REGENERATE: Outcome.REGENERATED,
    DecisionKind.DISMISS: Outcome.UNUSED,
    DecisionKind.ANSWERED_ELSEWHERE: Outcome.UNUSED,
}


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """An approved reply as an example, with the vector by which it is found."""

    example: Example
    vector: NDArray[np.float32]


def lesson_of(matter: Matter, inspected: Inspected, embedder: Embedder, *, approver: str) -> Lesson | None:
    """Return what an approval would teach; call it before the transaction, since a vector takes its time.

    None where there is no public reply, where a finding that blocks was let stand, or where the reply holds more of
    the customer than the name that greets them: such a reply fits nobody else.

    Args:
        matter: the item with its review.
        inspected: the text as it is to be approved.
        embedder: gives the vector of the review's words.
        approver: the person's name, which may stand below the reply.
    """
    reply = inspected.draft.public_reply
    if reply is None or blocking(inspected.findings):
        return None
    stored = matter.stored
    masks = masks_for(Case(review=stored.review, shop=matter.shop, case_facts=stored.case_facts), names=[approver])
    bare = masks.hide(reply)
    if set(_MARK.findall(bare)) - {masks.first_name}:
        return None
    words = stored.review.full_text
    example = Example(
        reply=bare,
        review_excerpt=_MARK.sub("…", masks.hide(words))[:LONGEST_EXCERPT] or None,
        situation=matter.item.situation.situation,
        language=inspected.draft.language,
    )
    return Lesson(example=example, vector=embedder.embed([words])[0])


def learn(step: Step, lesson: Lesson | None) -> None:
    """Keep what a step teaches, in its transaction; an approval that is undone taught nothing."""
    item = step.item
    found = drafts.newest_by_machine(step.session, item.review_id, item.review_version)
    if step.request.kind is DecisionKind.UNDO:
        examples.forget(step.session, item.id)
        if found is not None:
            outcomes.forget(step.session, found[0])
        return
    approved = step.inspected.draft if step.request.kind is DecisionKind.APPROVE and step.inspected else None
    outcome, distance = _outcome(step, found[1] if found else None, approved)
    if found is not None and outcome is not None:
        _keep_outcome(step, found, outcome, distance)
    if approved is not None and lesson is not None:
        _keep_example(step, lesson, found[1] if found else None, edited=outcome is not Outcome.APPROVED)


def _outcome(step: Step, before: Draft | None, approved: Draft | None) -> tuple[Outcome | None, float | None]:
    """Return what was made of a draft, and how far what was approved is from it."""
    if approved is None:
        return _OUTCOMES.get(step.request.kind), None
    if before is None:
        return None, None
    distance = edit_distance(before, approved)
    same = (before.public_reply, before.private_message) == (approved.public_reply, approved.private_message)
    return (Outcome.APPROVED if same else Outcome.EDITED), distance


def _keep_outcome(step: Step, found: tuple[str, Draft], outcome: Outcome, distance: float | None) -> None:
    outcomes.keep(
        step.session,
        *found,
        outcome,
        shop=step.item.shop,
        situation=step.item.situation,
        edit_distance=distance,
        now=step.now,
    )


def _keep_example(step: Step, lesson: Lesson, before: Draft | None, *, edited: bool) -> None:
    examples.keep(
        step.session,
        step.item.id,
        lesson.example,
        lesson.vector,
        shop=step.item.shop,
        edited=edited,
        prompt_hash=before.provenance.prompt_hash if before else None,
        now=step.now,
    )
