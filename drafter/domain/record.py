"""The base of every record: frozen, keyword-only, unknown keys refused."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict


def storable(value: object) -> object:
    """Return text with each NUL and lone surrogate replaced by U+FFFD, one for one so that spans hold.

    Neither is a character: UTF-8 has no form for the one, PostgreSQL's text none for the other.
    """
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in value)


#: Text from outside, fit to be stored and sent.
Text = Annotated[str, BeforeValidator(storable)]


class Record(BaseModel):
    """A fact that never changes; a change is a new record (`with_changes`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True)

    @classmethod
    def from_store(cls, fields: object) -> Self:
        """Return the record that was stored with these fields; those that another version of Drafter had are left out.

        Only what comes from outside is held to exactly the fields that there are.
        """
        return cls.model_validate(fields, extra="ignore")

    def with_changes(self, **changes: Any) -> Self:  # noqa: ANN401  # a field may hold anything
        """Return a copy with the named fields replaced, validated as at first."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(fields | changes)
