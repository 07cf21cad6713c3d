"""ETag and If-Match: the item's version, so that nobody decides on something that they have not seen."""

from __future__ import annotations

import re

from fastapi import Header

from drafter.api.problems import ApiProblem, FieldError

IF_MATCH = Header(
    description='The ETag of the item that the decision is about, such as `"3"`.',
    openapi_examples={"seen": {"value": '"3"'}},
)


def etag(version: int) -> str:
    """Return an item's version as an ETag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int:
    """Return the version that a decision is about.

    Raises:
        ApiProblem: the header is missing, or is not one ETag of ours.
    """
    if if_match is None:
        detail = "Send the item's ETag in If-Match, so that the decision is about the text that was seen."
        raise ApiProblem("precondition-required", detail)
    found = re.fullmatch(r'"([0-9]{1,9})"', if_match.strip())
    if found is None:
        message = 'Send exactly one ETag as it was answered, such as "3" with its quotation marks.'
        raise ApiProblem("bad-request", message, errors=[FieldError(parameter="If-Match", message=message)])
    return int(found[1])
