"""Signatures of reviews, by which near copies are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_signature",
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("review_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_signature_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "value", "review_id", name=op.f("pk_review_signature")),
    )
    with op.batch_alter_table("review_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_signature_review_id"), ["review_id"], unique=False)
