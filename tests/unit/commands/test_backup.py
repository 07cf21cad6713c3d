"""`backup` on SQLite: what lies in the folder that is meant, whatever its name, and never an empty or damaged copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from drafter.commands.backup import backup
from drafter.domain.errors import BadInput


def in_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """Return a connection to the database of a data folder, with a row that only its write-ahead log holds."""
    folder.mkdir()
    monkeypatch.setenv("DRAFTER_DATA_DIR", str(folder))
    monkeypatch.delenv("DRAFTER_DATABASE_URL", raising=False)
    live = sqlite3.connect(folder / "drafter.db", isolation_level=None)
    live.execute("PRAGMA journal_mode=WAL")
    live.execute("CREATE TABLE person (name TEXT)")
    live.execute("INSERT INTO person VALUES ('ana')")
    return live


@pytest.mark.parametrize("name", ["plain", "a#b", "a%20b", "ü b+c", "a?b", "a&mode=rwc"])
def test_the_database_of_the_folder_is_copied_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with closing(in_use(tmp_path / name, monkeypatch)):
        backup(tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT name FROM person").fetchall() == [("ana",)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["copy.db", name])


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "holds no table"), (b"no database at all" * 100, "not a database")]
)
def test_an_empty_or_damaged_database_gives_no_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    monkeypatch.setenv("DRAFTER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DRAFTER_DATABASE_URL", raising=False)
    (tmp_path / "drafter.db").write_bytes(content)
    with pytest.raises(BadInput, match=told):
        backup(tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["drafter.db"]
