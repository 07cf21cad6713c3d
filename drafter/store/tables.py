"""The tables. Rows become records in the other modules of this package and nowhere else.

Names keep clear of the job engine's own tables, which lie beside these on SQLite. Text ids are made by us
(`ids.new_id`). Times are UTC. JSON columns hold the `model_dump(mode="json")` of one record each.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """A time that is stored in UTC and comes back with its zone, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse times without a zone; store the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite forgets."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The metadata that Alembic sees; the engine's tables are not in it."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime, dict[str, Any]: JSON, list[Any]: JSON}


class ShopRow(Base):
    """A shop; `record` is the whole `Shop`."""

    __tablename__ = "shop"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    record: Mapped[dict[str, Any]]


class ReviewRow(Base):
    """A review in its newest version."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("shop", "platform", "external_id"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    platform: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(16))  # of the record below
    record: Mapped[dict[str, Any]]  # the Review
    case_facts: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]  # the customer deleted it


class ReviewVersionRow(Base):
    """What the customer wrote, each time; appended, never changed."""

    __tablename__ = "review_version"
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    record: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]


class RemovedReviewRow(Base):
    """A review that was removed, known by a hash of its shop, platform and external id; nothing else is kept of it."""

    __tablename__ = "removed_review"
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str | None] = mapped_column(String(16))  # None: it was removed on request, and stays away for good
    removed_at: Mapped[datetime]


class SignatureRow(Base):
    """One band of a review's fingerprint; the key is the index by which near copies are found."""

    __tablename__ = "review_signature"
    band: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True, index=True)


class DraftRow(Base):
    """Every draft ever made, with its findings; an item points to its current one."""

    __tablename__ = "draft"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    review_version: Mapped[str] = mapped_column(String(16))
    record: Mapped[dict[str, Any]]  # the Draft
    findings: Mapped[list[Any]]
    instruction: Mapped[str | None] = mapped_column(Text)  # of the person who asked for it
    created_at: Mapped[datetime]


class AttemptRow(Base):
    """One try of a writer at a draft, with what it took; appended, never changed.

    It holds no text and outlives its review without a link to it: what was spent stays spent.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("review_id", "review_version", "revision", "place"),
        Index("ix_attempt_spent", "shop", "created_at"),
        Index("ix_attempt_outcome", "model", "outcome", "created_at"),
    )
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    review_id: Mapped[str | None] = mapped_column(ForeignKey("review.id", ondelete="SET NULL"))
    review_version: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int]  # 0 for the first draft, above for one that a person asked for
    place: Mapped[int]  # among the tries at that draft, from 1
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    writer: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    prompt_hash: Mapped[str | None] = mapped_column(String(100))  # of the prompt that it was asked by
    number: Mapped[int]  # of the kind of writer's tries
    outcome: Mapped[str] = mapped_column(String(20))
    codes: Mapped[list[Any]]  # of the blocking findings
    reason: Mapped[str | None] = mapped_column(Text)
    calls: Mapped[int]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    cost_usd: Mapped[float | None]  # None: the price is not known
    latency_ms: Mapped[float]
    day: Mapped[date]  # of the time below, in UTC: the two databases do not agree on how to take it from there
    created_at: Mapped[datetime] = mapped_column(index=True)


class ItemRow(Base):
    """An approval item; one a review version, which the database itself guarantees."""

    __tablename__ = "approval_item"
    __table_args__ = (
        UniqueConstraint("review_id", "review_version"),
        Index("ix_approval_item_queue", "shop", "state", "due_at"),
    )
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    review_version: Mapped[str] = mapped_column(String(16))
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)  # the optimistic lock
    route: Mapped[str] = mapped_column(String(20))
    situation: Mapped[dict[str, Any]]
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    escalated: Mapped[bool] = mapped_column(Boolean)
    rating: Mapped[int | None]  # copied from the review, for the order of the queue
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    claim_expires_at: Mapped[datetime | None]
    regenerating: Mapped[bool] = mapped_column(Boolean)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]


class TranslationRow(Base):
    """An item's texts in a language that a person reads; made by a model, shown to people only."""

    __tablename__ = "translation"
    item_id: Mapped[str] = mapped_column(ForeignKey("approval_item.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    texts_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # of what was translated
    texts: Mapped[dict[str, Any]]
    model: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class DecisionRow(Base):
    """One step taken on an item; appended, never changed."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("approval_item.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[dict[str, Any]]  # the Actor
    reason: Mapped[str | None] = mapped_column(Text)
    state_before: Mapped[str] = mapped_column(String(20))
    state_after: Mapped[str] = mapped_column(String(20))
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id"))  # the text it was about
    details: Mapped[dict[str, Any]]  # overruled findings, instruction, ...
    at: Mapped[datetime]


class ExampleRow(Base):
    """An approved reply that a writer may learn its manner from, personal data taken out; it goes with its review."""

    __tablename__ = "example"
    __table_args__ = (Index("ix_example_like", "shop", "situation", "language", "approved_at"),)
    item_id: Mapped[str] = mapped_column(ForeignKey("approval_item.id", ondelete="CASCADE"), primary_key=True)
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    situation: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    reply: Mapped[str] = mapped_column(Text)
    review_excerpt: Mapped[str | None] = mapped_column(Text)
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # of the review's words: 16-bit floats, little-endian
    edited: Mapped[bool] = mapped_column(Boolean)  # a person changed the draft
    prompt_hash: Mapped[str | None] = mapped_column(String(100))  # behind the draft
    approved_at: Mapped[datetime]


class OutcomeRow(Base):
    """What people made of a draft that no person wrote; the last word on it counts.

    It holds no text and outlives its review without a link to it, as a try does: how good drafts were stays known.
    """

    __tablename__ = "draft_outcome"
    __table_args__ = (Index("ix_draft_outcome_decided", "shop", "decided_at"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("draft.id", ondelete="SET NULL"), unique=True)
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    situation: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    writer: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    prompt_hash: Mapped[str | None] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(20))
    edit_distance: Mapped[float | None]  # 0 to 1; None: nothing was approved
    decided_at: Mapped[datetime] = mapped_column(index=True)


class ReplyRow(Base):
    """An approved reply; the unique pair keeps a second one out, whoever tries.

    `slot` is `only` where the platform allows one answer a review, else the review's version.
    """

    __tablename__ = "reply"
    __table_args__ = (UniqueConstraint("review_id", "slot"), Index("ix_reply_due", "shop", "next_attempt_at"))
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(String(40), unique=True)
    item_id: Mapped[str] = mapped_column(ForeignKey("approval_item.id"), unique=True)
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id"))
    review_version: Mapped[str] = mapped_column(String(16))
    slot: Mapped[str] = mapped_column(String(16))
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    approved_by: Mapped[str] = mapped_column(String(40))
    approved_at: Mapped[datetime]
    held_until: Mapped[datetime]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None]
    outdated: Mapped[bool] = mapped_column(Boolean)
    taken_by: Mapped[str | None] = mapped_column(String(40))  # the person who posts it by hand


class ReplyPartRow(Base):
    """One text of a reply."""

    __tablename__ = "reply_part"
    reply_id: Mapped[str] = mapped_column(ForeignKey("reply.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), index=True)
    failure: Mapped[str | None] = mapped_column(Text)


class PersonRow(Base):
    """Somebody who may sign in."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)  # to sign in with; an e-mail address or a short name
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(Text)  # argon2id; None: signs in by link only
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A sign-in; only the hash of its token is kept."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]


class LinkRow(Base):
    """A sign-in link, good for one use."""

    __tablename__ = "sign_in_link"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KeyRow(Base):
    """An API key of a tool; only the hash of its secret is kept."""

    __tablename__ = "api_key"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotencyRow(Base):
    """The answer to a request that carried an `Idempotency-Key`, for its repetition."""

    __tablename__ = "idempotency"
    key_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # the API key that sent it
    idempotency_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class HeartbeatRow(Base):
    """A process that takes jobs, and when it last showed itself."""

    __tablename__ = "executor"
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime]


class ModelCallRow(Base):
    """A call of a model, from its waiting on: what all processes together may ask is counted here.

    A row goes once it is over and out of the last minute; one of a process that was killed runs out.
    """

    __tablename__ = "model_call"
    __table_args__ = (Index("ix_model_call_window", "model", "began_at"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    model: Mapped[str] = mapped_column(Text)
    tokens: Mapped[int] = mapped_column(BigInteger)  # that it may take; once it has ended, that it took
    asked_at: Mapped[datetime]  # its place in the line
    began_at: Mapped[datetime | None]  # None: it waits
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]  # when nobody believes in it any more: a call, or the next look of one that waits


class BudgetEntryRow(Base):
    """What one question to a model may take of its shop's daily budget; once it is answered, what it took."""

    __tablename__ = "budget_entry"
    __table_args__ = (Index("ix_budget_entry_spent", "shop", "at"),)
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    shop: Mapped[str] = mapped_column(ForeignKey("shop.name"))
    at: Mapped[datetime]
    tokens: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[float]  # 0 where the price is not known: then no budget in US dollars lets a model be asked
