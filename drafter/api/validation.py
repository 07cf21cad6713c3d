"""What Pydantic found wrong with a request, told in pointers and in words that say what to send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

from drafter.api.problems import CATALOGUE, FieldError, ProblemResponse, answer

#: Our words for the faults that senders meet most, with Pydantic's figures in them; the others keep Pydantic's.
_WORDS: Mapping[str, str] = {
    "missing": "This is required.",
    "extra_forbidden": "There is no field of this name. Check the spelling, or leave it out.",
    "timezone_aware": "The time has no zone. Send it with an offset, such as 2026-01-05T12:00:00Z.",
    "json_invalid": "This is not valid JSON.",
    "model_attributes_type": "Send a JSON object.",
    "dict_type": "Send a JSON object.",
    "string_type": "Send text.",
    "int_type": "Send a whole number.",
    "int_parsing": "Send a whole number.",
    "int_from_float": "Send a whole number.",
    "greater_than_equal": "Send {ge} or more.",
    "less_than_equal": "Send {le} or less.",
    "string_too_short": "Send at least {min_length} characters.",
    "string_too_long": "Send at most {max_length} characters.",
    "too_long": "Send at most {max_length} of these.",
    "literal_error": "Send one of {expected}.",
    "enum": "Send one of {expected}.",
    "string_unicode": "It contains half of a surrogate pair, which is no character. Take it out.",
}

_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")  # Python's way to show a member of an enum


async def on_validation_error(request: Request, error: Exception) -> ProblemResponse:
    """Answer a request whose fields cannot be used, naming each of them; what was sent is not repeated."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [field_error(fault) for fault in error.errors()]
    return answer(request.scope, CATALOGUE["invalid"], summary(faults), errors=faults)


def summary(faults: Sequence[FieldError]) -> str:
    """Return one sentence over all faults."""
    if any(fault.pointer == "" for fault in faults):
        return "The request needs a JSON object as its body. Nothing was done."
    places = ", ".join(sorted({fault.pointer or fault.parameter or "" for fault in faults}))
    return f"Nothing was done. Mend these and send the request again: {places}."


def field_error(fault: Mapping[str, Any]) -> FieldError:
    """Return one of Pydantic's faults as ours."""
    place, *path = fault["loc"]
    message = _message(fault)
    if place == "body":
        return FieldError(pointer=pointer(path), message=message)
    return FieldError(parameter=".".join(str(step) for step in path), message=message)


def pointer(path: Sequence[str | int]) -> str:
    """Return a path into the body as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _message(fault: Mapping[str, Any]) -> str:
    words = _WORDS.get(fault["type"])
    if words:
        return _MEMBER.sub(r"\1", words.format(**fault.get("ctx", {})))
    text = str(fault["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else text + "."
