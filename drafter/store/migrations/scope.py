"""What Alembic looks at: our own tables, and no table of the job engine that lies beside them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.schema import SchemaItem

from drafter.store.tables import Base, UtcTime

VERSION_TABLE = "drafter_schema"  # one row: the last step taken


def is_ours(_item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: SchemaItem | None) -> bool:
    """Whether Alembic may compare this; a table that only the database knows belongs to somebody else."""
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def render(kind: str, item: Any, _: Any) -> str | bool:  # noqa: ANN401  # Alembic hands over anything
    """Write our time type as the plain one, so that a step never depends on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcTime) else False


OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "version_table": VERSION_TABLE,
    "include_object": is_ours,
    "render_item": render,
    "compare_type": True,
    "render_as_batch": True,  # SQLite changes a table by copying it
}
