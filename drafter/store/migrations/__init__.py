"""Migrations: how the tables came to be, and how an older database becomes a newer one.

Alembic keeps the steps in `versions`; `migrate` takes them. No configuration file is needed.
"""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text

from drafter.domain.errors import Misconfigured
from drafter.store.database import Database

VERSIONS = Path(__file__).parent / "versions"

_LOCK = 0x64726166746572  # "drafter": the advisory lock of PostgreSQL that migrations hold


def migrate(database: Database) -> None:
    """Create our tables, or bring them up to date; nothing happens where they are.

    Several processes may start at once: the first one in holds the write lock (SQLite) or an advisory lock
    (PostgreSQL) until all is committed, the others then find nothing to do. A step that fails leaves nothing behind.

    Raises:
        Misconfigured: the database has seen a step that this version does not know.
    """
    with database.restructuring() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:  # the step that the database names is not among ours
            raise Misconfigured(
                f"The database was made by a newer version of Drafter ({error}). Install that version, or another "
                "database (DRAFTER_DATABASE_URL)."
            ) from error


def configuration(*folders: Path) -> Config:
    """Return Alembic's configuration for our steps, and for those in other folders."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    config.set_main_option("version_locations", os.pathsep.join(map(str, dict.fromkeys([VERSIONS, *folders]))))
    config.set_main_option("path_separator", "os")
    return config
