"""What a translator answers: a text for each that it was given."""

from __future__ import annotations

import re
from typing import Annotated, get_args

from pydantic import BaseModel, BeforeValidator

from drafter.domain.translation import TextName

NAMES: tuple[TextName, ...] = get_args(TextName)

_HEADING = re.compile(
    r"^[#*=\s]*(review|public[_ ]reply|private[_ ]message)[*=\s]*:?[*=\s]*$", re.IGNORECASE | re.MULTILINE
)

TextOrNone = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


class TranslatedTexts(BaseModel):
    """The translations; a text that was not given is empty."""

    review: TextOrNone = ""
    public_reply: TextOrNone = ""
    private_message: TextOrNone = ""

    @property
    def texts(self) -> dict[TextName, str]:
        """The translations that say something."""
        given: dict[TextName, str] = {name: getattr(self, name).strip() for name in NAMES}
        return {name: text for name, text in given.items() if text}


def translated_in(words: str) -> TranslatedTexts | None:
    """Return the translations in an answer of plain words, each under a heading with its name; None without one."""
    _, *pieces = _HEADING.split(words)
    names = (piece.lower().replace(" ", "_") for piece in pieces[::2])
    return TranslatedTexts.model_validate(dict(zip(names, pieces[1::2], strict=True))) if pieces else None
