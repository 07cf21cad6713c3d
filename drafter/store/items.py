"""Approval items and the record of decisions; every change goes through the optimistic lock in `change`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from drafter.domain.approval import OPEN_STATES, Actor, ApprovalItem, DecisionKind, ItemState, state_after
from drafter.domain.draft import Draft
from drafter.domain.errors import NotFound, StaleVersion
from drafter.domain.finding import Finding
from drafter.domain.record import Record
from drafter.domain.situation import Route, Situation
from drafter.store import replies
from drafter.store.tables import DecisionRow, DraftRow, ItemRow

#: The fields of an item that may change, beside `draft_id`; who and what it is about never does.
CHANGEABLE = frozenset(
    {"state", "route", "situation", "reason", "escalated", "claimed_by", "claim_expires_at", "regenerating", "due_at"}
)


class Decision(Record):
    """One step that was taken on an item."""

    kind: DecisionKind
    actor: Actor
    reason: str | None
    state_before: ItemState
    state_after: ItemState
    draft_id: str | None  # the text it was about
    details: Mapping[str, Any]  # `instruction`, `overruled`, `edited`, ...
    at: AwareDatetime


def get(session: Session, item_id: str) -> ApprovalItem:
    """Return an item with its current draft.

    Raises:
        NotFound: there is none of that id.
    """
    found = _one(session, ItemRow.id == item_id)
    if found is None:
        raise NotFound("There is no item of that id.")
    return found


def find(session: Session, review_id: str, review_version: str) -> ApprovalItem | None:
    """Return the item of one version of a review, if it has one."""
    return _one(session, ItemRow.review_id == review_id, ItemRow.review_version == review_version)


def newest(session: Session, review_id: str) -> ApprovalItem | None:
    """Return the item of a review that was made last, whatever its state."""
    query = select(ItemRow.id).where(ItemRow.review_id == review_id)
    item_id = session.scalar(query.order_by(ItemRow.created_at.desc(), ItemRow.id.desc()).limit(1))
    return None if item_id is None else get(session, item_id)


def insert(session: Session, item: ApprovalItem, *, rating: int | None, draft_id: str | None) -> None:
    """Store a new item, which points to a draft that is stored already.

    Raises:
        IntegrityError: this version of the review has an item.
    """
    row = ItemRow(id=item.id, review_id=item.review_id, review_version=item.review_version, shop=item.shop)
    row.version, row.created_at, row.rating, row.draft_id = item.version, item.created_at, rating, draft_id
    for name, value in _columns(item, CHANGEABLE).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def change(session: Session, before: ApprovalItem, **changes: Any) -> ApprovalItem:  # noqa: ANN401  # each field has its own type
    """Store changed fields, `draft_id` among them, if nobody changed the item since `before` was read.

    Raises:
        StaleVersion: somebody did.
    """
    draft = {"draft_id": changes.pop("draft_id")} if "draft_id" in changes else {}
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"an item's {', '.join(sorted(unknown))} cannot be changed")
    columns = _columns(before.with_changes(**changes), changes.keys())
    done = session.execute(
        update(ItemRow)
        .where(ItemRow.id == before.id, ItemRow.version == before.version)
        .values(**columns, **draft, version=before.version + 1)
        .returning(ItemRow.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if done is None:
        raise StaleVersion("The item changed since you opened it. Look at it again before you decide.")
    return get(session, before.id)


def record_decision(
    session: Session,
    before: ApprovalItem,
    kind: DecisionKind,
    *,
    actor: Actor,
    state_after: ItemState,
    reason: str | None,
    details: Mapping[str, Any],
    at: datetime,
) -> None:
    """Append a step to the record, with the draft that the item points to now."""
    session.add(
        DecisionRow(
            item_id=before.id,
            kind=kind.value,
            actor=actor.model_dump(mode="json"),
            reason=reason,
            state_before=before.state.value,
            state_after=state_after.value,
            draft_id=session.scalar(select(ItemRow.draft_id).where(ItemRow.id == before.id)),
            details=dict(details),
            at=at,
        )
    )
    session.flush()


def decisions(session: Session, item_id: str) -> tuple[Decision, ...]:
    """Return the steps taken on an item, in their order."""
    rows = session.scalars(select(DecisionRow).where(DecisionRow.item_id == item_id).order_by(DecisionRow.id))
    return tuple(_decision_of(row) for row in rows)


def close_open(session: Session, review_id: str, *, kind: DecisionKind, actor: Actor, now: datetime) -> None:
    """Close what is undecided about a review that the customer changed (SUPERSEDE) or deleted (WITHDRAW).

    An approved item is closed too as long as its reply is still with us, and the reply is taken back. A reply that
    has left is marked as outdated.
    """
    states = [state.value for state in (*OPEN_STATES, ItemState.APPROVED)]
    query = select(ItemRow.id).where(ItemRow.review_id == review_id, ItemRow.state.in_(states))
    for item_id in session.scalars(query.order_by(ItemRow.id).with_for_update()).all():
        close(session, get(session, item_id), kind=kind, actor=actor, now=now)


def close(session: Session, item: ApprovalItem, *, kind: DecisionKind, actor: Actor, now: datetime) -> None:
    """Supersede or withdraw one undecided or approved item, or mark its reply as outdated if that has left."""
    reply = replies.of_item(session, item.id, lock=True)
    if reply is not None and replies.has_left(reply):
        replies.change(session, reply, outdated=True)
        return
    if reply is not None:
        replies.remove(session, reply)
    after = state_after(item, kind, actor=actor, now=now, reason=None)
    change(session, item, state=after, claimed_by=None, claim_expires_at=None, regenerating=False)
    record_decision(session, item, kind, actor=actor, state_after=after, reason=None, details={}, at=now)


def lock(session: Session, item_id: str) -> ApprovalItem:
    """Return an item that nobody else changes until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    session.execute(select(ItemRow.id).where(ItemRow.id == item_id).with_for_update())
    return get(session, item_id)


def is_there(session: Session, item_id: str) -> bool:
    """Whether there is an item of that id, which then stays until the transaction ends."""
    return session.scalar(select(ItemRow.id).where(ItemRow.id == item_id).with_for_update()) is not None


def _one(session: Session, *conditions: Any) -> ApprovalItem | None:  # noqa: ANN401  # SQL expressions
    query = select(ItemRow, DraftRow).outerjoin(DraftRow, DraftRow.id == ItemRow.draft_id).where(*conditions)
    found = session.execute(query.execution_options(populate_existing=True)).one_or_none()
    return None if found is None else item_of(found[0], found[1])


def item_of(row: ItemRow, draft: DraftRow | None) -> ApprovalItem:
    """Return the record of an item's row and of the draft's that it points to."""
    return ApprovalItem(
        id=row.id,
        review_id=row.review_id,
        review_version=row.review_version,
        shop=row.shop,
        state=ItemState(row.state),
        version=row.version,
        route=Route(row.route),
        situation=Situation.from_store(row.situation),
        draft=None if draft is None else Draft.from_store(draft.record),
        findings=() if draft is None else tuple(Finding.from_store(finding) for finding in draft.findings),
        reason=row.reason,
        escalated=row.escalated,
        claimed_by=row.claimed_by,
        claim_expires_at=row.claim_expires_at,
        regenerating=row.regenerating,
        due_at=row.due_at,
        created_at=row.created_at,
    )


def _columns(item: ApprovalItem, names: Any) -> dict[str, Any]:  # noqa: ANN401  # any iterable of field names
    columns = {name: _plain(getattr(item, name)) for name in names}
    if "situation" in columns:
        columns["situation"] = item.situation.model_dump(mode="json")
    return columns


def _plain(value: Any) -> Any:  # noqa: ANN401  # a field may hold anything
    return value.value if isinstance(value, Enum) else value


def _decision_of(row: DecisionRow) -> Decision:
    return Decision(
        kind=DecisionKind(row.kind),
        actor=Actor.from_store(row.actor),
        reason=row.reason,
        state_before=ItemState(row.state_before),
        state_after=ItemState(row.state_after),
        draft_id=row.draft_id,
        details=row.details,
        at=row.at,
    )
