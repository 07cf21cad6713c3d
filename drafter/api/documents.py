"""The OpenAPI document: what every answer looks like, problems included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from drafter.api import examples
from drafter.api.problems import CATALOGUE, MEDIA_TYPE, TYPE_PREFIX, Problem, ProblemType

PREFIX = "/v1"
JSON = "application/json"
TAGS = [
    {"name": "reviews", "description": "Reviews come in; each is drafted in the background."},
    {"name": "items", "description": "Reviews with their drafts, before a person. Nobody decided means not sent."},
    {"name": "deliveries", "description": "Approved replies, to be posted exactly once."},
    {"name": "shops", "description": "How a shop sounds."},
    {"name": "insights", "description": "What can be learnt from decisions and tries."},
    {"name": "health", "description": "For machines that watch."},
]
_EVERYWHERE = ("bad-request", "not-signed-in", "not-allowed", "too-many-requests", "unexpected", "unavailable")
_ON_POSTS = ("request-in-progress", "idempotency-key-reused")
_PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}

Responses = dict[int | str, dict[str, Any]]


def refusals(*names: str) -> Responses:
    """Return how a route refuses: the named problem types, and those that every route has."""
    by_status: defaultdict[int, list[ProblemType]] = defaultdict(list)
    for name in dict.fromkeys((*names, *_EVERYWHERE)):
        by_status[CATALOGUE[name].status].append(CATALOGUE[name])
    return {status: _refusal(kinds) for status, kinds in sorted(by_status.items())}


def answers(example: str, description: str = "Done.") -> dict[str, Any]:
    """Return how an answer is described: by a sentence and an example, by its name in `examples`.

    `document` puts the example in its place: the framework would take the nulls out of it.
    """
    return {"description": description, "content": {JSON: {"example": example}}}


def _refusal(kinds: Sequence[ProblemType]) -> dict[str, Any]:
    return {
        "description": "; ".join(kind.title for kind in kinds) + ".",
        "content": {MEDIA_TYPE: {"schema": _PROBLEM_SCHEMA, "examples": {kind.name: _example(kind) for kind in kinds}}},
    }


def _example(kind: ProblemType) -> dict[str, Any]:
    problem = Problem(
        type=TYPE_PREFIX + kind.name,
        title=kind.title,
        status=kind.status,
        detail="A sentence about this case, which says what to do.",
        instance=f"{PREFIX}/...",
    )
    return {"value": problem.model_dump(exclude_none=True)}


def document(api: FastAPI, open_routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """Return the OpenAPI document of the API under its prefix and of the routes beside it."""
    inside = get_openapi(
        title=api.title, version=version("drafter"), description=_description(), routes=api.routes, tags=TAGS
    )
    beside = get_openapi(title=api.title, version=version("drafter"), routes=open_routes)
    inside["paths"] = {PREFIX + path: item for path, item in inside["paths"].items()} | beside["paths"]
    inside["webhooks"] = {examples.DELIVERY["type"]: _webhook()}
    schemas = inside["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):  # the framework's own, which no route answers
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for path in inside["paths"].values():
        for method, operation in path.items():
            _describe_answers(operation["responses"])
            if method == "post":
                _describe_idempotency(operation)
    return inside


def _webhook() -> dict[str, Any]:
    """Return how an approved reply is sent to a shop's webhook: as it is fetched, and signed."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    body = {"schema": {"$ref": "#/components/schemas/OutgoingReply"}, "example": examples.DELIVERY}
    return {
        "post": {
            "tags": ["deliveries"],
            "summary": "An approved reply is sent to the shop's webhook",
            "description": "Signed by the Standard Webhooks rules; `webhook-id` is the delivery's id and the same "
            "each time. Any 2xx acknowledges it; anything else has it sent again, later and later.",
            "parameters": [
                {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in names
            ],
            "requestBody": {"required": True, "content": {JSON: body}},
            "responses": {"2XX": {"description": "The reply has arrived."}},
        }
    }


def _describe_answers(responses: dict[str, Any]) -> None:
    """Put examples in their places, and take out the refusal that the framework adds to routes that never give it."""
    for status, response in list(responses.items()):
        content = response.get("content", {})
        if status == "422" and MEDIA_TYPE not in content:
            del responses[status]
        elif isinstance(name := content.get(JSON, {}).get("example"), str):
            content[JSON]["example"] = getattr(examples, name)


def _describe_idempotency(operation: dict[str, Any]) -> None:
    parameter = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A name of your own for this request, such as a UUID. The same request with the same key "
        "within 24 hours is done once and answered alike.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    }
    operation.setdefault("parameters", []).append(parameter)
    for status, refusal in refusals(*_ON_POSTS).items():
        known = operation["responses"].setdefault(str(status), refusal)
        if status in {CATALOGUE[name].status for name in _ON_POSTS}:
            known["content"][MEDIA_TYPE]["examples"] |= refusal["content"][MEDIA_TYPE]["examples"]


def _description() -> str:
    rows = "\n".join(
        f"| `{TYPE_PREFIX}{kind.name}` | {kind.status} {HTTPStatus(kind.status).phrase} | {kind.title} |"
        for kind in CATALOGUE.values()
    )
    return (
        "Send reviews, decide about the drafts, fetch the approved replies. A key belongs to one shop and sees that "
        "shop only. Every error is a problem document (RFC 9457) of one of these types:\n\n"
        f"| type | status | meaning |\n| --- | --- | --- |\n{rows}\n"
    )
