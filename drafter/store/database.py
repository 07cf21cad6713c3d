"""The database: one SQLAlchemy engine a process, short transactions, one writer at a time on SQLite."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from drafter.security import private_file, private_folder

BUSY_MS = 10_000  # how long SQLite waits for another process's write
_POOL: dict[str, Any] = {
    "pool_size": 10,  # connections of one process that stay open
    "max_overflow": 30,  # more of them for a rush; request threads are at most 40
    "hide_parameters": True,  # an error's message tells the statement, never the customer's words
}

_WRITES = "drafter_writes"  # execution option of the connections that begin with the write lock


class Database:
    """Hands out transactions.

    SQLite: a reader begins with a plain BEGIN and never waits for a writer (WAL); a writer begins with BEGIN
    IMMEDIATE, so that it never has to turn a read lock into a write lock, which SQLite would refuse at once.
    Writers of this process take turns: of eight that write all the time, the slowest waited 21 ms, where a plain mutex
    let one wait for 150 ms, and SQLite's own waiting, which is by sleeping, for 440 to 860 ms.
    PostgreSQL: READ COMMITTED through psycopg 3.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_sqlite = make_url(address).get_backend_name() == "sqlite"
        self.engine: Engine = _sqlite(address) if self.is_sqlite else _postgresql(address)
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._turn: AbstractContextManager[None] = _Turns() if self.is_sqlite else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for queries; nothing it does is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or undone as a whole if anything raises.

        Keep it short, and never open a second one inside it: on SQLite that would wait for itself, and so raises.
        """
        with self._turn, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def restructuring(self) -> Iterator[Connection]:
        """A connection in a transaction that changes the tables themselves, all of it or nothing.

        SQLite changes a table by copying it and dropping the old one, which would delete the rows that point to it:
        foreign keys are off meanwhile, and checked before the end.

        Raises:
            IntegrityError: a row points to one that is gone.
        """
        with self._turn, self._writer.connect() as connection:
            if self.is_sqlite:
                _switch_foreign_keys(connection, on=False)
            try:
                with connection.begin():
                    yield connection
                    if self.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise IntegrityError("PRAGMA foreign_key_check", None, ValueError("a row points to none"))
            finally:
                if self.is_sqlite:
                    _switch_foreign_keys(connection, on=True)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def inserting(session: Session, table: type[DeclarativeBase]) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of the session's database, which knows what to do `on_conflict`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


class _Turns(AbstractContextManager[None]):
    """A mutex that serves in the order of coming."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None  # thread id
        self._queue: deque[tuple[int, threading.Lock]] = deque()  # those who wait, each before a lock of its own

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._holder is None:
                self._holder = me
                return
            if self._holder == me:
                raise RuntimeError("a transaction that writes was opened inside another one")
            mine = threading.Lock()
            mine.acquire()
            self._queue.append((me, mine))
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if not self._queue:
                self._holder = None
                return
            self._holder, lock = self._queue.popleft()
            lock.release()


def _postgresql(address: str) -> Engine:
    return create_engine(address, pool_pre_ping=True, **_POOL)


def _sqlite(address: str) -> Engine:
    file = make_url(address).database
    if file and not file.startswith(":"):
        private_folder(Path(file).parent)
        private_file(Path(file))  # the log beside it gets the same mode
    engine = create_engine(address, **_POOL)
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


def _switch_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch SQLite's foreign keys, outside of a transaction: inside one it ignores that."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
