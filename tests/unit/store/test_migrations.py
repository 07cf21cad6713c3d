"""Migrations: what is in the steps is what is in the tables, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from drafter.store.database import Database
from drafter.store.migrations import migrate
from drafter.store.migrations.scope import OPTIONS
from drafter.store.tables import Base


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        return list(compare_metadata(context, Base.metadata))


def test_the_steps_lead_to_exactly_the_tables_of_the_code(database: Database) -> None:
    assert _differences(database) == []


def test_a_table_of_somebody_else_is_left_alone(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE workflow_status (id INTEGER PRIMARY KEY)"))
    assert _differences(database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = set(inspect(database.engine).get_table_names())
    migrate(database)
    assert set(inspect(database.engine).get_table_names()) == before


def test_several_processes_may_migrate_an_empty_database_at_once(database: Database) -> None:
    """Each `Database` has a mutex and connections of its own, as separate processes would."""
    with database.writing() as session:
        session.execute(text("DROP TABLE drafter_schema"))
        for table in reversed(Base.metadata.sorted_tables):
            table.drop(session.connection())
    others = [Database(database.address) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, others))
    for other in others:
        other.close()
    assert _differences(database) == []
