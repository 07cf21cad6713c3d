"""Migrations: what is in the steps is what is in the tables, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, MetaData, String, Table, func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

from drafter.domain.errors import Misconfigured
from drafter.domain.review import Review
from drafter.store import attempts, reviews, shops
from drafter.store.database import Database
from drafter.store.migrations import configuration, migrate
from drafter.store.migrations.__main__ import propose
from drafter.store.migrations.scope import OPTIONS
from drafter.store.tables import Base, ReviewVersionRow

_TRY_OF_0004 = """
INSERT INTO attempt (id, review_id, review_version, revision, place, shop, writer, model, number, outcome, codes,
    calls, tokens_in, tokens_out, latency_ms, day, created_at)
VALUES (:id, :review, :version, 0, 1, 'default', 'llm', 'openai:a', 1, 'passed', '[]',
    1, 900, 100, 5.0, '2026-01-05', '2026-01-05 12:00:00.000000')
"""


def _differences(database: Database) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        return list(compare_metadata(context, Base.metadata))


def test_the_steps_lead_to_exactly_the_tables_of_the_code(database: Database) -> None:
    assert _differences(database) == []


def test_a_table_of_somebody_else_is_left_alone(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE orders_of_a_shop (id INTEGER PRIMARY KEY)"))
    assert _differences(database) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    before = set(inspect(database.engine).get_table_names())
    migrate(database)
    assert set(inspect(database.engine).get_table_names()) == before


def test_rows_of_an_older_version_are_there_after_an_upgrade(database: Database) -> None:
    """From 0004, before models were shared out, drafts judged by people, and reviews removed."""
    with database.restructuring() as connection:
        for table in (*reversed(Base.metadata.sorted_tables), Table("drafter_schema", MetaData())):
            table.drop(connection)
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    now, review = datetime(2026, 1, 5, 12, tzinfo=UTC), Review(external_id="r-1", text="Lovely")
    with database.writing() as session:
        shops.ensure_default(session)
        review_id = reviews.insert(session, review, {}, now)
        values = {"id": "try_1", "review": review_id, "version": review.version}
        session.execute(text(_TRY_OF_0004), values)
    migrate(database)
    assert _differences(database) == []
    with database.reading() as session:
        (kept,) = attempts.of_version(session, str(review_id), review.version)
    assert (kept.model, kept.prompt_hash, kept.usage.tokens_in) == ("openai:a", None, 900)


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


def test_a_database_of_a_newer_version_is_refused_with_advice(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE drafter_schema SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="newer version"):
        migrate(database)


def test_sqlite_rebuilds_a_table_without_losing_the_rows_that_point_to_it(sqlite_address: str) -> None:
    database = Database(sqlite_address)
    with database.writing() as session:
        shops.ensure_default(session)
        reviews.insert(session, Review(external_id="r-1", text="Lovely"), {}, datetime.now(UTC))
    with database.restructuring() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("review", recreate="always") as table:
            table.add_column(Column("note", String(10)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReviewVersionRow)) == 1
    database.close()


def test_a_change_of_the_tables_that_leaves_orphans_is_undone(database: Database) -> None:
    def restructure() -> None:
        with database.restructuring() as connection:
            connection.execute(
                insert(ReviewVersionRow).values(review_id="none", version="v", record={}, received_at=datetime.now(UTC))
            )

    with pytest.raises(IntegrityError):
        restructure()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReviewVersionRow)) == 0


def test_foreign_keys_hold_again_after_a_change_of_the_tables(database: Database) -> None:
    def orphan() -> None:
        with database.writing() as session:
            session.add(ReviewVersionRow(review_id="none", version="v", record={}, received_at=datetime.now(UTC)))

    migrate(database)
    with pytest.raises(IntegrityError):
        orphan()


def test_a_developer_gets_the_next_step_written(tmp_path: Path) -> None:
    """Nothing differs now, so it is an empty one."""
    propose("Nothing new", tmp_path)
    (step,) = tmp_path.glob("*.py")
    assert step.name.endswith("_nothing_new.py")
    assert 'down_revision = "' in step.read_text().replace("'", '"')
    assert "op." not in step.read_text().partition("def upgrade")[2]
