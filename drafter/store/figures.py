"""Counts over everything, for those who watch an installation."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from drafter.domain.approval import ItemState
from drafter.store.queue import not_delivered
from drafter.store.tables import ItemRow


def items_by_state(session: Session) -> dict[ItemState, int]:
    """Return how many items are in each state, the empty states included."""
    rows = session.execute(select(ItemRow.state, func.count()).group_by(ItemRow.state))
    found = {state: count for state, count in rows}  # noqa: C416  # a row is no tuple to the type checker
    return {state: found.get(state.value, 0) for state in ItemState}


def undelivered(session: Session) -> int:
    """Return how many items have an approved reply that did not arrive."""
    return session.scalar(select(func.count()).select_from(ItemRow).where(not_delivered())) or 0
