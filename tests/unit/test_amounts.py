"""What tries took, as a person reads it."""

from __future__ import annotations

import pytest

from drafter.amounts import duration, money


@pytest.mark.parametrize(
    ("dollars", "told"),
    [
        (0.000169, "$0.00017"),
        (0.0123, "$0.012"),
        (0.5, "$0.50"),
        (12.345, "$12.35"),
        (1234.5, "$1,234.50"),
        (3e-7, "under $0.000001"),
    ],
)
def test_money_has_cents_or_two_digits_that_say_something(dollars: float, told: str) -> None:
    assert money(dollars) == told


@pytest.mark.parametrize(
    ("milliseconds", "told"), [(0.0, "0 ms"), (2.3, "2 ms"), (999.4, "999 ms"), (30_114, "30.1 s")]
)
def test_a_time_is_told_in_the_unit_that_suits_it(milliseconds: float, told: str) -> None:
    assert duration(milliseconds) == told
