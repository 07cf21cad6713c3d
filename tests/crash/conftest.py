"""A scene on both databases, with a model that does as the test says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evals.storm.model import ToldModel
from evals.storm.scene import Scene


@pytest.fixture
def model() -> ToldModel:
    """The model of the scene."""
    return ToldModel()


@pytest.fixture
def scene(database_address: str, model: ToldModel) -> Iterator[Scene]:
    """An open shop without workers; the test runs once on SQLite and once on PostgreSQL."""
    with Scene(database_address, answer=model) as scene:
        yield scene
