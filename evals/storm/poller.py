"""A tool's poll that dies before its answer is told: what a serving process does, up to the answer."""

from __future__ import annotations

import threading
from pathlib import Path

from drafter.compose import SystemClock
from drafter.delivery import Delivery
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.store.testing import JobList


def delivery(database: Database) -> Delivery:
    """Return the deliveries of a shop whose tool polls."""
    return Delivery(database=database, engine=JobList(), clock=SystemClock(), settings=Settings(webhook_secret=None))


def main(address: str, polled: Path) -> None:
    """Hand over what waits, say in a file how much, and stand still for good."""
    found = delivery(Database(address)).poll("default")
    part = polled.with_suffix(".part")
    part.write_text(str(len(found)))
    part.rename(polled)
    threading.Event().wait()
