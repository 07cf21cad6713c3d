"""Examples: approved replies without personal data, found by how like the reviews are that they answered.

A look is bounded, however many there are: an index gives the newest of the same shop, situation and language, and some
hundred of them are compared. Vectors of an older encoder, after an update, only make the choice among these poorer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from drafter.domain.approval import ItemState
from drafter.domain.example import Example
from drafter.domain.situation import SituationName
from drafter.store.database import inserting
from drafter.store.tables import ExampleRow, ItemRow, ReviewRow

COMPARED = 300  # the newest ones
FRESH = timedelta(days=180)  # later, what a shop says and promises is likely to be another
EDITED_BONUS = 0.03  # of cosine: a person's own wording goes before a draft's where the reviews are about as like
NEAR_COPY = 80.0  # of 100, rapidfuzz's ratio: two such replies would teach the same

_FLOATS = np.dtype("<f2")  # a sixth of a percent of error, and half the room


class _Candidate(NamedTuple):
    """An example that could be shown."""

    fit: float
    row: ExampleRow


def keep(
    session: Session,
    item_id: str,
    example: Example,
    vector: NDArray[np.float32],
    *,
    shop: str,
    edited: bool,
    prompt_hash: str | None,
    now: datetime,
) -> None:
    """Store the reply of an item that is approved just now; one that was approved before is replaced.

    Args:
        session: that of the approval.
        item_id: of the approved item.
        example: what was approved, personal data taken out.
        vector: of the review's words, of length one.
        shop: whose it is; no other one ever sees it.
        edited: a person changed the draft.
        prompt_hash: of the prompt behind the draft.
        now: the time of the approval.
    """
    values = {
        **example.model_dump(mode="json"),
        "shop": shop,
        "vector": vector.astype(_FLOATS).tobytes(),
        "edited": edited,
        "prompt_hash": prompt_hash,
        "approved_at": now,
    }
    add = inserting(session, ExampleRow).values(item_id=item_id, **values)
    session.execute(add.on_conflict_do_update(index_elements=["item_id"], set_=values))


def forget(session: Session, item_id: str) -> None:
    """Take back the example of an item whose approval was undone, if it gave one."""
    session.execute(delete(ExampleRow).where(ExampleRow.item_id == item_id))


def alike(
    session: Session,
    vector: NDArray[np.float32],
    *,
    shop: str,
    situation: SituationName,
    language: str,
    but_not_of: str,
    now: datetime,
    limit: int = 2,
) -> tuple[Example, ...]:
    """Return the examples whose reviews are likest to a review, the most fitting first, no two of them near copies.

    Args:
        session: a session for reading.
        vector: of the review's words, of length one.
        shop: of the review.
        situation: of the review.
        language: that the reply is to be in.
        but_not_of: the review's id; its own replies are left out.
        now: the time; older ones than `FRESH` are left out.
        limit: how many at most.
    """
    query = (
        select(ExampleRow)
        .join(ItemRow, ItemRow.id == ExampleRow.item_id)
        .join(ReviewRow, ReviewRow.id == ItemRow.review_id)
        .where(
            ExampleRow.shop == shop,
            ExampleRow.situation == situation.value,
            ExampleRow.language == language,
            ExampleRow.approved_at > now - FRESH,
            ItemRow.review_id != but_not_of,
            ReviewRow.deleted_at.is_(None),  # what the customer took back is not shown on
            ItemRow.state == ItemState.APPROVED.value,  # it was not superseded or withdrawn before it left
        )
        .order_by(ExampleRow.approved_at.desc(), ExampleRow.item_id.desc())
        .limit(COMPARED)
    )
    rows = [row for row in session.scalars(query) if len(row.vector) == vector.size * _FLOATS.itemsize]
    return tuple(_example(row) for row in _chosen(rows, vector, limit))


def _chosen(rows: Sequence[ExampleRow], vector: NDArray[np.float32], limit: int) -> list[ExampleRow]:
    """Return the most fitting rows; of two that fit alike the newer one."""
    candidates = [_Candidate(_fit(row, vector), row) for row in rows]
    chosen: list[ExampleRow] = []
    for candidate in sorted(candidates, key=lambda one: -one.fit):
        if not any(fuzz.ratio(candidate.row.reply, other.reply) >= NEAR_COPY for other in chosen):
            chosen.append(candidate.row)
        if len(chosen) == limit:
            break
    return chosen


def _fit(row: ExampleRow, vector: NDArray[np.float32]) -> float:
    likeness = float(np.frombuffer(row.vector, _FLOATS).astype(np.float32) @ vector)
    return likeness + EDITED_BONUS * row.edited


def _example(row: ExampleRow) -> Example:
    return Example(
        reply=row.reply,
        review_excerpt=row.review_excerpt,
        situation=SituationName(row.situation),
        language=row.language,
    )
