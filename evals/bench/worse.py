"""Writers that differ from the template writer in known ways: some on purpose worse, some just as good."""

from __future__ import annotations

from collections.abc import Callable

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.ports import Writer
from drafter.domain.situation import Situation, SituationName

#: Languages whose replies take up no detail.
CARELESS_IN = ("de", "id", "ja")
#: What a seller must not say without knowing; the guardrails block it, and no repair takes it out.
PROMISE = " Your refund has been sent."


class WorseWriter:
    """A template writer that takes up no detail in some languages, and promises a refund for what is late."""

    def __init__(self, writer: Writer) -> None:
        self.name = writer.name
        self._writer = writer

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the worse draft."""
        if situation.language in CARELESS_IN:
            brief = brief.with_changes(attempt=max(brief.attempt, 2))  # a repair names no detail
        draft = await self._writer.write(case, situation, brief)
        if situation.situation is SituationName.SHIPPING and draft.public_reply:
            return draft.with_changes(public_reply=draft.public_reply + PROMISE)
        return draft


class RestlessWriter:
    """A template writer that chooses its wordings anew each time, as good as any other time."""

    def __init__(self, writer: Writer, turn: Callable[[], int]) -> None:
        self.name = writer.name
        self._writer = writer
        self._turn = turn  # another number, another choice

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the draft that a shop of another name would get; nothing else of the shop is another."""
        shop = case.shop.with_changes(name=f"{case.shop.name}-{self._turn()}")
        return await self._writer.write(case.with_changes(shop=shop), situation, brief)
