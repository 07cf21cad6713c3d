"""Lingua's trigrams, the witness for words and languages that we have no texts of. The only module with lingua in it.

Low-accuracy mode: honest and small. The high-accuracy mode takes 350 MB more, and with our own profile beside it
tells the twelve languages apart no better.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

_CODES = {"tl": "fil"}


class Trigrams:
    """Asks lingua; loads it with the first text."""

    def __init__(self, languages: Collection[str]) -> None:
        self._languages = frozenset(languages)
        self._lock = threading.Lock()
        self._detector: LanguageDetector | None = None

    def confidences(self, prose: str) -> dict[str, float]:
        """Return lingua's confidence by language; empty where it has none."""
        values = self._loaded().compute_language_confidence_values(prose)
        found = {value.language.iso_code_639_1.name.lower(): value.value for value in values if value.value > 0}
        return {_CODES.get(code, code): value for code, value in found.items()}

    def _loaded(self) -> LanguageDetector:
        with self._lock:
            if self._detector is None:
                from lingua import Language, LanguageDetectorBuilder  # noqa: PLC0415  # only when a text is there

                wanted = [
                    language
                    for language in Language.all()
                    if _CODES.get(code := language.iso_code_639_1.name.lower(), code) in self._languages
                ]
                self._detector = LanguageDetectorBuilder.from_languages(*wanted).with_low_accuracy_mode().build()
            return self._detector
