"""The database: one SQLAlchemy engine a process, short transactions, one writer at a time on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 10_000  # how long SQLite waits for another process's write
POOL_SIZE = 10  # connections of one process that stay open
POOL_OVERFLOW = 20  # more of them for a rush; request threads are at most 40

_WRITES = "drafter_writes"  # execution option of the connections that begin with the write lock


class Database:
    """Hands out transactions.

    SQLite: a reader begins with a plain BEGIN and never waits for a writer (WAL); a writer begins with BEGIN
    IMMEDIATE, so that it never has to turn a read lock into a write lock, which SQLite would refuse at once.
    Writers of this process queue at one mutex: without it eight of them met p99 waits near a second.
    PostgreSQL: READ COMMITTED through psycopg 3.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_sqlite = make_url(address).get_backend_name() == "sqlite"
        self.engine: Engine = _sqlite(address) if self.is_sqlite else _postgresql(address)
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._mutex = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; nothing it does is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or undone as a whole if anything raises.

        Keep it short, and never open a second one inside it: on SQLite that would wait for itself.
        """
        with self._mutex, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _postgresql(address: str) -> Engine:
    return create_engine(address, pool_pre_ping=True, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)


def _sqlite(address: str) -> Engine:
    file = make_url(address).database
    if file and not file.startswith(":"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    cursor = connection.cursor()
    # busy_timeout first: changing to WAL needs a lock that another process may hold just now
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
