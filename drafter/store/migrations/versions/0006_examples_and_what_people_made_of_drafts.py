"""Examples, and what people made of drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft_outcome",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("draft_id", sa.String(length=40), nullable=True),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("situation", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("prompt_hash", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("edit_distance", sa.Double(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_draft_outcome_draft_id_draft"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"], name=op.f("fk_draft_outcome_shop_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_outcome")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_draft_outcome_draft_id")),
    )
    with op.batch_alter_table("draft_outcome", schema=None) as batch_op:
        batch_op.create_index("ix_draft_outcome_decided", ["shop", "decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_draft_outcome_decided_at"), ["decided_at"], unique=False)

    op.create_table(
        "example",
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("situation", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("review_excerpt", sa.Text(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("prompt_hash", sa.String(length=100), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["approval_item.id"], name=op.f("fk_example_item_id_approval_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"], name=op.f("fk_example_shop_shop")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_example")),
    )
    with op.batch_alter_table("example", schema=None) as batch_op:
        batch_op.create_index("ix_example_like", ["shop", "situation", "language", "approved_at"], unique=False)

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prompt_hash", sa.String(length=100), nullable=True))
        batch_op.create_index("ix_attempt_outcome", ["model", "outcome", "created_at"], unique=False)
