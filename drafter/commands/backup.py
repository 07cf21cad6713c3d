"""`backup`: a complete copy of the database, while Drafter runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from drafter.domain.errors import BadInput, Misconfigured
from drafter.security import private_file
from drafter.settings import load_settings


def backup(
    target: Annotated[Path, typer.Argument(help="File to write; it must not exist yet.")],
) -> None:
    """Write a complete copy of the database to a file, while Drafter runs."""
    settings = load_settings()
    if target.exists():
        raise BadInput(f"{target} exists already; a backup never overwrites. Name another file.")
    if not target.parent.is_dir():
        raise BadInput(f"There is no folder {target.parent}. Make it first, or name another one.")
    url = make_url(settings.database_address)
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(Path(url.database or ""), target)
    else:
        _dump_postgresql(settings.database_address, target)
    typer.echo(f"{target}: {target.stat().st_size:,} bytes")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be in use, its write-ahead log included, and check the copy."""
    if not source.exists():
        raise BadInput(f"There is no database at {source} yet. Is DRAFTER_DATA_DIR right?")
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    private_file(part)
    try:
        verdict = _copied(source, part)
    except sqlite3.Error as error:
        verdict = f"{source}: {error}"
    if verdict != "ok":
        part.unlink()
        raise BadInput(f"The database is damaged: {verdict}. No backup was written.")
    part.rename(target)


def _copied(source: Path, part: Path) -> str:
    """Copy a database and return `ok`, or what is wrong with the copy."""
    address = source.resolve().as_uri() + "?mode=ro"  # a `#` or `?` in the path would end it, and open another file
    with closing(sqlite3.connect(address, uri=True)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        verdict = str(copy.execute("PRAGMA integrity_check").fetchone()[0])
        tables = copy.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
    return verdict if tables else f"{source} holds no table"


def _dump_postgresql(address: str, target: Path) -> None:
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Misconfigured(
            "pg_dump is not on this machine. Install PostgreSQL's client (Debian: postgresql-client), or take the "
            "backup where the server runs: pg_dump --format=custom --file FILE DATABASE"
        )
    url = make_url(address).set(drivername="postgresql")
    environment = {**os.environ, "PGPASSWORD": str(url.password or "")}
    plain = url.set(password=None).render_as_string(hide_password=False)
    private_file(target)  # made before pg_dump writes into it
    command = [tool, "--format=custom", f"--file={target}", plain]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # its words are ours
    if done.returncode:
        target.unlink(missing_ok=True)
        raise BadInput(f"pg_dump failed: {done.stderr.strip()}")
