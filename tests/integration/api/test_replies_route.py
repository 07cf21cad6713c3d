"""All approved replies over HTTP: whatever became of them, page by page, and reading them hands nothing over."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.approvals import DecisionRequest
from drafter.domain.approval import DecisionKind, Role
from drafter.domain.review import Review
from drafter.store.testing import stored_item, stored_person
from drafter.testing import FixedClock


@pytest.fixture
def approved(application: Application, clock: FixedClock) -> list[str]:
    """Approve three items, a second apart, and return their ids, the last first."""
    lea = stored_person(application.database, "lea", Role.LEAD)
    ids: list[str] = []
    for name in "abc":
        item = stored_item(application.database, review=Review(external_id=name, text="Holds well", rating=5))
        request = DecisionRequest(kind=DecisionKind.APPROVE)
        application.approvals.decide(item.id, request, actor=lea, expected_version=item.version)
        clock.forward(timedelta(seconds=1))
        ids.insert(0, item.id)
    return ids


def test_a_reply_is_listed_whatever_became_of_it_and_listing_changes_nothing(
    client: TestClient, application: Application, approved: list[str], clock: FixedClock
) -> None:
    def states() -> list[str]:
        answer = client.get("/v1/replies")
        assert answer.status_code == 200
        assert [reply["item_id"] for reply in answer.json()["replies"]] == approved
        return [part["state"] for reply in answer.json()["replies"] for part in reply["parts"]]

    assert states() == ["held", "held", "held"]
    clock.forward(timedelta(minutes=1))
    application.delivery.tick()
    assert states() == states() == ["ready", "ready", "ready"]
    (delivered,) = client.get("/v1/deliveries", params={"limit": 1}).json()["deliveries"]
    assert states() == ["ready", "ready", "handed_over"]
    client.post(f"/v1/deliveries/{delivered['delivery_id']}/posted")
    assert states() == ["ready", "ready", "posted"]
    listed = client.get("/v1/replies").json()["replies"][-1]
    assert {name: listed[name] for name in ("delivery_id", "review", "platform", "shop")} == {
        name: delivered[name] for name in ("delivery_id", "review", "platform", "shop")
    }


def test_pages_hold_each_reply_once(client: TestClient, approved: list[str]) -> None:
    found, cursor = [], None
    for _ in range(3):
        page = client.get("/v1/replies", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        found += [reply["item_id"] for reply in page["replies"]]
        cursor = page["next_cursor"]
    assert (found, cursor) == (approved, None)


@pytest.mark.usefixtures("approved")
def test_another_shop_sees_none_of_them(stranger: TestClient) -> None:
    assert stranger.get("/v1/replies").json() == {"replies": [], "next_cursor": None}


@pytest.mark.parametrize(
    "content", ["", "[]", '["2026-01-01T00:00:00Z", "\'; --"]', '["9999-01-01T00:00:00Z", "rep_1"]']
)
def test_a_cursor_of_another_list_is_refused(client: TestClient, content: str) -> None:
    cursor = base64.urlsafe_b64encode(content.encode()).decode() or "nothing"
    answer = client.get("/v1/replies", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:drafter:problem:bad-input")
