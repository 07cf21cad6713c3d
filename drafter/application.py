"""Application: the parts of a running installation, as the API and the pages use them."""

from __future__ import annotations

from dataclasses import dataclass

from drafter.approvals import Approvals
from drafter.delivery import Delivery
from drafter.domain.ports import Clock
from drafter.engine import Engine
from drafter.intake import Intake
from drafter.people import People
from drafter.retention import Retention
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.translations import Translations
from drafter.voices import Voices


@dataclass(frozen=True, kw_only=True)
class Application:
    """Everything that a request may need; built by `compose.application`."""

    settings: Settings
    clock: Clock
    database: Database
    engine: Engine
    intake: Intake
    approvals: Approvals
    delivery: Delivery
    people: People
    voices: Voices
    translations: Translations
    retention: Retention
