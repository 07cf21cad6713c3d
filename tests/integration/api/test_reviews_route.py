"""Reviews over HTTP, on both databases: taken in once, refused whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.domain.shop import Shop
from drafter.store import shops
from drafter.store.tables import ReviewRow, ReviewVersionRow

REVIEW = {"external_id": "r-1", "rating": 2, "text": "Zipper broke.", "author": "Ana", "product": {"name": "Tote"}}


def send(client: TestClient, **changes: Any) -> Any:
    return client.post("/v1/reviews", json={"review": {**REVIEW, **changes}})


def stored(application: Application) -> tuple[int, int, int]:
    """Return how many reviews, versions and jobs there are."""
    with application.database.reading() as session:
        reviews = session.scalar(select(func.count()).select_from(ReviewRow)) or 0
        versions = session.scalar(select(func.count()).select_from(ReviewVersionRow)) or 0
    return reviews, versions, application.engine.waiting()


def test_a_new_review_is_taken_in_and_says_where_to_look(client: TestClient, application: Application) -> None:
    answer = send(client)
    body = answer.json()
    assert answer.status_code == 202
    assert body["outcome"] == "new"
    assert answer.headers["location"] == body["status_url"] == f"/v1/reviews/{body['review_id']}"
    state = client.get(body["status_url"]).json()
    assert (state["state"], state["item_id"]) == ("drafting", None)
    assert stored(application) == (1, 1, 1)


def test_the_state_leads_to_the_item_once_there_is_one(client: TestClient, draft: Callable[[str], str]) -> None:
    review_id = send(client).json()["review_id"]
    item_id = draft(review_id)
    state = client.get(f"/v1/reviews/{review_id}").json()
    assert state["state"] == "queued"
    assert state["item_url"] == f"/v1/items/{item_id}"
    assert client.get(state["item_url"]).status_code == 200


def test_a_duplicate_changes_nothing_and_a_change_makes_a_version(client: TestClient, application: Application) -> None:
    first = send(client).json()
    again = send(client)
    assert again.status_code == 200
    assert again.json() == first | {"outcome": "unchanged"}
    assert stored(application) == (1, 1, 1)
    changed = send(client, text="It was repaired.")
    assert changed.status_code == 202
    assert changed.json()["outcome"] == "changed"
    assert stored(application) == (1, 2, 2)


def test_case_facts_reach_the_item(client: TestClient, draft: Callable[[str], str]) -> None:
    body = {"review": REVIEW, "case_facts": {"return_policy": "30 days"}}
    item_id = draft(client.post("/v1/reviews", json=body).json()["review_id"])
    assert client.get(f"/v1/items/{item_id}").json()["case_facts"] == {"return_policy": "30 days"}


def test_characters_that_no_database_takes_are_replaced(client: TestClient, draft: Callable[[str], str]) -> None:
    body = b'{"review": {"external_id": "r-9", "rating": 1, "text": "a\\u0000b\\ud800c", "title": "\\u0000"}}'
    answer = client.post("/v1/reviews", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202
    item = client.get(f"/v1/items/{draft(answer.json()['review_id'])}").json()
    assert item["review"]["text"] == "a\ufffdb\ufffdc"


def test_a_deleted_review_is_withdrawn_and_deleting_twice_does_no_harm(
    client: TestClient, draft: Callable[[str], str]
) -> None:
    review_id = send(client).json()["review_id"]
    item_id = draft(review_id)
    assert client.delete(f"/v1/reviews/{review_id}").status_code == 204
    assert client.delete(f"/v1/reviews/{review_id}").status_code == 204
    assert client.get(f"/v1/items/{item_id}").json()["state"] == "withdrawn"


def test_another_shops_review_is_not_found_though_the_platforms_id_is_the_same(
    client: TestClient, stranger: TestClient
) -> None:
    url, own = send(client).json()["status_url"], send(stranger).json()["status_url"]
    assert stranger.get(url).status_code == 404
    assert stranger.delete(url).status_code == 404
    assert client.get(url).json()["state"] == stranger.get(own).json()["state"] == "drafting"


def bad_bodies() -> dict[str, tuple[bytes, int, str, str | None]]:
    """Return bodies that cannot be used, with the status, the problem's name and the place that is wrong."""
    start = b'{"review": {"external_id": "r-2", '
    return {
        "empty": (b"", 422, "invalid", ""),
        "a list": (b"[]", 422, "invalid", ""),
        "no review": (b"{}", 422, "invalid", "/review"),
        "one megabyte": (start + b'"text": "' + b"x" * 1_000_000 + b'"}}', 413, "too-large", None),
        "text over the limit": (start + b'"text": "' + b"x" * 20_001 + b'"}}', 422, "invalid", "/review/text"),
        "seven stars": (start + b'"rating": 7}}', 422, "invalid", "/review/rating"),
        "not UTF-8": (start + b'"text": "caf\xe9"}}', 400, "invalid-json", None),
        "not JSON": (start, 400, "invalid-json", None),
        "unknown field": (start + b'"ratng": 5, "rating": 5}}', 422, "invalid", "/review/ratng"),
        "unknown field beside": (start + b'"rating": 5}, "facts": {}}', 422, "invalid", "/facts"),
        "naive time": (
            start + b'"rating": 5, "created_at": "2026-01-05T12:00:00"}}',
            422,
            "invalid",
            "/review/created_at",
        ),
        "time to come": (
            start + b'"rating": 5, "created_at": "2026-03-05T12:00:00Z"}}',
            422,
            "invalid",
            "/review/created_at",
        ),
        "unknown shop": (start + b'"rating": 5, "shop": "nowhere"}}', 422, "unknown-shop", "/review/shop"),
        "another shop": (start + b'"rating": 5, "shop": "other"}}', 422, "unknown-shop", "/review/shop"),
        "NUL in the id": (
            b'{"review": {"external_id": "r\\u0000", "rating": 5}}',
            422,
            "invalid",
            "/review/external_id",
        ),
        "half a pair in a name": (
            b'{"review": {"external_id": "r-2", "rating": 5, "\\ud800": 1}}',
            422,
            "invalid",
            "/review",
        ),
        "says nothing": (b'{"review": {"external_id": "r-2"}}', 422, "invalid", "/review"),
        "deep": (b"[" * 90_000, 400, "invalid-json", None),
    }


def test_bodies_that_cannot_be_used_are_refused_and_nothing_is_stored(
    client: TestClient, application: Application
) -> None:
    told: dict[str, tuple[int, str, bool]] = {}
    wanted: dict[str, tuple[int, str, bool]] = {}
    for name, (body, status, problem, pointer) in bad_bodies().items():
        answer = client.post("/v1/reviews", content=body, headers={"Content-Type": "application/json"})
        assert answer.headers["content-type"] == "application/problem+json"
        places = [error.get("pointer") for error in answer.json().get("errors", [])]
        told[name] = (answer.status_code, answer.json()["type"], pointer is None or pointer in places)
        wanted[name] = (status, f"urn:drafter:problem:{problem}", True)
    assert told == wanted
    assert stored(application) == (0, 0, 0)


def test_a_body_of_another_type_is_refused(client: TestClient, application: Application) -> None:
    answer = client.post("/v1/reviews", content=b"rating=5", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert stored(application) == (0, 0, 0)


def test_a_chunked_body_is_held_to_the_same_limit(client: TestClient, application: Application) -> None:
    answer = client.post(
        "/v1/reviews", content=(b"x" * 10_000 for _ in range(20)), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:drafter:problem:too-large"
    assert stored(application) == (0, 0, 0)


def test_a_review_is_on_its_shops_platform(
    client: TestClient, application: Application, draft: Callable[[str], str]
) -> None:
    with application.database.writing() as session:
        shops.save(session, Shop(platform="shopee"))
    item = client.get(f"/v1/items/{draft(send(client).json()['review_id'])}").json()
    assert (item["review"]["shop"], item["review"]["platform"]) == ("default", "shopee")


def test_a_time_within_a_days_skew_is_taken(client: TestClient, application: Application) -> None:
    soon = application.clock.now() + timedelta(hours=23)
    assert send(client, created_at=soon.isoformat()).status_code == 202


@pytest.mark.parametrize("rating", [True, False, "5", 7, 0, 4.5])
def test_stars_are_a_whole_number_and_nothing_like_one(client: TestClient, rating: object) -> None:
    """`true` would count as one star."""
    answer = client.post("/v1/reviews", json={"review": {"external_id": "r-7", "text": "Holds", "rating": rating}})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/review/rating"]


def test_a_review_is_removed_on_request_and_refused_from_then_on(client: TestClient, stranger: TestClient) -> None:
    body = {"review": {"external_id": "gone-1", "text": "Broke.", "rating": 2}}
    review_id = client.post("/v1/reviews", json=body).json()["review_id"]
    assert stranger.delete(f"/v1/reviews/{review_id}?purge=true").status_code == 404
    assert client.delete(f"/v1/reviews/{review_id}?purge=maybe").status_code == 422
    assert client.delete(f"/v1/reviews/{review_id}?purge=true").status_code == 204
    assert client.get(f"/v1/reviews/{review_id}").status_code == 404
    assert client.delete(f"/v1/reviews/{review_id}?purge=true").status_code == 404
    again = client.post("/v1/reviews", json=body)
    assert (again.status_code, "removed here" in again.json()["detail"]) == (409, True)
