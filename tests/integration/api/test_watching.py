"""Health, metrics, limits, and what a client sees when something breaks."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from drafter import api
from drafter.application import Application
from drafter.settings import Settings

SECRET = "Zipper of Ana broke"


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_address


def unreachable(*_: object, **__: object) -> Any:
    raise OperationalError(f"INSERT {SECRET}", {}, Exception("connection refused"))


def test_a_process_that_can_work_says_so(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]) == (200, {"database": "ok", "jobs": "ok"})


@pytest.mark.parametrize(
    ("part", "method", "name"), [("database", "reading", "database"), ("engine", "waiting", "jobs")]
)
def test_a_process_that_cannot_work_names_the_part(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch, part: str, method: str, name: str
) -> None:
    monkeypatch.setattr(getattr(application, part), method, unreachable)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"][name] == "unavailable"
    assert client.get("/healthz").status_code == 200
    metrics = client.get("/metrics")
    assert metrics.status_code == 200
    assert f'drafter_part_available{{part="{name}"}} 0' in metrics.text.splitlines()
    assert "drafter_items" not in metrics.text


def test_metrics_count_items_jobs_and_requests_by_route(client: TestClient, item_id: str) -> None:
    client.get(f"/v1/items/{item_id}")
    client.get("/v1/items/item_x")
    client.get("/v1/nothing/here")
    answer = client.get("/metrics")
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'drafter_items{state="queued"} 1' in lines
    assert "drafter_replies_not_delivered 0" in lines
    assert 'drafter_items{state="approved"} 0' in lines
    assert "drafter_drafting_jobs_waiting 1" in lines
    assert 'drafter_http_requests_total{method="GET",route="/v1/items/{item_id}",status="200"} 1' in lines
    assert 'drafter_http_requests_total{method="GET",route="/v1/items/{item_id}",status="404"} 1' in lines
    assert 'drafter_http_requests_total{method="GET",route="unknown",status="404"} 1' in lines
    assert "nothing" not in answer.text


def test_the_unexpected_is_answered_and_logged_without_what_was_sent(
    client: TestClient,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(application.intake, "receive", broken)
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/v1/reviews", json={"review": {"external_id": "r-1", "text": SECRET}})
    told = answer.json()
    assert (answer.status_code, told["type"]) == (500, "urn:drafter:problem:unexpected")
    (entry,) = [record for record in caplog.records if record.message == "api.failed"]
    assert entry.__dict__["incident"] == told["incident"]
    assert entry.__dict__["error"] == "RuntimeError"
    assert "Zipper" not in answer.text
    assert all("Zipper" not in str(record.__dict__) for record in caplog.records)


def test_an_unreachable_database_asks_to_come_back_later(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.approvals, "queue", unreachable)
    answer = client.get("/v1/items")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"] == "urn:drafter:problem:unavailable"
    assert "Zipper" not in answer.text


def test_a_key_that_asks_too_often_is_told_how_long_to_wait(application: Application, settings: Settings) -> None:
    few = Application(**{**application.__dict__, "settings": settings.model_copy(update={"requests_per_minute": 2})})
    app = FastAPI(openapi_url=None)
    api.install(app, few)
    with TestClient(app) as client:
        token = application.people.create_key("eager", "default").token
        answers = [client.get("/v1/items", headers={"Authorization": f"Bearer {token}"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"default";q=2;w=60'
        assert answers[0].headers["ratelimit"] == '"default";r=1;t=30'
        assert int(answers[2].headers["retry-after"]) in range(1, 31)
        assert answers[2].json()["type"] == "urn:drafter:problem:too-many-requests"
        other = application.people.create_key("calm", "default").token
        assert client.get("/v1/items", headers={"Authorization": f"Bearer {other}"}).status_code == 200


def test_answers_are_not_to_be_kept_by_caches(client: TestClient, item_id: str) -> None:
    for path in (f"/v1/items/{item_id}", "/v1/items/none", "/v1/deliveries"):
        assert client.get(path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_wrong_method_is_a_problem_also_where_pages_take_every_other_address(
    app: FastAPI, client: TestClient, method: str, path: str
) -> None:
    app.mount("/", FastAPI())
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.headers["content-type"] == "application/problem+json"
