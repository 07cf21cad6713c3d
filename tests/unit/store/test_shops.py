"""Shops are stored whole, under their names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from drafter.domain.errors import UnknownShop
from drafter.domain.shop import BrandVoice, Shop
from drafter.store import shops
from drafter.store.database import Database
from drafter.store.tables import ShopRow

LANE = Shop(
    name="lane",
    display_name="Sunny Läne ☀",
    region="ID",
    brand_voice=BrandVoice(tone="formal", avoid=("dear",)),
    standing_facts={"return_policy": "30 days"},
)


def test_a_shop_comes_back_as_it_was_saved(database: Database) -> None:
    with database.writing() as session:
        shops.save(session, LANE)
    with database.reading() as session:
        assert shops.get(session, "lane") == LANE


def test_saving_again_replaces(database: Database) -> None:
    with database.writing() as session:
        shops.save(session, LANE)
        shops.save(session, LANE.with_changes(region="MY"))
    with database.reading() as session:
        assert [shop.region for shop in shops.list_all(session)] == ["MY"]


def test_an_unknown_shop_is_named_in_the_error(database: Database) -> None:
    with database.reading() as session, pytest.raises(UnknownShop, match="nowhere"):
        shops.get(session, "nowhere")


def test_a_default_shop_that_was_changed_stays_as_it_is(database: Database) -> None:
    with database.writing() as session:
        assert shops.ensure_default(session) == Shop()
        shops.save(session, Shop(region="US"))
        assert shops.ensure_default(session).region == "US"


def test_several_processes_may_make_the_default_shop_at_once(database: Database) -> None:
    others = [Database(database.address) for _ in range(4)]

    def make(other: Database) -> Shop:
        with other.writing() as session:
            return shops.ensure_default(session)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, others))
    for other in others:
        other.close()
    assert made == [Shop()] * 4


def test_a_shop_that_another_version_stored_with_more_fields_is_found(database: Database) -> None:
    """An upgrade that drops a field must not keep the whole installation from starting."""
    record = LANE.model_dump(mode="json")
    record["brand_voice"]["of_another_version"] = record["of_another_version"] = 1
    with database.writing() as session:
        session.add(ShopRow(name="lane", record=record))
    with database.reading() as session:
        assert shops.get(session, "lane") == LANE
        assert LANE in shops.list_all(session)
