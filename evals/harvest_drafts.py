"""The drafts of a harvested case: what people made of each, how far what they approved is from it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from drafter.domain.approval import ActorKind, DecisionKind, ItemState
from drafter.domain.draft import Draft
from drafter.domain.edits import differences, edit_distance, marked
from drafter.store.decided import Decided
from drafter.store.items import Decision
from drafter.store.outcomes import Outcome
from evals.cases import DecidedDraft
from evals.harvest_stand_ins import StandIns

_OUTCOMES: Mapping[DecisionKind, Outcome] = {
    DecisionKind.APPROVE: Outcome.EDITED,
    DecisionKind.REJECT: Outcome.REJECTED,
    DecisionKind.REGENERATE: Outcome.REGENERATED,
}


def decided_drafts(matter: Decided, stand_ins: StandIns) -> Iterator[DecidedDraft]:
    """Yield the drafts of an item that no person wrote and that did not leave as they were, personal data replaced.

    The last word on a draft counts, as in the figures about drafts.
    """
    last: dict[str, Decision] = {}
    for step in matter.decisions:
        if step.actor.kind is ActorKind.PERSON and step.kind in _OUTCOMES and (about := _about(step, matter)):
            last[about] = step
    for draft_id, step in sorted(last.items()):
        draft = _replaced(matter.drafts[draft_id], stand_ins)
        approved = _replaced(matter.drafts[step.draft_id or draft_id], stand_ins)
        if step.kind is not DecisionKind.APPROVE:
            yield _decided(draft, step, stand_ins)
        elif matter.item.state is ItemState.APPROVED and differences(draft, approved):
            yield _decided(draft, step, stand_ins).with_changes(
                difference="\n".join(map(marked, differences(draft, approved))),
                edit_distance=edit_distance(draft, approved),
            )


def _about(step: Decision, matter: Decided) -> str | None:
    """Return the id of the draft behind the text that a step was about; later ones have greater ids."""
    before = [
        id_ for id_, draft in matter.drafts.items() if step.draft_id and id_ <= step.draft_id and not draft.by_person
    ]
    return max(before, default=None)


def _replaced(draft: Draft, stand_ins: StandIns) -> Draft:
    """Return a draft with everything personal replaced, so that a difference tells nothing of it either."""
    return draft.with_changes(
        public_reply=stand_ins.within(draft.public_reply) if draft.public_reply else None,
        private_message=stand_ins.within(draft.private_message) if draft.private_message else None,
    )


def _decided(draft: Draft, step: Decision, stand_ins: StandIns) -> DecidedDraft:
    reason = step.reason or step.details.get("instruction")
    return DecidedDraft(
        outcome=_OUTCOMES[step.kind],
        public_reply=draft.public_reply,
        private_message=draft.private_message,
        reason=stand_ins.within(reason) if reason else None,
        writer=draft.provenance.writer,
        model=draft.provenance.model,
        prompt_hash=draft.provenance.prompt_hash,
    )
