"""Texts with variables: which they name, how they are filled, and by which hash their content is known."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterable, Mapping
from functools import lru_cache


class PromptError(Exception):
    """A prompt or template cannot be used; the message names the file and what is wrong with it."""


class UnknownPrompt(PromptError):
    """No file of that name."""


class MissingVariables(PromptError):
    """A text needs variables that were not given; `names` holds all of them."""

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(f"The text {text!r} needs: {', '.join(self.names)}.")


@lru_cache(maxsize=8192)  # there are some thousand texts, each asked for with every draft
def variables_of(text: str) -> frozenset[str]:
    """Return the names of the variables of a text.

    Raises:
        ValueError: a brace stands alone, or a variable is more than a plain name.
    """
    names: set[str] = set()
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"{{{name}}} is not a plain variable")
        names.add(name)
    return frozenset(names)


def render(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with its variables filled in; values are never read as templates.

    Raises:
        MissingVariables: with all that are missing.
    """
    missing = variables_of(text) - variables.keys()
    if missing:
        raise MissingVariables(text, missing)
    return text.format_map(dict(variables))


def content_hash(content: object) -> str:
    """Return `sha256:...` of the canonical form: JSON with sorted keys, so that layout and comments do not count."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
