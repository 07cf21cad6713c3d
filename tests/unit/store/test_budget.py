"""A shop's models take no more in a day than its budget has, whoever keeps the books."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.ports import Writer
from drafter.domain.review import Review
from drafter.domain.shop import DailyBudget, Shop
from drafter.domain.situation import Situation
from drafter.llm.budget import InProcessPurse, Purse, Taken, Taking
from drafter.llm.budgeted import BudgetedWriter
from drafter.llm.options import ModelOptions
from drafter.store import shops
from drafter.store.budget import StoredPurse
from drafter.store.database import Database
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedWriter

PRICED = ModelOptions(name="openai:a", usd_per_million_in=1, usd_per_million_out=10)
UNPRICED = ModelOptions(name="openai:b")
CALL = Taking(shop=Shop(), options=UNPRICED).tokens


@pytest.fixture(params=["in_process", "sqlite", "postgres"])
def purse(request: pytest.FixtureRequest, clock: FixedClock) -> Any:
    """Each of the purses, on a clock that the test moves: a Monday, 12:00 UTC."""
    if request.param == "in_process":
        yield InProcessPurse(clock.now)
        return
    database = Database(request.getfixturevalue(f"{request.param}_address"))
    with database.writing() as session:
        for shop in (Shop(), Shop(name="other")):
            shops.save(session, shop)
    yield StoredPurse(database, clock)
    database.close()


def shop_of(zone: str = "UTC", name: str = "default", **budget: float) -> Shop:
    return Shop(name=name, time_zone=zone, daily_budget=DailyBudget.model_validate(budget))


def take(purse: Purse, shop: Shop, options: ModelOptions = UNPRICED, took: int | None = None) -> str | None:
    """Take as much as a question may, or as it took."""
    taking = Taking(shop=shop, options=options)
    why = purse.open(taking)
    if why is None and took is not None:
        purse.settle(taking, Taken(tokens=took))
    return why


def test_what_may_be_taken_is_set_aside_before_it_is_known(purse: Purse) -> None:
    """So that drafts that are made at the same time do not pass the budget together."""
    shop = shop_of(tokens=2 * CALL + 100)
    assert [take(purse, shop) for _ in range(2)] == [None, None]
    why = take(purse, shop)
    assert why is not None
    assert f"{2 * CALL:,} of {2 * CALL + 100:,} tokens are taken" in why
    assert f"{CALL:,}" in why


def test_what_was_set_aside_and_not_taken_is_there_again(purse: Purse) -> None:
    shop = shop_of(tokens=CALL + 500)
    assert take(purse, shop, took=400) is None
    assert take(purse, shop, took=200) is None
    assert take(purse, shop) is not None


def test_the_day_is_the_shops_own(purse: Purse, clock: FixedClock) -> None:
    """12:00 UTC is 19:00 in Bangkok: five hours are left."""
    shop = shop_of("Asia/Bangkok", tokens=CALL)
    assert take(purse, shop) is None
    clock.forward(timedelta(hours=4, minutes=59))
    why = take(purse, shop)
    assert why is not None
    assert "until 06 Jan 2026 00:00 (Asia/Bangkok)" in why
    clock.forward(timedelta(minutes=1))
    assert take(purse, shop) is None


def test_shops_have_budgets_of_their_own(purse: Purse) -> None:
    assert take(purse, shop_of(tokens=CALL)) is None
    assert take(purse, shop_of(name="other", tokens=CALL)) is None


def test_without_a_budget_nothing_is_refused_and_all_is_put_down(purse: Purse) -> None:
    """A budget that is set in the middle of a day counts what was taken before."""
    assert take(purse, shop_of()) is None
    assert take(purse, shop_of(tokens=CALL)) is not None


def test_a_budget_in_dollars_is_held_by_the_prices(purse: Purse) -> None:
    usd = Taking(shop=Shop(), options=PRICED).usd
    assert usd == pytest.approx(0.012)
    assert take(purse, shop_of(usd=0.02), PRICED) is None
    why = take(purse, shop_of(usd=0.02), PRICED)
    assert why is not None
    assert "$0.012 of $0.02 are taken" in why


def test_a_budget_in_dollars_lets_no_model_be_asked_whose_price_is_not_known(purse: Purse) -> None:
    why = take(purse, shop_of(usd=1_000), UNPRICED)
    assert why is not None
    for word in ("price of openai:b", "usd_per_million_in", "usd_per_million_out", "DRAFTER_MODELS_FILE"):
        assert word in why


def test_a_budget_of_nothing_lets_no_model_be_asked(purse: Purse) -> None:
    assert take(purse, shop_of(tokens=0)) is not None
    assert take(purse, shop_of(usd=0), PRICED) is not None


def test_processes_that_ask_at_once_do_not_pass_the_budget(database_address: str, clock: FixedClock) -> None:
    """Four with a database handle of their own; the budget has room for five questions of twenty."""
    shop, said = shop_of(tokens=5 * CALL + 1), list[str | None]()
    first = Database(database_address)
    with first.writing() as session:
        shops.save(session, shop)
    first.close()

    def process() -> None:
        database = Database(database_address)
        said.extend(take(StoredPurse(database, clock), shop) for _ in range(5))
        database.close()

    threads = [threading.Thread(target=process) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 20
    assert said.count(None) == 5


DRAFT = Draft(
    public_reply="Thank you.",
    language="en",
    provenance=Provenance(writer="llm", usage=Usage(calls=1, tokens_in=900, tokens_out=100)),
)


class Broken:
    """A writer with a fault."""

    name = "llm"

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        raise RuntimeError("broken")


async def asked(purse: Purse, shop: Shop, answer: Draft | WriterFailed) -> Draft:
    return await written(purse, shop, ScriptedWriter(answer))


async def written(purse: Purse, shop: Shop, inner: Writer) -> Draft:
    writer = BudgetedWriter(inner, UNPRICED, purse)
    case = Case(review=Review(external_id="1", text="Lovely."), shop=shop)
    return await writer.write(case, QUIET_SITUATION, Brief())


async def test_a_writer_takes_what_its_draft_took(clock: FixedClock) -> None:
    purse, shop = InProcessPurse(clock.now), shop_of(tokens=CALL + 1_000)
    for _ in range(2):
        await asked(purse, shop, DRAFT)
    with pytest.raises(WriterFailed, match="2,000 of 4,900 tokens are taken") as caught:
        await asked(purse, shop, DRAFT)
    assert caught.value.codes == ("daily_budget",)
    assert caught.value.usage.calls == 0


async def test_a_writer_that_fails_takes_what_its_failure_took(clock: FixedClock) -> None:
    purse, shop = InProcessPurse(clock.now), shop_of(tokens=CALL)
    with pytest.raises(WriterFailed, match="no answer"):
        await asked(purse, shop, WriterFailed("no answer", usage=Usage(calls=4)))
    await asked(purse, shop, DRAFT)
    with pytest.raises(WriterFailed, match="1,000 of"):
        await asked(purse, shop, DRAFT)


async def test_a_writer_that_breaks_takes_what_was_set_aside(clock: FixedClock) -> None:
    """Nobody knows what it took."""
    purse, shop = InProcessPurse(clock.now), shop_of(tokens=CALL)
    with pytest.raises(RuntimeError):
        await written(purse, shop, Broken())
    with pytest.raises(WriterFailed, match=f"{CALL:,} of {CALL:,}"):
        await written(purse, shop, Broken())


class Away:
    """A purse whose database is away from a moment on."""

    def __init__(self, *, opens: bool) -> None:
        self._opens = opens

    def open(self, taking: Taking) -> str | None:
        if not self._opens:
            raise OSError("postgresql://user:secret@host")
        return None

    def settle(self, taking: Taking, taken: Taken) -> None:
        raise OSError("postgresql://user:secret@host")


async def test_where_the_budget_cannot_be_looked_up_no_model_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    """A stand-in takes over, and the reason is not the budget."""
    with pytest.raises(WriterFailed, match=r"cannot be looked up \(OSError\)") as caught:
        await written(Away(opens=False), shop_of(), Broken())
    assert caught.value.codes == ()
    assert [record.message for record in caplog.records] == ["budget.not_opened"]
    assert "secret" not in caplog.text + str(caught.value)


async def test_an_answer_counts_though_what_it_took_cannot_be_put_down() -> None:
    assert await asked(Away(opens=True), shop_of(), DRAFT) == DRAFT


def test_an_answer_that_comes_days_later_changes_nothing(purse: Purse, clock: FixedClock) -> None:
    """What was set aside for it is dropped by then."""
    old = Taking(shop=shop_of(), options=UNPRICED)
    purse.open(old)
    clock.forward(timedelta(days=4))
    assert take(purse, shop_of(tokens=CALL), took=0) is None
    purse.settle(old, Taken(tokens=CALL))
    assert take(purse, shop_of(tokens=CALL)) is None
