"""Who may do what: every route asks for a key and its scope, and every refusal is a problem document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from drafter.api.documents import PREFIX
from drafter.application import Application
from drafter.people import Scope

OPEN = {"/healthz", "/readyz", "/metrics"}


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_address


@pytest.fixture
def anyone(app: FastAPI) -> Iterator[TestClient]:
    """A client without a key."""
    with TestClient(app) as client:
        yield client


def operations(client: TestClient) -> list[tuple[str, str, list[str]]]:
    """Return method, path and needed scopes of every documented route."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, [scope for entry in operation.get("security", []) for scope in entry["ApiKey"]])
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def filled(path: str) -> str:
    return path.replace("{", "").replace("}", "")


def test_every_route_of_the_api_is_documented_with_exactly_one_scope(anyone: TestClient) -> None:
    found = {(method, path): scopes for method, path, scopes in operations(anyone) if path not in OPEN}
    assert len(found) == 19
    assert all(path.startswith(PREFIX) for _, path in found)
    assert all(len(scopes) == 1 and scopes[0] in set(Scope) for scopes in found.values())
    assert {scope for scopes in found.values() for scope in scopes} == set(Scope)


def test_no_route_answers_without_a_key(anyone: TestClient) -> None:
    for method, path, scopes in operations(anyone):
        answer = anyone.request(method, filled(path))
        if path in OPEN:
            assert answer.status_code == 200, path
            continue
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path
        assert answer.headers["www-authenticate"].startswith("Bearer"), path
        assert scopes


def test_no_route_answers_a_key_without_its_scope(application: Application, anyone: TestClient) -> None:
    for method, path, scopes in operations(anyone):
        if path in OPEN:
            continue
        others = [scope for scope in Scope if scope not in scopes]
        token = application.people.create_key("narrow", "default", others).token
        answer = anyone.request(method, filled(path), headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json"), path
        assert f'scope="{scopes[0]}"' in answer.headers["www-authenticate"], path


@pytest.mark.parametrize(
    "header", ["Bearer drf_x_wrong", "Bearer nonsense", "Bearer ", "Basic bWFyaWE6eA==", "Bearer drf_\u00e9_\u00e9"]
)
def test_a_wrong_key_is_refused_before_the_body_is_looked_at(anyone: TestClient, header: str) -> None:
    answer = anyone.post("/v1/reviews", content=b"\xff" * 200_000, headers={b"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["www-authenticate"]


def test_a_revoked_key_is_refused(client: TestClient, application: Application) -> None:
    assert client.get("/v1/items").status_code == 200
    application.people.revoke_key(application.people.keys("default")[0].id)
    assert client.get("/v1/items").status_code == 401


def test_odd_addresses_get_problem_answers(client: TestClient) -> None:
    wanted = {
        ("GET", "/v1/nothing"): 404,
        ("GET", "/v1/"): 404,
        ("POST", "/v1/reviews/"): 404,
        ("PUT", "/v1/reviews"): 405,
        ("GET", "/v1/items/item_1%00"): 400,
        ("GET", "/v1/items?cursor=%00"): 400,
        ("GET", "/v1/items/" + "x" * 5000): 404,
        ("GET", "/v1/items/%F0%9F%98%80"): 404,
        ("GET", "/v1/items/%ff"): 404,
        ("GET", "/v1/items/item%0A1"): 404,
    }
    for (method, path), status in wanted.items():
        answer = client.request(method, path)
        assert answer.headers["content-type"] == "application/problem+json", path
        assert answer.status_code == answer.json()["status"] == status, path


def test_a_wrong_method_says_which_are_right(client: TestClient) -> None:
    answer = client.put("/v1/reviews")
    assert answer.headers["allow"] == "POST"
    assert "POST" in answer.json()["detail"]
