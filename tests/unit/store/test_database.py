"""Transactions: kept or undone as a whole, readers and writers side by side, on both databases."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import IntegrityError, StatementError

from drafter.domain.shop import Shop
from drafter.store import shops
from drafter.store.database import Database
from drafter.store.migrations import migrate
from drafter.store.tables import HeartbeatRow, ReviewVersionRow

WAIT = 10.0  # seconds, for what must come


def _names(database: Database) -> list[str]:
    with database.reading() as session:
        return [shop.name for shop in shops.list_all(session)]


def test_what_was_written_is_there(database: Database) -> None:
    with database.writing() as session:
        shops.save(session, Shop(name="one"))
    assert _names(database) == ["one"]


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def write_and_fail() -> None:
        with database.writing() as session:
            shops.save(session, Shop(name="one"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert _names(database) == []


def test_what_a_reading_session_changes_is_not_kept(database: Database) -> None:
    with database.reading() as session:
        shops.save(session, Shop(name="one"))
    assert _names(database) == []


def test_a_reader_waits_for_no_writer_and_sees_only_what_is_committed(database: Database) -> None:
    with database.writing() as session:
        shops.save(session, Shop(name="one"))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_names, database).result(WAIT) == []
    assert _names(database) == ["one"]


def test_a_writer_waits_for_no_reader(database: Database) -> None:
    with database.reading() as session:
        assert shops.list_all(session) == ()
        with database.writing() as other:
            shops.save(other, Shop(name="one"))
    assert _names(database) == ["one"]


def test_writers_of_many_threads_lose_nothing(database: Database) -> None:
    """Each adds one to a number that it has read."""
    with database.writing() as session:
        session.execute(text("CREATE TABLE counter (value INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    counter = table("counter", column("value"))

    def add(_: int) -> None:
        with database.writing() as session:
            value = session.scalars(select(counter.c.value).with_for_update()).one()
            session.execute(counter.update().values(value=value + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    with database.reading() as session:
        assert session.scalar(select(counter.c.value)) == 80


def test_another_process_that_writes_is_waited_for(database: Database) -> None:
    """The second `Database` has a queue of its own, as another process would."""
    other = Database(database.address)
    entered = threading.Event()

    def write() -> None:
        entered.set()
        with other.writing() as session:
            shops.save(session, Shop(name="two"))

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            shops.save(session, Shop(name="one"))
            second = pool.submit(write)
            assert entered.wait(WAIT)
        second.result(WAIT)
    other.close()
    assert _names(database) == ["one", "two"]


def test_a_write_inside_a_write_is_refused_where_it_would_wait_for_itself(sqlite_address: str) -> None:
    database = Database(sqlite_address)

    def nested() -> None:
        with database.writing(), database.writing():
            pass

    with pytest.raises(RuntimeError, match="inside another"):
        nested()
    with database.writing() as session:  # and the first one's turn is over
        shops.save(session, Shop(name="one"))
    database.close()


def test_a_row_must_point_to_one_that_exists(database: Database) -> None:
    def orphan() -> None:
        with database.writing() as session:
            now = datetime.now(UTC)
            session.add(ReviewVersionRow(review_id="rev_none", version="v1", record={}, received_at=now))

    with pytest.raises(IntegrityError):
        orphan()


def test_a_time_comes_back_in_utc(database: Database) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=7)))
    with database.writing() as session:
        session.add(HeartbeatRow(id="one", seen_at=at))
    with database.reading() as session:
        stored = session.scalar(select(HeartbeatRow.seen_at))
    assert stored == at
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    def store() -> None:
        with database.writing() as session:
            session.add(HeartbeatRow(id="one", seen_at=datetime(2026, 3, 1)))  # noqa: DTZ001  # that is the point

    with pytest.raises(StatementError, match="without a zone"):
        store()


def test_what_customers_wrote_is_for_our_own_account_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "demo" / "drafter.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file, *file.parent.iterdir(), *file.parents[:2])}
    database.close()
    assert modes == {
        "data": 0o700,
        "demo": 0o700,
        "drafter.db": 0o600,
        "drafter.db-wal": 0o600,
        "drafter.db-shm": 0o600,
    }


def test_a_database_that_everybody_could_read_is_closed_to_others(tmp_path: Path) -> None:
    file = tmp_path / "drafter.db"
    file.touch(0o644)
    Database(f"sqlite:///{file}").close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
