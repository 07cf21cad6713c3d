"""What people asked for when they wanted another draft, and the drafts that came of it, for the open item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drafter.approvals import ItemView
from drafter.domain.approval import DecisionKind
from drafter.store.items import Decision
from drafter.store.queue import EarlierDraft
from drafter.web.passages import Passage, passages_of
from drafter.web.times import ago


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person wanted to be different."""

    who: str
    instruction: str | None
    tone: str | None


@dataclass(frozen=True, kw_only=True)
class Version:
    """A draft of the review, with what it was made for."""

    when: str
    by_person: bool
    wish: Wish | None  # None: nobody asked, or a person wrote it
    passages: tuple[Passage, ...]
    note: str | None  # what its writer could not do, or why it was not another one


def current_wish(view: ItemView) -> Wish | None:
    """Return what the draft that is shown was asked to be, or the one that is on its way."""
    if view.item.regenerating:
        return _wish(_last(view.decisions))
    return _wish_of(view.drafts[0], view) if view.drafts else None


def earlier_drafts(view: ItemView) -> tuple[Version, ...]:
    """Return the drafts before the one that is shown, the newest first."""
    return tuple(
        Version(
            when=ago(one.created_at, view.at),
            by_person=one.draft.by_person,
            wish=_wish_of(one, view),
            passages=passages_of(one.draft, one.findings),
            note=one.draft.provenance.fallback_reason,
        )
        for one in view.drafts[1:]
    )


def _wish_of(made: EarlierDraft, view: ItemView) -> Wish | None:
    """Return the last wish before a draft: what was asked before that was given up with the asking."""
    if made.draft.by_person:
        return None
    return _wish(_last(step for step in view.decisions if step.at <= made.created_at))


def _last(steps: Iterable[Decision]) -> Decision | None:
    asked = [step for step in steps if step.kind is DecisionKind.REGENERATE]
    return asked[-1] if asked else None


def _wish(asked: Decision | None) -> Wish | None:
    if asked is None:
        return None
    instruction, tone = asked.details.get("instruction"), asked.details.get("tone")
    return Wish(who=asked.actor.name, instruction=instruction, tone=tone)
