"""Migrations: how the tables came to be, and how an older database becomes a newer one.

Alembic keeps the steps in `versions`; `migrate` takes them. No configuration file is needed.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from drafter.store.database import Database

_LOCK = 0x64726166746572  # "drafter": the advisory lock of PostgreSQL that migrations hold


def migrate(database: Database) -> None:
    """Create our tables, or bring them up to date; nothing happens where they are.

    Several processes may start at once: the first one in holds the write lock (SQLite) or an advisory lock
    (PostgreSQL) until all is committed, the others then find nothing to do. A step that fails leaves nothing behind.
    """
    with database.writing() as session:
        if not database.is_sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")


def configuration() -> Config:
    """Return Alembic's configuration for our steps."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config
