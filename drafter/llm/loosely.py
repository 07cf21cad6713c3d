"""Reading an answer that keeps its form loosely: words, lists, and the JSON object among plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_APART = re.compile(r"[\s-]+")


def word(value: object) -> object:
    """Return a text as the names in an answer are spelled: small, with `_` between words, bare of marks around it."""
    return _APART.sub("_", value.strip(" \t\n\"'`*.").lower()) if isinstance(value, str) else value


def listed(value: object) -> list[object]:
    """Return a list, or what stands in the place of one as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def object_in(words: str) -> Mapping[str, Any] | None:
    """Return the JSON object that plain words hold, from the first brace to the last; None where there is none."""
    found = _OBJECT.search(words)
    try:
        value = json.loads(found[0]) if found else None
    except (json.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
