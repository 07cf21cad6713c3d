"""The base of every record: frozen, keyword-only, unknown keys refused."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A fact that never changes; a change is a new record (`with_changes`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    def with_changes(self, **changes: Any) -> Self:  # noqa: ANN401  # a field may hold anything
        """Return a copy with the named fields replaced, validated as at first."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(fields | changes)
