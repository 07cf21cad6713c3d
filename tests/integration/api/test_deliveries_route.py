"""Deliveries over HTTP: fetched, acknowledged and posted, exactly once, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.testing import FixedClock


@pytest.fixture
def ready(client: TestClient, application: Application, item_id: str, clock: FixedClock) -> str:
    """Approve the item, let the undo window pass, and return the delivery's id."""
    body = {"kind": "approve", "actor": "maria"}
    answer = client.post(f"/v1/items/{item_id}/decisions", json=body, headers={"If-Match": '"1"'})
    clock.forward(timedelta(minutes=1))
    application.delivery.tick()
    return str(answer.json()["reply"]["delivery_id"])


def fetched(client: TestClient) -> list[Any]:
    return list(client.get("/v1/deliveries").json()["deliveries"])


def test_a_reply_comes_again_under_the_same_id_until_it_is_acknowledged(client: TestClient, ready: str) -> None:
    (first,) = fetched(client)
    assert first["delivery_id"] == ready
    assert first["review"]["external_id"] == "r-1"
    assert first["reply"]["public"]
    assert fetched(client) == [first]
    answer = client.post(f"/v1/deliveries/{ready}/acknowledge")
    assert answer.status_code == 200
    assert answer.json()["acknowledged_at"]
    assert fetched(client) == []


def test_posted_is_final_and_may_be_said_twice(client: TestClient, ready: str) -> None:
    fetched(client)
    url = f"/v1/deliveries/{ready}"
    for _ in range(2):
        answer = client.post(f"{url}/posted", json={"part": "public"})
        assert [part["state"] for part in answer.json()["parts"]] == ["posted"]
    failed = client.post(f"{url}/failed", json={"reason": "late"})
    assert (failed.status_code, failed.json()["type"]) == (409, "urn:drafter:problem:illegal-step")


def test_a_tool_is_told_that_a_person_has_taken_the_reply_over(
    client: TestClient, application: Application, item_id: str, ready: str
) -> None:
    reply = application.approvals.item(item_id).reply
    assert reply is not None
    fetched(client)
    application.delivery.posted_by_person(reply.id, application.people.named("maria").actor)
    answer = client.post(f"/v1/deliveries/{ready}/acknowledge")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:drafter:problem:conflict")
    assert "by hand" in answer.json()["detail"]


def test_posted_without_a_body_means_all_of_it(client: TestClient, ready: str) -> None:
    fetched(client)
    answer = client.post(f"/v1/deliveries/{ready}/posted")
    assert [part["state"] for part in answer.json()["parts"]] == ["posted"]


def test_a_failure_needs_its_reason(client: TestClient, ready: str) -> None:
    fetched(client)
    url = f"/v1/deliveries/{ready}/failed"
    assert client.post(url, json={}).json()["errors"][0]["pointer"] == "/reason"
    assert client.post(url).status_code == 422
    answer = client.post(url, json={"reason": "The review is gone."})
    assert answer.json()["parts"][0]["failure"] == "The review is gone."


def test_what_is_still_held_is_not_fetched(client: TestClient, item_id: str) -> None:
    body = {"kind": "approve", "actor": "maria"}
    client.post(f"/v1/items/{item_id}/decisions", json=body, headers={"If-Match": '"1"'})
    assert fetched(client) == []


def test_another_shop_neither_sees_nor_confirms_a_delivery(
    client: TestClient, stranger: TestClient, ready: str
) -> None:
    assert fetched(stranger) == []
    for step, body in (("acknowledge", None), ("posted", {}), ("failed", {"reason": "x"})):
        assert stranger.post(f"/v1/deliveries/{ready}/{step}", json=body).status_code == 404
    assert len(fetched(client)) == 1
