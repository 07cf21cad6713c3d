"""A shop whose daily budget is used up gets drafts without a model, and everybody sees why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafter import compose
from drafter.compose import Common
from drafter.domain.approval import ApprovalItem
from drafter.domain.review import Review
from drafter.domain.shop import DailyBudget, Shop
from drafter.drafting import Drafting
from drafter.settings import load_settings
from drafter.store import attempts, items, reviews, shops
from drafter.store.attempts import KeptAttempt
from drafter.store.budget import StoredPurse
from drafter.store.database import Database
from drafter.store.limits import SharedMeter
from drafter.testing import FixedClock, ModelServer

NAMES = "openai:first", "openai:second"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer("good") as running:
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        yield running


class Bench:
    """A shop with a budget, and drafting with models that a scripted server answers for."""

    def __init__(self, database: Database, clock: FixedClock, budget: DailyBudget, models_file: Path | None) -> None:
        self.database = database
        self.clock = clock
        with database.writing() as session:
            shops.save(session, Shop(time_zone="Asia/Tokyo", daily_budget=budget))
        settings = load_settings(
            _env_file=None, model=NAMES[0], fallback_models=NAMES[1:], reader="llm", models_file=models_file
        )
        common = Common(meter=SharedMeter(database), purse=StoredPurse(database, clock))
        parts = compose.pipeline_parts(settings, common=common)
        self.drafting = Drafting(database=database, parts=parts, clock=clock)

    async def drafted(self, external_id: str) -> tuple[ApprovalItem, tuple[KeptAttempt, ...]]:
        review = Review(external_id=external_id, text="Lovely bag, the colour is great.", rating=5, language="en")
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, self.clock.now())
        assert review_id is not None
        await self.drafting.draft(review_id, review.version)
        with self.database.reading() as session:
            item = items.find(session, review_id, review.version)
            assert item is not None
            return item, attempts.of_version(session, review_id, review.version)


async def test_over_the_budget_the_embedded_reader_and_the_templates_take_over(
    database: Database, clock: FixedClock, server: ModelServer
) -> None:
    """The first draft is a model's; no model is asked for the second, though a stand-in is there."""
    bench = Bench(database, clock, DailyBudget(tokens=6_000), None)
    first, _ = await bench.drafted("r-1")
    assert first.draft is not None
    assert first.draft.provenance.writer == "llm"
    assert not first.draft.provenance.over_budget
    asked = len(server.requests)
    second, tried = await bench.drafted("r-2")
    assert len(server.requests) == asked
    assert second.draft is not None
    origin = second.draft.provenance
    assert origin.writer == "template"
    assert origin.over_budget
    assert second.situation.reader == "llm:embedding"
    assert re.fullmatch(
        r"llm: the shop's daily budget is used up \([\d,]+ of 6,000 tokens are taken or set aside, and one more "
        r"call may take 3,900\) until 06 Jan 2026 00:00 \(Asia/Tokyo\); no model is asked before\.",
        origin.fallback_reason or "",
    )
    refused = [one for one in tried if one.codes == ("daily_budget",)]
    assert [(one.writer, one.model, one.usage.calls) for one in refused] == [
        *(("llm_reader", name, 0) for name in NAMES),
        *(("llm", name, 0) for name in NAMES),
    ]


@pytest.mark.usefixtures("server")
async def test_on_the_next_day_models_are_asked_again(database: Database, clock: FixedClock) -> None:
    bench = Bench(database, clock, DailyBudget(tokens=6_000), None)
    await bench.drafted("r-1")
    clock.at = clock.at.replace(hour=15)  # midnight in Tokyo
    item, _ = await bench.drafted("r-2")
    assert item.draft is not None
    assert item.draft.provenance.writer == "llm"


async def test_a_budget_in_dollars_without_prices_names_the_options(
    database: Database, clock: FixedClock, server: ModelServer
) -> None:
    item, _ = await Bench(database, clock, DailyBudget(usd=5), None).drafted("r-1")
    assert server.requests == []
    assert item.draft is not None
    assert item.draft.provenance.over_budget
    for name in (*NAMES, "usd_per_million_in", "DRAFTER_MODELS_FILE"):
        assert name in (item.draft.provenance.fallback_reason or "")


@pytest.mark.usefixtures("server")
async def test_a_budget_in_dollars_is_held_by_the_prices(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        "".join(f'["{name}"]\nusd_per_million_in = 1\nusd_per_million_out = 10\n' for name in NAMES), encoding="utf-8"
    )
    bench = Bench(database, clock, DailyBudget(usd=0.015), file)
    done = [await bench.drafted(f"r-{number}") for number in range(3)]
    assert [item.draft and item.draft.provenance.writer for item, _ in done][-1] == "template"
    cost = sum(one.usage.cost_usd or 0 for _, tried in done for one in tried)
    assert 0 < cost <= 0.015
