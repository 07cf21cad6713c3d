"""Tries are kept with what they took, and summed up by shop, model and day, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from drafter.domain.draft import Attempt, Usage
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.store import attempts, reviews, shops
from drafter.store.attempts import KeptAttempt, Outcomes, Spent
from drafter.store.database import Database
from drafter.store.tables import AttemptRow, ReviewRow
from drafter.testing import FixedClock

FAILED = Attempt(
    writer="llm",
    model="openai:large",
    number=1,
    outcome="failed",
    reason="openai:large: no answer in time.",
    usage=Usage(calls=3, tokens_in=100, cost_usd=0.25),
    latency_ms=30_000.5,
)
BLOCKED = Attempt(
    writer="llm",
    model="local",
    number=2,
    outcome="blocked",
    codes=("incentive", "tone"),
    usage=Usage(calls=1, tokens_in=70, tokens_out=30, cost_usd=None),
)
PASSED = Attempt(writer="template", number=1, outcome="passed", latency_ms=2.0)


class Bench:
    """Shops whose reviews get tries."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database = database
        self.clock = clock
        with database.writing() as session:
            shops.ensure_default(session)
            shops.save(session, Shop(name="other"))

    def review(self, external_id: str, shop: str = "default") -> tuple[str, str]:
        review = Review(shop=shop, external_id=external_id, text="Lovely")
        with self.database.writing() as session:
            review_id = reviews.insert(session, review, {}, self.clock.now())
        assert review_id is not None
        return review_id, review.version

    def keep(self, review: tuple[str, str], *tries: Attempt, shop: str = "default", revision: int = 0) -> None:
        with self.database.writing() as session:
            attempts.insert(session, *review, tries, shop=shop, revision=revision, now=self.clock.now())

    def spent(self, ago: timedelta, shop: str | None = None) -> tuple[Spent, ...]:
        with self.database.reading() as session:
            return attempts.spent(session, self.clock.now() - ago, shop=shop)


@pytest.fixture
def bench(database: Database, clock: FixedClock) -> Bench:
    return Bench(database, clock)


def test_tries_come_back_in_their_order_with_all_that_was_known_of_them(bench: Bench) -> None:
    review = bench.review("r-1")
    first = bench.clock.now()
    bench.keep(review, FAILED, BLOCKED)
    bench.clock.forward(timedelta(hours=1))
    bench.keep(review, PASSED, revision=3)
    with bench.database.reading() as session:
        kept = attempts.of_version(session, *review)
    assert [one.revision for one in kept] == [0, 0, 3]
    assert [one.created_at for one in kept] == [first, first, bench.clock.now()]
    assert kept[0] == KeptAttempt(**FAILED.model_dump(), revision=0, created_at=first)
    assert kept[1].usage.cost_usd is None
    assert kept[1].codes == ("incentive", "tone")
    assert kept[2].usage == Usage()


def test_a_draft_without_tries_leaves_none(bench: Bench) -> None:
    review = bench.review("r-1")
    bench.keep(review)
    with bench.database.reading() as session:
        assert attempts.of_version(session, *review) == ()


def test_the_tries_of_a_job_that_ran_twice_are_kept_once(bench: Bench) -> None:
    review = bench.review("r-1")
    bench.keep(review, FAILED)
    bench.keep(review, FAILED, PASSED)
    with bench.database.reading() as session:
        assert [one.outcome for one in attempts.of_version(session, *review)] == ["failed", "passed"]


def test_what_was_spent_is_told_by_shop_model_and_day(bench: Bench) -> None:
    bench.keep(bench.review("r-0"), FAILED)
    bench.clock.forward(timedelta(days=1))
    today = bench.clock.now().date()
    bench.keep(bench.review("r-1"), FAILED, FAILED, BLOCKED, PASSED)
    bench.keep(bench.review("r-2", "other"), BLOCKED, shop="other")
    sums = {"tokens_out": 0, "cost_usd": 0.0, "calls": 0, "tokens_in": 0, "unpriced_calls": 0}
    unpriced = {"calls": 1, "tokens_in": 70, "tokens_out": 30, "unpriced_calls": 1}
    large = {"calls": 6, "tokens_in": 200, "cost_usd": 0.5}
    of_today = (
        Spent(**sums, shop="default", model=None, day=today, attempts=1),
        Spent(**sums | unpriced, shop="default", model="local", day=today, attempts=1),
        Spent(**sums | large, shop="default", model="openai:large", day=today, attempts=2),
        Spent(**sums | unpriced, shop="other", model="local", day=today, attempts=1),
    )
    assert bench.spent(timedelta(hours=1)) == of_today
    assert bench.spent(timedelta(hours=1), "other") == of_today[3:]
    week = bench.spent(timedelta(days=7), "default")
    assert [(one.model, one.day, one.calls) for one in week if one.model == "openai:large"] == [
        ("openai:large", today - timedelta(days=1), 3),
        ("openai:large", today, 6),
    ]


def test_outcomes_are_counted_by_writer_and_model(bench: Bench) -> None:
    bench.keep(bench.review("r-0"), FAILED)
    bench.clock.forward(timedelta(hours=1))
    bench.keep(bench.review("r-1"), FAILED, BLOCKED, PASSED)
    bench.keep(bench.review("r-2"), PASSED)
    with bench.database.reading() as session:
        found = attempts.by_outcome(session, bench.clock.now())
    assert [(one.writer, one.model, one.outcome, one.attempts) for one in found] == [
        ("llm", "local", "blocked", 1),
        ("llm", "openai:large", "failed", 1),
        ("template", None, "passed", 2),
    ]
    assert found[1] == Outcomes(
        writer="llm",
        model="openai:large",
        outcome="failed",
        attempts=1,
        calls=3,
        tokens_in=100,
        tokens_out=0,
        cost_usd=0.25,
        unpriced_calls=0,
    )


def test_what_was_spent_stays_spent_when_the_review_is_gone(bench: Bench) -> None:
    review = bench.review("r-1")
    bench.keep(review, FAILED)
    with bench.database.writing() as session:
        session.execute(delete(ReviewRow).where(ReviewRow.id == review[0]))
    with bench.database.reading() as session:
        assert attempts.of_version(session, *review) == ()
        assert session.scalar(select(func.count()).where(AttemptRow.review_id.is_(None))) == 1
    assert [one.cost_usd for one in bench.spent(timedelta(hours=1))] == [0.25]
