"""What models took, over HTTP: of the key's own shop."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from drafter.domain.draft import OVER_BUDGET, Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.testing import ScriptedWriter


@pytest.fixture
def database_address(sqlite_address: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_address


@pytest.fixture
def writers() -> tuple[Writer, ...]:
    """A model that fails, one that the budget does not let be asked, and templates."""
    dear = WriterFailed("no answer.", model="openai:a", usage=Usage(calls=2, tokens_in=40, cost_usd=0.5))
    refused = WriterFailed("the shop's daily budget is used up.", model="openai:b", codes=(OVER_BUDGET,))
    return (
        ScriptedWriter(dear, name="llm"),
        ScriptedWriter(refused, name="llm"),
        ScriptedWriter("Thank you, Ana.", name="template"),
    )


def test_a_draft_shows_in_the_costs_of_its_shop(client: TestClient, stranger: TestClient, item_id: str) -> None:
    item = client.get(f"/v1/items/{item_id}").json()
    assert item["draft"]["provenance"]["over_budget"] is True
    report = client.get("/v1/insights/costs").json()
    assert (report["shop"], report["total"]["drafts"], report["total"]["cost_usd"]) == ("default", 1, 0.5)
    assert report["total"]["by_template"]["count"] == 1
    told = [(one["model"], one["role"], one["calls"], one["over_budget"]) for one in report["by_model"]]
    assert told == [("openai:a", "writer", 2, 0), ("openai:b", "writer", 0, 1)]
    assert stranger.get("/v1/insights/costs").json()["total"]["calls"] == 0


def test_a_time_that_is_none_is_refused(client: TestClient) -> None:
    assert client.get("/v1/insights/costs", params={"since": "yesterday"}).status_code == 422


@pytest.mark.usefixtures("item_id")
def test_the_counters_tell_how_often_no_model_was_asked(client: TestClient) -> None:
    assert "drafter_over_budget_total 1" in client.get("/metrics").text
