"""What the writers' tries took, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from drafter.domain.draft import Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.testing import FixedClock, ScriptedWriter

REASON = "openai:large: the server cannot be reached: look at OPENAI_BASE_URL."


@pytest.fixture
def writers() -> tuple[Writer, ...]:
    """Two models that give nothing, and templates."""
    dear = WriterFailed(REASON, model="openai:large", usage=Usage(calls=2, tokens_in=40, cost_usd=0.5))
    local = WriterFailed("local: an empty reply.", model="local", usage=Usage(calls=1, tokens_out=9, cost_usd=None))
    return (
        ScriptedWriter(dear, name="llm"),
        ScriptedWriter(local, name="llm"),
        ScriptedWriter("Thank you, Ana.", name="template"),
    )


def test_an_item_shows_every_try_and_what_they_took_together(client: TestClient, item_id: str) -> None:
    item = client.get(f"/v1/items/{item_id}").json()
    tries = [(one["writer"], one["model"], one["outcome"], one["reason"]) for one in item["attempts"]]
    assert tries == [
        ("llm", "openai:large", "failed", REASON),
        ("llm", "local", "failed", "local: an empty reply."),
        ("template", None, "passed", None),
    ]
    assert item["attempts"][0]["usage"] == {"calls": 2, "tokens_in": 40, "tokens_out": 0, "cost_usd": 0.5}
    assert item["usage"] == {"calls": 3, "tokens_in": 40, "tokens_out": 9, "cost_usd": None}
    assert item["reason"] == f"llm: {REASON[:-1]}; llm: local: an empty reply."


@pytest.mark.usefixtures("item_id")
def test_metrics_tell_what_the_models_took_today(client: TestClient, clock: FixedClock) -> None:
    lines = client.get("/metrics").text.splitlines()
    for line in (
        'drafter_attempts_total{writer="llm",model="openai:large",outcome="failed"} 1',
        'drafter_attempts_total{writer="template",model="",outcome="passed"} 1',
        'drafter_model_calls_total{model="openai:large"} 2',
        'drafter_model_tokens_in_total{model="openai:large"} 40',
        'drafter_model_tokens_out_total{model="local"} 9',
        'drafter_model_cost_usd_total{model="openai:large"} 0.5',
        'drafter_model_unpriced_calls_total{model="local"} 1',
    ):
        assert line in lines
    clock.forward(timedelta(days=1))
    assert "openai:large" not in client.get("/metrics").text
