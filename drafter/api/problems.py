"""Problem answers (RFC 9457): every error of the API in one form, with a title and what to do about it.

`CATALOGUE` is the closed list of problem types. An error of the domain finds its type by its class, the nearest
ancestor first; the status codes belong to the errors here and nowhere below.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Scope

from drafter.domain import errors
from drafter.domain.finding import Finding

TYPE_PREFIX = "urn:drafter:problem:"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, kw_only=True)
class ProblemType:
    """One kind of problem."""

    name: str  # the end of its `type`
    status: int
    title: str  # the same for every problem of the kind


class FieldError(BaseModel):
    """One thing wrong with one place of the request."""

    pointer: str | None = Field(default=None, description="JSON pointer into the body; empty for the body itself.")
    parameter: str | None = Field(default=None, description="Name of the path, query or header parameter.")
    message: str = Field(description="What is wrong and what to send.")


class Problem(BaseModel):
    """A problem answer."""

    type: str = Field(description="Which kind of problem it is; does not change.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field(description="What happened this time, and what to do.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[FieldError] | None = Field(default=None, description="Each place that is wrong.")
    findings: list[Finding] | None = Field(default=None, description="What stands against the text.")
    incident: str | None = Field(default=None, description="Look for it in the server's log.")


class ApiProblem(Exception):
    """A refusal of the API itself; `name` is a type of the catalogue, the message says what to do."""

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[FieldError] | None = None,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.headers = headers
        self.errors = errors


CATALOGUE: Mapping[str, ProblemType] = {
    kind.name: kind
    for kind in (
        ProblemType(name="invalid-json", status=400, title="The body is not JSON"),
        ProblemType(name="bad-request", status=400, title="The request cannot be understood"),
        ProblemType(name="not-signed-in", status=401, title="A valid API key is needed"),
        ProblemType(name="not-allowed", status=403, title="The key does not cover this"),
        ProblemType(name="not-found", status=404, title="Nothing has that address"),
        ProblemType(name="method-not-allowed", status=405, title="The address does not take this method"),
        ProblemType(name="conflict", status=409, title="Something else was first"),
        ProblemType(name="illegal-step", status=409, title="The state does not allow this"),
        ProblemType(name="claimed-by-another", status=409, title="Another person has the item open"),
        ProblemType(name="request-in-progress", status=409, title="The same request is still being worked on"),
        ProblemType(name="stale-version", status=412, title="The item has changed since it was read"),
        ProblemType(name="too-large", status=413, title="The body is too large"),
        ProblemType(name="unsupported-media-type", status=415, title="The body is not sent as JSON"),
        ProblemType(name="invalid", status=422, title="Some fields cannot be used"),
        ProblemType(name="bad-input", status=422, title="What was sent cannot be used"),
        ProblemType(name="unknown-shop", status=422, title="The shop is unknown to this key"),
        ProblemType(name="blocked", status=422, title="A blocking finding stands against the text"),
        ProblemType(name="idempotency-key-reused", status=422, title="The Idempotency-Key belongs to another request"),
        ProblemType(name="precondition-required", status=428, title="If-Match is missing"),
        ProblemType(name="too-many-requests", status=429, title="Too many requests"),
        ProblemType(name="unexpected", status=500, title="Something went wrong on our side"),
        ProblemType(name="unavailable", status=503, title="A part of the service is not available"),
    )
}

_BY_ERROR: Mapping[type[BaseException], str] = {
    errors.BadInput: "bad-input",
    errors.UnknownShop: "unknown-shop",
    errors.NotFound: "not-found",
    errors.NotAllowed: "not-allowed",
    errors.NotSignedIn: "not-signed-in",
    errors.Conflict: "conflict",
    errors.IllegalStep: "illegal-step",
    errors.StaleVersion: "stale-version",
    errors.ClaimedByAnother: "claimed-by-another",
    errors.Blocked: "blocked",
    errors.TranslatorFailed: "unavailable",
}

CHALLENGE = 'Bearer realm="drafter"'


class ProblemResponse(JSONResponse):
    """JSON under the media type of problem details."""

    media_type = MEDIA_TYPE

    def render(self, content: object) -> bytes:
        """Return the body; half a surrogate pair in a field's name becomes a question mark."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def type_of(error: errors.DrafterError) -> ProblemType | None:
    """Return the problem type of an error; None for those that say nothing to a client."""
    names = (_BY_ERROR.get(kind) for kind in type(error).__mro__)
    return next((CATALOGUE[name] for name in names if name), None)


def answer(
    scope: Scope,
    kind: ProblemType,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,  # noqa: ANN401  # checked by the model
) -> ProblemResponse:
    """Return the answer for a problem; `more` are the type's own members."""
    problem = Problem(
        type=TYPE_PREFIX + kind.name,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=quote(scope["path"], errors="replace"),
        **more,
    )
    return ProblemResponse(problem.model_dump(mode="json", exclude_none=True), kind.status, headers)


def refuse(scope: Scope, problem: ApiProblem) -> ProblemResponse:
    """Return the answer for a refusal of the API itself."""
    return answer(scope, CATALOGUE[problem.name], str(problem), headers=problem.headers, errors=problem.errors)


async def on_api_problem(request: Request, problem: Exception) -> ProblemResponse:
    """Answer an `ApiProblem`."""
    if not isinstance(problem, ApiProblem):
        raise problem
    return refuse(request.scope, problem)


async def on_drafter_error(request: Request, error: Exception) -> ProblemResponse:
    """Answer an error of the domain; those that tell a client nothing are raised again."""
    kind = type_of(error) if isinstance(error, errors.DrafterError) else None
    if kind is None:
        raise error
    headers = {"WWW-Authenticate": CHALLENGE} if kind.status == HTTPStatus.UNAUTHORIZED else None
    findings = list(error.findings) if isinstance(error, errors.Blocked) else None
    return answer(request.scope, kind, str(error), headers=headers, findings=findings)


async def on_http_exception(request: Request, error: Exception) -> ProblemResponse:
    """Answer what the framework refuses: unknown paths, wrong methods."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = "There is nothing at this address. The addresses are listed in /openapi.json."
        return answer(request.scope, CATALOGUE["not-found"], detail)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        detail = f"This address does not take {request.method}; it takes {allowed}."
        return answer(request.scope, CATALOGUE["method-not-allowed"], detail, headers=error.headers)
    kind = ProblemType(name="bad-request", status=error.status_code, title=HTTPStatus(error.status_code).phrase)
    return answer(request.scope, kind, str(error.detail), headers=error.headers)
