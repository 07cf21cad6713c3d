"""The OpenAPI document: complete, with examples that hold, and no page that loads from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient

from drafter.api import answers, requests
from drafter.api.problems import CATALOGUE, TYPE_PREFIX, Problem
from drafter.insights import drafts, spending

JSON = "application/json"
PROBLEM = "application/problem+json"
MODELS: dict[str, type[BaseModel]] = {
    name: model
    for module in (answers, requests, drafts, spending)
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, BaseModel)
}


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_address


@pytest.fixture
def document(client: TestClient) -> Any:
    """The document as it is served."""
    return client.get("/openapi.json").json()


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def model_of(schema: Any) -> type[BaseModel]:
    """Return the class behind a schema, or behind the one part of it that is not null."""
    reference = schema.get("$ref") or next(part["$ref"] for part in schema["anyOf"] if "$ref" in part)
    return MODELS[reference.rsplit("/", 1)[1]]


def test_every_operation_has_a_tag_a_summary_and_a_description_or_is_plain(document: Any) -> None:
    for name, operation in operations(document):
        assert operation["tags"], name
        assert operation["summary"], name
        assert operation.get("description") or operation["tags"] == ["health"], name


def test_every_body_has_an_example_that_its_schema_takes(document: Any) -> None:
    bodies = [
        (name, operation["requestBody"]) for name, operation in operations(document) if "requestBody" in operation
    ]
    assert len(bodies) == 8
    for name, body in bodies:
        model = model_of(body["content"][JSON]["schema"])
        examples = document["components"]["schemas"][model.__name__]["examples"]
        assert examples, name
        for example in examples:
            model.model_validate(example)


def test_every_answer_has_an_example_that_its_schema_takes(document: Any) -> None:
    held = 0
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if operation["tags"] == ["health"] or not status.startswith("2") or status == "204":
                continue
            content = answer["content"][JSON]
            model_of(content["schema"]).model_validate(content["example"]), name
            held += 1
    assert held == 19


def test_an_example_that_drifts_would_be_noticed() -> None:
    with pytest.raises(ValidationError):
        answers.ReviewReceived.model_validate({"review_id": "rev_1"})


def test_every_error_answer_is_a_problem_with_an_example(document: Any) -> None:
    for name, operation in operations(document):
        refusals = {status: answer for status, answer in operation["responses"].items() if not status.startswith("2")}
        if operation["tags"] == ["health"]:
            continue
        assert {"400", "401", "403", "429", "500", "503"} <= refusals.keys(), name
        for status, refusal in refusals.items():
            (media_type,) = refusal["content"]
            assert media_type == PROBLEM, (name, status)
            assert refusal["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}
            for example in refusal["content"][PROBLEM]["examples"].values():
                assert Problem.model_validate(example["value"]).status == int(status)


def test_every_problem_type_is_documented_somewhere(document: Any) -> None:
    text = json.dumps(document)
    assert [name for name in CATALOGUE if TYPE_PREFIX + name not in text] == []


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from references(value)
        elif isinstance(node, list):
            for value in node:
                yield from references(value)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_key_is_described_and_asked_for_by_every_operation(document: Any) -> None:
    assert document["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"
    for name, operation in operations(document):
        assert bool(operation.get("security")) == (operation["tags"] != ["health"]), name


def test_posts_tell_of_the_idempotency_key(document: Any) -> None:
    for name, operation in operations(document):
        names = [parameter["name"] for parameter in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) == name.startswith("POST"), name


def test_the_webhook_is_described_with_an_example_that_its_schema_takes(document: Any) -> None:
    body = document["webhooks"]["reply.approved"]["post"]["requestBody"]["content"][JSON]
    model_of(body["schema"]).model_validate(body["example"])


def test_there_is_no_page_that_would_load_from_elsewhere(client: TestClient) -> None:
    for path in ("/docs", "/redoc", "/v1/docs", "/v1/redoc", "/v1/openapi.json"):
        assert client.get(path).status_code == 404, path
