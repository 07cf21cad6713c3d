"""Limits of models that all processes share, and what is taken of daily budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_call",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_call")),
    )
    with op.batch_alter_table("model_call", schema=None) as batch_op:
        batch_op.create_index("ix_model_call_window", ["model", "began_at"], unique=False)
    op.create_table(
        "budget_entry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"], name=op.f("fk_budget_entry_shop_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_entry")),
    )
    with op.batch_alter_table("budget_entry", schema=None) as batch_op:
        batch_op.create_index("ix_budget_entry_spent", ["shop", "at"], unique=False)
