"""The brand voice over the API."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from drafter.application import Application
from drafter.domain.shop import BrandVoice
from drafter.store import reviews
from drafter.store.tables import AttemptRow, DraftRow, ItemRow

PATH = "/v1/shops/default/brand-voice"


def test_a_voice_is_changed_field_by_field(client: TestClient, application: Application) -> None:
    first = client.get(PATH)
    assert BrandVoice.model_validate(first.json()) == BrandVoice()
    told = client.patch(PATH, json={"sign_off": "The Tote Team", "avoid": ["unfortunately"]})
    assert (told.status_code, told.headers["etag"]) == (200, client.get(PATH).headers["etag"])
    client.patch(PATH, json={"tone": "formal", "sign_off": None})
    voice = application.voices.shop("default").brand_voice
    assert voice == BrandVoice(tone="formal", avoid=("unfortunately",))


def test_a_voice_that_somebody_changed_meanwhile_is_not_changed_over(client: TestClient) -> None:
    seen = client.get(PATH).headers["etag"]
    client.patch(PATH, json={"emoji": True}, headers={"If-Match": seen})
    late = client.patch(PATH, json={"emoji": False}, headers={"If-Match": seen})
    assert (late.status_code, late.json()["type"]) == (412, "urn:drafter:problem:stale-version")
    assert client.get(PATH).json()["emoji"] is True


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"tone": "sultry"}, "/tone"),
        ({"sign_off": "x" * 41}, "/sign_off"),
        ({"use": [""]}, "/use/0"),
        ({"avoid": ["x"] * 51}, "/avoid"),
        ({"examples": [{"review": "no reply"}]}, "/examples/0/reply"),
        ({"tones": "warm"}, "/tones"),
    ],
)
def test_what_cannot_be_a_voice_is_refused_with_its_place(
    client: TestClient, sent: dict[str, Any], pointer: str
) -> None:
    for answer in (client.patch(PATH, json=sent), client.post(f"{PATH}/preview", json=sent)):
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_another_shops_voice_is_not_there(stranger: TestClient) -> None:
    for answer in (
        stranger.get(PATH),
        stranger.patch(PATH, json={"tone": "formal"}),
        stranger.post(f"{PATH}/preview", json={}),
        stranger.get("/v1/shops/nobody/brand-voice"),
    ):
        assert answer.status_code == 404


def test_a_preview_drafts_three_reviews_twice_and_stores_none(client: TestClient, application: Application) -> None:
    heard = client.post(f"{PATH}/preview", json={"tone": "formal"}).json()
    assert [one["need"] for one in heard["reviews"]] == ["content", "complaint", "remedy"]
    assert not any(one["own"] for one in heard["reviews"])
    assert all(one[side]["draft"]["public_reply"] for one in heard["reviews"] for side in ("before", "after"))
    assert client.get(PATH).json()["tone"] == "warm"
    with application.database.reading() as session:
        assert reviews.find(session, "default", "tiktok_shop", "sample-content") is None
        assert [session.query(table).count() for table in (DraftRow, ItemRow, AttemptRow)] == [0, 0, 0]
