"""Data that comes with the package: word lists as YAML, read with `load`."""

from __future__ import annotations

from importlib import resources
from typing import Any

from drafter.domain.yaml_files import parsed


def load(path: str) -> dict[str, Any]:
    """Return the content of a YAML file of this package; `path` is relative to it, with slashes."""
    content = parsed(resources.files(__name__).joinpath(path).read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{path} must hold a mapping at its top")
    return content


def names(folder: str) -> list[str]:
    """Return the names of a folder's YAML files without their ending, sorted."""
    files = resources.files(__name__).joinpath(folder).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))
