"""What takes jobs down, in the transaction that stores what they are about: `engine.Engine`, or a list in tests."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy.orm import Session


class DraftingQueue(Protocol):
    """Takes drafting jobs."""

    def enqueue_draft(self, session: Session, review_id: str, version: str, revision: int = 0) -> None:
        """Have a review version drafted once the session's transaction is committed; `revision` counts the renewals."""
        ...


class HandOverQueue(Protocol):
    """Takes hand-overs."""

    def enqueue_hand_over(self, session: Session, reply_id: str, attempt: int) -> None:
        """Have an attempt made once the session's transaction is committed; the same one again does nothing."""
        ...
