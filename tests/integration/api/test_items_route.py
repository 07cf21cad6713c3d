"""Items over HTTP: the queue, and decisions in the name of a person, on both databases."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from drafter.application import Application
from drafter.domain.approval import Role
from drafter.domain.situation import Likeness
from drafter.store import items
from drafter.testing import FixedClock

RUDE = "It is your own fault, Ana. Please read the page."


def decide(client: TestClient, item_id: str, kind: str, *, version: int = 1, **fields: Any) -> Any:
    body = {"kind": kind, "actor": "maria", **fields}
    return client.post(f"/v1/items/{item_id}/decisions", json=body, headers={"If-Match": f'"{version}"'})


def problem(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("urn:drafter:problem:")


def test_an_item_shows_its_draft_and_its_version_as_etag(client: TestClient, item_id: str) -> None:
    answer = client.get(f"/v1/items/{item_id}")
    assert answer.headers["etag"] == '"1"'
    item = answer.json()
    assert (item["state"], item["version"], item["draft"]["provenance"]["writer"]) == ("queued", 1, "scripted")
    assert item["review"]["text"] == "The zipper holds."


def test_claim_then_approve_makes_a_reply_and_a_record(client: TestClient, item_id: str) -> None:
    claimed = decide(client, item_id, "claim")
    assert claimed.status_code == 200
    assert (claimed.json()["state"], claimed.json()["claimed_by"]) == ("claimed", "maria")
    version = claimed.json()["version"]
    assert claimed.headers["etag"] == f'"{version}"'
    approved = decide(client, item_id, "approve", version=version).json()
    assert approved["state"] == "approved"
    assert [part["state"] for part in approved["reply"]["parts"]] == ["held"]
    record = client.get(f"/v1/items/{item_id}/decisions").json()["decisions"]
    assert [(step["kind"], step["actor"]["name"]) for step in record] == [("claim", "maria"), ("approve", "maria")]


def test_decisions_need_the_version_that_was_seen(client: TestClient, item_id: str) -> None:
    url, body = f"/v1/items/{item_id}/decisions", {"kind": "claim", "actor": "maria"}
    assert problem(client.post(url, json=body)) == (428, "precondition-required")
    assert problem(client.post(url, json=body, headers={"If-Match": "*"})) == (400, "bad-request")
    assert problem(decide(client, item_id, "claim", version=7)) == (412, "stale-version")
    assert client.get(f"/v1/items/{item_id}").json()["state"] == "queued"


def test_of_two_decisions_on_one_version_the_second_is_refused(client: TestClient, item_id: str) -> None:
    assert decide(client, item_id, "reject", reason="Wrong tone.").status_code == 200
    assert problem(decide(client, item_id, "approve")) == (412, "stale-version")
    assert client.get(f"/v1/items/{item_id}").json()["state"] == "rejected"


def test_conflicts_are_told_apart(client: TestClient, application: Application, item_id: str) -> None:
    application.people.create("noor", Role.APPROVER)
    version = decide(client, item_id, "claim").json()["version"]
    other = decide(client, item_id, "approve", version=version, actor="noor")
    assert problem(other) == (409, "claimed-by-another")
    assert problem(decide(client, item_id, "undo", version=version)) == (409, "illegal-step")
    assert problem(decide(client, item_id, "reject", version=version)) == (409, "illegal-step")


def test_a_blocked_text_is_refused_with_its_findings(client: TestClient, item_id: str) -> None:
    answer = decide(client, item_id, "approve", public_reply=RUDE)
    assert problem(answer) == (422, "blocked")
    (finding,) = answer.json()["findings"]
    assert (finding["code"], finding["start"], finding["end"]) == ("tone", 6, 20)
    assert client.get(f"/v1/items/{item_id}").json()["state"] == "queued"


def test_a_lead_may_overrule_with_a_reason_and_it_is_on_record(
    client: TestClient, application: Application, item_id: str
) -> None:
    application.people.create("lea", Role.LEAD)
    answer = decide(
        client, item_id, "approve", actor="lea", public_reply=RUDE, overrule_reason="A quotation of the page."
    )
    assert answer.status_code == 200
    assert answer.json()["decisions"][-1]["details"]


def test_preview_tells_the_findings_and_stores_nothing(client: TestClient, item_id: str) -> None:
    url = f"/v1/items/{item_id}/preview"
    found = client.post(url, json={"public_reply": RUDE}).json()
    assert (found["blocked"], [one["code"] for one in found["findings"]]) == (True, ["tone"])
    assert client.post(url, json={"public_reply": "Thank you, Ana."}).json() == {"findings": [], "blocked": False}
    item = client.get(f"/v1/items/{item_id}").json()
    assert (item["version"], len(item["drafts"])) == (1, 1)


def test_a_decision_that_cannot_be_used_names_the_place(client: TestClient, item_id: str) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "/actor": {"actor": "nobody"},
        "/kind": {"kind": "supersede"},
        "/reasn": {"reasn": "x"},
        "/public_reply": {"public_reply": "x" * 10_001},
    }
    for pointer, fields in wrong.items():
        answer = decide(client, item_id, **({"kind": "claim"} | fields))
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_person_who_is_kept_out_cannot_be_named(client: TestClient, application: Application, item_id: str) -> None:
    application.people.deactivate(application.people.named("maria").id)
    assert problem(decide(client, item_id, "claim")) == (422, "bad-input")


def test_the_queue_comes_worst_first_page_by_page(
    client: TestClient, draft: Callable[[str], str], clock: FixedClock
) -> None:
    for number, rating in enumerate((5, 1, 3)):
        review = {"external_id": f"q-{number}", "rating": rating, "text": f"Review {number}."}
        draft(client.post("/v1/reviews", json={"review": review}).json()["review_id"])
    first = client.get("/v1/items", params={"limit": 2}).json()
    assert [item["review"]["rating"] for item in first["items"]] == [1, 3]
    last = client.get("/v1/items", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["review"]["rating"] for item in last["items"]] == [5]
    assert last["next_cursor"] is None
    clock.forward(timedelta(days=9))
    assert all(item["overdue"] for item in client.get("/v1/items").json()["items"])


def test_decided_items_leave_the_open_queue(client: TestClient, item_id: str) -> None:
    decide(client, item_id, "dismiss", reason="Only stars.")
    assert client.get("/v1/items").json()["items"] == []
    assert [item["id"] for item in client.get("/v1/items", params={"view": "decided"}).json()["items"]] == [item_id]


def test_an_odd_query_is_refused(client: TestClient) -> None:
    queries = ["limit=0", "limit=201", "limit=many", "view=mine", "cursor=%21%21", "cursor=W10", "cursor=bnVsbA"]
    answers = {query: problem(client.get(f"/v1/items?{query}"))[0] for query in queries}
    assert answers == dict.fromkeys(queries, 422)


def test_a_made_up_cursor_is_refused(client: TestClient) -> None:
    time = "2026-01-05T12:00:00+00:00"
    made_up: list[Any] = [
        [time, 0, 3],
        [time, "x", "y", time, "item_1"],
        [time, 0, 3, time, {"a": 1}],
        [time, 0, 3, time, "a\0b"],
        [time, 10**30, 3, time, "item_1"],
        ["9999-12-31T23:59:59-14:00", 0, 3, "9999-12-31T23:59:59-14:00", "item_1"],
        [time, 0, 3, 4, "item_1"],
        {"a": 1},
    ]
    for inside in made_up:
        cursor = base64.urlsafe_b64encode(json.dumps(inside).encode()).decode().rstrip("=")
        for view in ("open", "decided"):
            answer = client.get("/v1/items", params={"cursor": cursor, "view": view})
            assert problem(answer) == (422, "bad-input"), (view, inside)


def test_another_shops_item_is_not_found_whatever_is_asked(stranger: TestClient, item_id: str) -> None:
    url = f"/v1/items/{item_id}"
    answers = [
        stranger.get(url),
        stranger.get(f"{url}/decisions"),
        stranger.post(f"{url}/preview", json={"public_reply": "Hi."}),
        decide(stranger, item_id, "claim"),
        decide(stranger, item_id, "claim", actor="nobody"),
    ]
    assert [problem(answer) for answer in answers] == [(404, "not-found")] * 5
    assert stranger.get("/v1/items").json()["items"] == []


def test_an_item_tells_which_reviews_it_resembles_and_what_a_report_would_name(
    client: TestClient, application: Application, item_id: str
) -> None:
    with application.database.writing() as session:
        before = items.get(session, item_id)
        likeness = Likeness(reviews=(before.review_id, "rev_gone"), others=3, authors=3, shops=2, share=0.9)
        items.change(session, before, situation=before.situation.with_changes(likeness=likeness))
    shown = client.get(f"/v1/items/{item_id}").json()
    assert shown["situation"]["likeness"]["others"] == 3
    assert shown["alike"] == [
        {"review_id": before.review_id, "item_id": item_id},
        {"review_id": "rev_gone", "item_id": None},
    ]
    assert shown["suggested_report"]["ground"] == "copied"
