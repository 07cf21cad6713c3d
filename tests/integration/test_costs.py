"""What models took is told by day, shop, model and role, with what the daily budgets held back: on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drafter.cli import app
from drafter.domain.draft import OVER_BUDGET, Attempt, Usage
from drafter.domain.judging import JUDGE
from drafter.domain.reading import LLM_READER
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.translation import TRANSLATOR
from drafter.insights.spending import CostsReport, costs_report
from drafter.store import attempts, reviews, shops
from drafter.store.costs import refused_by_budget
from drafter.store.database import Database
from drafter.testing import FixedClock


def asked(writer: str, tokens: int, cost: float | None, number: int = 1) -> Attempt:
    usage = Usage(calls=1, tokens_in=tokens, tokens_out=10, cost_usd=cost)
    return Attempt(writer=writer, model="openai:a", number=number, outcome="passed", usage=usage)


REFUSED = Attempt(writer="llm", model="openai:a", number=1, outcome="failed", codes=(OVER_BUDGET,), reason="over it")
TEMPLATE = Attempt(writer="template", number=1, outcome="passed")


class Bench:
    """Two shops whose reviews get drafts."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        with database.writing() as session:
            shops.ensure_default(session)
            shops.save(session, Shop(name="other"))

    def drafted(self, external_id: str, *tries: Attempt, shop: str = "default", revision: int = 0) -> None:
        review = Review(shop=shop, external_id=external_id, text="Lovely")
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, self.clock.now())
            assert review_id is not None
            attempts.insert(
                session, review_id, review.version, tries, shop=shop, revision=revision, now=self.clock.now()
            )

    def report(self, shop: str | None = None) -> CostsReport:
        now = self.clock.now()
        return costs_report(self.database, since=now - timedelta(days=7), until=now, shop=shop)


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return filled(database, clock)


def filled(database: Database, clock: FixedClock) -> Bench:
    """Return two drafts by a model on Monday, and on Tuesday one of a budget that is used up."""
    made = Bench(database, clock)
    made.drafted("r-1", asked(LLM_READER, 100, 0.1), asked("llm", 200, 0.2), asked("llm", 300, 0.3, 2))
    made.drafted("r-2", asked("llm", 200, 0.2), asked(JUDGE, 400, 0.4))
    clock.forward(timedelta(days=1))
    made.drafted("r-3", REFUSED, TEMPLATE)
    made.drafted("o-1", asked("llm", 50, None), shop="other")
    return made


def test_a_draft_counts_once_however_many_tries_it_took(bench: Bench) -> None:
    total = bench.report("default").total
    assert (total.drafts, total.calls, total.tokens_in, total.tokens_out) == (3, 5, 1_200, 50)
    assert total.cost_usd == pytest.approx(1.2)
    assert total.cost_usd_per_draft == pytest.approx(0.4)
    assert (total.over_budget, total.by_template.count, total.by_template.of) == (1, 1, 3)


def test_each_model_is_told_by_what_it_was_asked_as(bench: Bench) -> None:
    told = [(one.model, one.role, one.drafts, one.calls, one.tokens_in) for one in bench.report("default").by_model]
    assert told == [
        ("openai:a", "judge", 1, 1, 400),
        ("openai:a", "reader", 1, 1, 100),
        ("openai:a", "writer", 2, 3, 700),
    ]


def test_days_and_shops_are_told_apart(bench: Bench) -> None:
    told = [(str(one.day), one.shop, one.drafts, one.over_budget) for one in bench.report().by_day]
    assert told == [("2026-01-05", "default", 2, 0), ("2026-01-06", "default", 1, 1), ("2026-01-06", "other", 1, 0)]


def test_a_preview_and_a_translation_cost_and_are_no_drafts(bench: Bench) -> None:
    before = bench.report("default").total
    with bench.database.writing() as session:
        tries = (asked("llm", 30, 0.3), asked(TRANSLATOR, 70, 0.5), REFUSED)
        attempts.insert(session, None, attempts.NO_VERSION, tries, shop="default", revision=0, now=bench.clock.now())
    total = bench.report("default").total
    assert (total.calls, total.tokens_in) == (before.calls + 2, before.tokens_in + 100)
    assert (total.drafts, total.over_budget) == (before.drafts, before.over_budget)


def test_what_a_draft_costs_is_not_told_where_a_price_is_not_known(bench: Bench) -> None:
    total = bench.report("other").total
    assert (total.unpriced_calls, total.cost_usd_per_draft) == (1, None)


def test_only_the_time_that_is_asked_for_counts(bench: Bench) -> None:
    now = bench.clock.now()
    report = costs_report(bench.database, since=now - timedelta(hours=1), until=now)
    assert [one.shop for one in report.by_day] == ["default", "other"]
    with bench.database.reading() as session:
        assert refused_by_budget(session, now) == 1
        assert refused_by_budget(session, now + timedelta(seconds=1)) == 0


def test_without_a_try_there_is_nothing(database: Database, clock: FixedClock) -> None:
    report = Bench(database, clock).report()
    assert (report.total.drafts, report.total.cost_usd, report.total.cost_usd_per_draft) == (0, 0, None)
    assert report.by_day == report.by_model == report.by_all == ()


@pytest.fixture
def run(sqlite_address: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """A command line on such a database, on SQLite."""
    database = Database(sqlite_address)
    filled(database, clock)
    database.close()
    monkeypatch.setenv("DRAFTER_DATABASE_URL", sqlite_address)
    monkeypatch.setenv("DRAFTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    return CliRunner()


def test_the_command_tells_it(run: CliRunner) -> None:
    said = run.invoke(app, ["insights", "costs", "--since", "2026-01-01"]).output
    for words in ("openai:a", "writer", "2026-01-05", "$1.20 and more, a price is not known", "1 of 4"):
        assert words in said
    report = json.loads(run.invoke(app, ["insights", "costs", "--since", "2026-01-01", "--json"]).output)
    assert report["total"]["calls"] == 6
    other = json.loads(
        run.invoke(app, ["insights", "costs", "--since", "2026-01-01", "--json", "--shop", "other"]).output
    )
    assert (other["shop"], other["total"]["calls"]) == ("other", 1)


def test_the_command_says_that_no_model_was_asked(run: CliRunner) -> None:
    assert "No model was asked." in run.invoke(app, ["insights", "costs"]).output


@pytest.mark.parametrize(("options", "told"), [(["--since", "2999-01-01"], "--since"), (["--shop", "none"], "'none'")])
def test_the_command_says_what_was_asked_wrongly(run: CliRunner, options: list[str], told: str) -> None:
    assert told in str(run.invoke(app, ["insights", "costs", *options]).exception)
