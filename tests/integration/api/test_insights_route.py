"""How good the drafts were, over HTTP: of the key's own shop, and of the time that is asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from drafter.testing import FixedClock


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_address


def decide(client: TestClient, item_id: str, **decision: str) -> None:
    answer = client.post(
        f"/v1/items/{item_id}/decisions", json={"actor": "maria", **decision}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 200


def test_a_decision_shows_in_the_figures_of_its_shop(client: TestClient, stranger: TestClient, item_id: str) -> None:
    decide(client, item_id, kind="reject", reason="Too cold")
    report = client.get("/v1/insights/drafts").json()
    assert (report["shop"], report["total"]["judged"], report["total"]["rejected"]["count"]) == ("default", 1, 1)
    assert report["total"]["rejected"]["low"] < 0.25
    assert [(one["situation"], one["writer"]) for one in report["by_both"]] == [("positive", "scripted")]
    assert [(one["text"], one["count"]) for one in report["reasons"]] == [("Too cold", 1)]
    other = stranger.get("/v1/insights/drafts").json()
    assert (other["shop"], other["total"]["judged"], other["reasons"]) == ("other", 0, [])


def test_the_time_can_be_named(client: TestClient, item_id: str, clock: FixedClock) -> None:
    decide(client, item_id, kind="approve")
    decided = clock.now()
    clock.forward(timedelta(days=31))
    assert client.get("/v1/insights/drafts").json()["total"]["judged"] == 0
    found = client.get("/v1/insights/drafts", params={"since": decided.isoformat()}).json()
    assert (found["total"]["judged"], found["since"][:10]) == (1, "2026-01-05")


@pytest.mark.parametrize("since", ["yesterday", "2026-01-05T12:00:00", ""])
def test_a_time_that_is_none_is_refused_with_the_reason(client: TestClient, since: str) -> None:
    answer = client.get("/v1/insights/drafts", params={"since": since})
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("invalid")
    assert "since" in str(answer.json()["errors"])
