"""Ids sort by their time and never repeat."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from drafter.store.ids import new_id


def test_ids_of_one_process_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id("rev") for _ in range(2_000)]
    assert made == sorted(made)


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(new_id, ["rev"] * 2_000))
    assert len(set(made)) == 2_000


def test_an_id_says_what_it_is_of_and_fits_its_column() -> None:
    made = new_id("item")
    assert made.startswith("item_")
    assert len(made) <= 40
