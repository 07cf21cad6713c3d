"""Idempotency-Key: done once, answered alike, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.intake import Received
from drafter.store import idempotency as kept
from drafter.testing import FixedClock

REVIEW = {"external_id": "r-1", "rating": 2, "text": "Zipper broke."}


def send(client: TestClient, key: str = "k-1", **changes: Any) -> Any:
    return client.post("/v1/reviews", json={"review": {**REVIEW, **changes}}, headers={"Idempotency-Key": key})


def kind(answer: Any) -> str:
    return str(answer.json()["type"]).removeprefix("urn:drafter:problem:")


def test_the_same_request_gets_the_same_answer_again(client: TestClient) -> None:
    first, again = send(client), send(client)
    assert (first.status_code, first.json()["outcome"]) == (202, "new")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


def test_a_decision_is_taken_once_and_its_etag_comes_back(client: TestClient, item_id: str) -> None:
    headers = {"Idempotency-Key": "d-1", "If-Match": '"1"'}
    body = {"kind": "claim", "actor": "maria"}
    first, again = (client.post(f"/v1/items/{item_id}/decisions", json=body, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert first.headers["etag"] == again.headers["etag"]
    assert len(client.get(f"/v1/items/{item_id}/decisions").json()["decisions"]) == 1


def test_another_request_under_the_same_key_is_refused(client: TestClient) -> None:
    send(client)
    answer = send(client, text="Something else.")
    assert (answer.status_code, kind(answer)) == (422, "idempotency-key-reused")


def test_keys_of_two_tools_do_not_meet(client: TestClient, stranger: TestClient) -> None:
    first, other = send(client), send(stranger)
    assert other.json()["outcome"] == "new"
    assert other.json()["review_id"] != first.json()["review_id"]


def test_a_refused_request_frees_its_key(client: TestClient) -> None:
    assert send(client, rating=7).status_code == 422
    assert send(client, rating=1).status_code == 202


def test_a_key_that_cannot_be_kept_is_refused(client: TestClient) -> None:
    for key in ("", "x" * 201, "a b", "\u00e9"):
        headers = {b"Idempotency-Key": key.encode("latin-1")}
        answer = client.post("/v1/reviews", json={"review": REVIEW}, headers=headers)
        assert (answer.status_code, kind(answer)) == (400, "bad-request"), key


def test_of_two_at_once_one_is_done_and_the_other_told_to_retry(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, go, inside = threading.Event(), threading.Event(), list[str]()
    receive = application.intake.receive

    def slowly(shop: str, review: Any, case_facts: Any) -> Received:
        inside.append(review.external_id)
        arrived.set()
        assert go.wait(20)
        return receive(shop, review, case_facts)

    monkeypatch.setattr(application.intake, "receive", slowly)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(send, client)
        assert arrived.wait(20)
        second = send(client)
        go.set()
        assert first.result().status_code == 202
    assert (second.status_code, kind(second), second.headers["retry-after"]) == (409, "request-in-progress", "1")
    assert inside == ["r-1"]
    assert send(client).content == first.result().content


def test_many_at_once_are_done_once(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = list[str]()
    receive = application.intake.receive

    def counted(shop: str, review: Any, case_facts: Any) -> Received:
        inside.append(review.external_id)
        return receive(shop, review, case_facts)

    monkeypatch.setattr(application.intake, "receive", counted)
    gate = threading.Barrier(8)

    def together(_: int) -> Any:
        gate.wait(20)
        return send(client)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(together, range(8)))
    assert inside == ["r-1"]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.content for answer in answers if answer.status_code == 202}) == 1


def test_a_request_that_failed_on_our_side_can_be_sent_again(
    client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Received:
        raise RuntimeError("Zipper broke.")

    with monkeypatch.context() as patch:
        patch.setattr(application.intake, "receive", broken)
        assert send(client).status_code == 500
    assert send(client).status_code == 202


def test_a_request_that_died_with_its_process_is_done_by_a_later_one(
    client: TestClient, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(kept, "finish", lambda *_: None)  # the process ends before the answer is kept
        send(client)
    assert kind(send(client)) == "request-in-progress"
    clock.forward(timedelta(minutes=3))
    assert send(client).json()["outcome"] == "unchanged"


def test_after_a_day_the_key_is_free(client: TestClient, clock: FixedClock) -> None:
    send(client)
    clock.forward(timedelta(hours=25))
    assert send(client, external_id="r-2").json()["outcome"] == "new"


def test_get_requests_take_no_notice_of_a_key(client: TestClient, draft: Callable[[str], str]) -> None:
    review_id = send(client).json()["review_id"]
    url, headers = f"/v1/reviews/{review_id}", {"Idempotency-Key": "k-1"}
    assert client.get(url, headers=headers).json()["state"] == "drafting"
    draft(review_id)
    assert client.get(url, headers=headers).json()["state"] == "queued"
