"""What a model answers: the form it is asked for, and what is taken off a text that was to stand alone.

Taken off are thoughts, code fences, labels and quotation marks around the whole. Nothing else is guessed: what remains
is the model's text, and the checks judge it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from prompts.library import Library

_THOUGHTS = re.compile(r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
#: Some servers keep the opening mark to themselves.
_THOUGHTS_END = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A```[\w-]*\n(.*?)\n?```\Z", re.DOTALL)
_DIVIDER = re.compile(r"^[ \t]*(?:[-–—]{3,}|—|\*{3,}|_{3,})[ \t]*$", re.MULTILINE)
_LEADING_DIVIDERS = re.compile(rf"\A(?:\s*{_DIVIDER.pattern})+", re.MULTILINE)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "「": "」", "『": "』", "‘": "’"}
_WRAPPINGS = 4  # a fence around quotation marks around a label, at most


def _names(value: Any) -> Any:  # noqa: ANN401  # whatever a model sent in the place of a list
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


def _said(value: Any) -> Any:  # noqa: ANN401  # whatever a model sent in the place of a text
    return "" if value is None else value


Names = Annotated[list[str], BeforeValidator(_names), Field(default_factory=list)]


# One form for all channels: providers keep what requests have in common from their first byte on, and the form comes
# before the messages. Its docstring is sent.
class WrittenReply(BaseModel):
    """The answer to a customer's review."""

    public_reply: Annotated[str, BeforeValidator(_said)]
    private_message: Annotated[str, BeforeValidator(_said)] = ""
    facts_used: Names
    details_used: Names


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a model wrote, in whatever form; a text is empty where there is none."""

    public_reply: str
    private_message: str = ""
    facts_used: tuple[str, ...] | None = None  # None: it was not asked to name them
    details_used: tuple[str, ...] | None = None


def written(answer: WrittenReply | str) -> Written:
    """Return what was written; an answer in plain words is parted at its first line of dashes."""
    if isinstance(answer, str):
        return _parted(answer)
    return Written(
        public_reply=alone(answer.public_reply),
        private_message=alone(answer.private_message),
        facts_used=tuple(map(str.strip, answer.facts_used)),
        details_used=tuple(map(str.strip, answer.details_used)),
    )


def _parted(answer: str) -> Written:
    said = _LEADING_DIVIDERS.sub("", _unfenced(_THOUGHTS_END.sub("", _THOUGHTS.sub("", answer))))
    divider = _DIVIDER.search(said)
    if divider is None:
        return Written(public_reply=alone(said))
    return Written(public_reply=alone(said[: divider.start()]), private_message=alone(said[divider.end() :]))


def alone(text: str) -> str:
    """Return a text without a code fence, a label and quotation marks around it."""
    for _ in range(_WRAPPINGS):
        bare = _unquoted(_label().sub("", _unfenced(text)))
        if bare == text:
            break
        text = bare
    return text


def _unfenced(text: str) -> str:
    fenced = _FENCED.match(text.strip())
    return (fenced[1] if fenced else text).strip()


def _unquoted(text: str) -> str:
    closing = _QUOTES.get(text[:1])
    inner = text[1:-1]
    whole = closing is not None and text.endswith(closing) and closing not in inner and text[0] not in inner
    return inner.strip() if whole and inner else text


@cache
def _label() -> re.Pattern[str]:
    labels = sorted(Library().words("answer_labels").every, key=len, reverse=True)
    return re.compile(
        rf"\A(?:#+\s*|\*\*|__)?(?:{'|'.join(map(re.escape, labels))})(?:\*\*|__)?\s*(?:[:：]\s*(?:\*\*|__)?|\n)\s*",
        re.IGNORECASE,
    )
