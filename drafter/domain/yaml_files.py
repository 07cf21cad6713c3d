"""Reading our own YAML: the same as `yaml.safe_load`, about seven times as fast where PyYAML was built with libyaml."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parsed(text: str) -> Any:  # noqa: ANN401  # as the text has it; the caller validates
    """Return what a YAML text holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader
