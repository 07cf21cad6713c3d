"""Differences are called where they are more than noise, and only as often as the level allows where they are not."""

import numpy as np
import pytest

from evals.statistics import adjusted_p, bootstrap


def test_a_large_difference_is_found_beside_columns_of_noise() -> None:
    rng = np.random.default_rng(1)
    differences = rng.choice([-1.0, 0.0, 1.0], size=(80, 12), p=[0.1, 0.8, 0.1])
    differences[:20, 4] = -1.0
    p = adjusted_p(differences, flips=2_000)
    assert p[4] < 0.01
    assert np.all(np.delete(p, 4) > 0.05)


def test_equal_columns_have_p_one() -> None:
    assert adjusted_p(np.zeros((10, 3))).tolist() == [1.0, 1.0, 1.0]


def test_few_cases_in_one_direction_are_no_call() -> None:
    """Four of four is one time in eight; a bootstrap interval would leave out zero."""
    differences = np.zeros((60, 1))
    differences[:4] = -1.0
    assert adjusted_p(differences)[0] == pytest.approx(0.125, abs=0.02)
    assert bootstrap(differences).high[0] < 0


def test_p_values_are_those_of_an_exact_sign_test() -> None:
    """Nine of ten in one direction, one column: 2 * (1 + 10) / 1024."""
    differences = np.array([[1.0]] * 9 + [[-1.0]])
    assert adjusted_p(differences)[0] == pytest.approx(22 / 1024, abs=0.006)


def test_the_level_holds_over_all_columns_together() -> None:
    """Under the null, the chance of any call is the level, however many columns there are."""
    rng = np.random.default_rng(7)
    called = 0
    for seed in range(200):
        before, after = (rng.random((40, 8)) < 0.5 for _ in range(2))
        called += bool(np.any(adjusted_p(after.astype(float) - before, seed=seed, flips=400) <= 0.05))
    assert called <= 20  # expected are 10; more than 20 come one time in a thousand


def test_a_column_twice_costs_nothing() -> None:
    rng = np.random.default_rng(3)
    one = rng.choice([-1.0, 0.0, 1.0], size=(50, 1), p=[0.25, 0.65, 0.1])
    alone = adjusted_p(one, seed=5)[0]
    assert adjusted_p(np.repeat(one, 30, axis=1), seed=5)[29] == pytest.approx(alone)


def test_an_interval_holds_the_mean_and_leaves_out_what_is_missing() -> None:
    differences = np.full((40, 1), np.nan)
    differences[:20, 0] = np.tile([0.0, 0.5], 10)
    interval = bootstrap(differences, resamples=1_000)
    assert interval.mean[0] == 0.25
    assert 0.1 < interval.low[0] < 0.25 < interval.high[0] < 0.4


def test_the_same_seed_gives_the_same_figures() -> None:
    differences = np.random.default_rng(2).normal(size=(30, 4))
    assert adjusted_p(differences, seed=1, flips=500).tolist() == adjusted_p(differences, seed=1, flips=500).tolist()
    assert bootstrap(differences, seed=1).low.tolist() == bootstrap(differences, seed=1).low.tolist()
