"""Chores: what a process that takes jobs does each second, and now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

from drafter.delivery import Delivery
from drafter.drafting import Drafting
from drafter.engine import Engine

RESCUE_SECONDS = 60.0  # between two looks for reviews that lost their job
SWEEP_SECONDS = 3600.0  # between two looks for what need not be kept any more


def ticking(
    delivery: Delivery, drafting: Drafting, engine: Engine, *sweeps: Callable[[], object]
) -> Callable[[], None]:
    """Return what the engine does every second: delivery at once, lost jobs and sweeps now and then."""
    rescue_at = time.monotonic() + RESCUE_SECONDS
    sweep_at = time.monotonic()

    def tick() -> None:
        nonlocal rescue_at, sweep_at
        delivery.tick()
        if time.monotonic() >= rescue_at:
            rescue_at = time.monotonic() + RESCUE_SECONDS
            drafting.rescue(engine)
        if time.monotonic() >= sweep_at:
            sweep_at = time.monotonic() + SWEEP_SECONDS
            for sweep in sweeps:
                sweep()

    return tick
