"""Steps down the slope (Adam), and the moving average of what was learnt: what every tuning has in common."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.tree_util import DictKey

from drafter import weights

_RATE, _SCALES_RATE, _HEADS_RATE = 1e-3, 2e-3, 3e-3  # of learning
KEPT = 0.995  # of the moving average, from step to step

#: What is learnt: `layers` of the encoder and `heads`, a tree of arrays.
Learnt = dict[str, Any]


def stepped(
    learnt: Learnt, first: Learnt, second: Learnt, down: Learnt, step: float, rate: float
) -> tuple[Learnt, Learnt, Learnt]:
    """Return one step of Adam, its slope cut to a length of one: what is learnt now, and the two moments."""
    length = jnp.sqrt(sum((part**2).sum() for part in jax.tree.leaves(down)))
    down = jax.tree.map(lambda part: part * jnp.minimum(1, 1 / length), down)
    first = jax.tree.map(lambda old, new: 0.9 * old + 0.1 * new, first, down)
    second = jax.tree.map(lambda old, new: 0.99 * old + 0.01 * new**2, second, down)
    rates = jax.tree_util.tree_map_with_path(_rate_of, learnt)
    learnt = jax.tree.map(
        lambda at, mean, square, own: (
            at - rate * own * (mean / (1 - 0.9**step)) / (jnp.sqrt(square / (1 - 0.99**step)) + 1e-8)
        ),
        learnt,
        first,
        second,
        rates,
    )
    return learnt, first, second


def averaged(average: Learnt, learnt: Learnt, kept: float) -> Learnt:
    """Return the moving average one step on."""
    mixed: Learnt = jax.tree.map(lambda old, new: kept * old + (1 - kept) * new, average, learnt)
    return mixed


def share_of_rate(step: int, steps: int) -> float:
    """Return the share of the full rate at a step: up during the first twentieth, then down to nearly nothing."""
    return min(1.0, step / max(10, steps // 20)) * max(0.02, 1 - step / steps)


def _rate_of(path: tuple[DictKey, ...], _: Array) -> float:
    if path[0].key == "heads":
        return _HEADS_RATE
    return _SCALES_RATE if path[-1].key.endswith(weights.SCALES) else _RATE
