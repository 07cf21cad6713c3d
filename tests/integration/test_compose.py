"""A whole installation, put together as `drafter serve` does it, with scripted reader and writer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from drafter import compose
from drafter.application import Application
from drafter.compose import PipelineParts
from drafter.domain.review import Review
from drafter.settings import Settings, load_settings
from drafter.store import idempotency, shops
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter

DEADLINE = 20.0  # seconds; far above what is needed


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.02)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    def parts(_: Settings, **__: object) -> PipelineParts:
        return PipelineParts(reader=ScriptedReader(), writers=(ScriptedWriter(),), inspector=ScriptedInspector())

    monkeypatch.setattr(compose, "pipeline_parts", parts)


@pytest.fixture
def settings(database_address: str, tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data", database_url=database_address)


def close(*applications: Application) -> None:
    for application in applications:
        application.engine.close()
        application.database.close()


def test_a_review_is_drafted_while_the_application_serves(settings: Settings) -> None:
    application = compose.application(settings)
    with TestClient(compose.create_app(application)) as client:
        assert client.get("/healthz").status_code == 200
        received = application.intake.receive("default", Review(external_id="r-1", text="Lovely", rating=5), {})
        until(lambda: application.intake.status(received.review_id).state == "queued")


def test_what_came_in_before_a_restart_is_drafted_after_it(settings: Settings) -> None:
    first = compose.application(settings, role="command")
    received = first.intake.receive("default", Review(external_id="r-1", text="Lovely", rating=5), {})
    close(first)
    second = compose.application(settings, role="worker")
    second.engine.launch()
    until(lambda: second.intake.status(received.review_id).state == "queued")
    close(second)


def _name(application: Application) -> str:
    return application.engine.executor_id.rpartition(":")[0]


def test_live_processes_never_share_a_name_and_a_restarted_one_has_its_own_again(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, database_url=None)
    first, second = compose.application(settings, role="serve"), compose.application(settings, role="worker")
    assert _name(first) != _name(second)
    close(first)
    third = compose.application(settings, role="serve")
    assert _name(third) == _name(first)
    close(second, third)


def test_processes_that_were_given_one_name_are_still_told_from_each_other(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, database_url=None, executor_id="worker-7")
    both = [compose.application(settings, role="worker") for _ in range(2)]
    close(*both)
    assert [_name(application) for application in both] == ["worker-7", "worker-7"]
    assert both[0].engine.executor_id != both[1].engine.executor_id


def test_a_command_needs_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_parts(_: Settings, **__: object) -> PipelineParts:
        raise AssertionError("a command asked for the model")

    monkeypatch.setattr(compose, "pipeline_parts", no_parts)
    application = compose.application(load_settings(data_dir=tmp_path, database_url=None), role="command")
    with application.database.reading() as session:
        assert [shop.name for shop in shops.list_all(session)] == ["default"]
    close(application)


def test_processes_of_two_data_folders_never_share_a_name(tmp_path: Path) -> None:
    """Two installations' folders on one machine may belong to one database, as with workers on PostgreSQL."""
    address = f"sqlite:///{tmp_path / 'shared.db'}"
    both = [
        compose.application(load_settings(data_dir=tmp_path / name, database_url=address), role="worker")
        for name in ("one", "other")
    ]
    close(*both)
    assert _name(both[0]) != _name(both[1])


def test_kept_answers_that_nobody_will_ask_for_are_swept_without_a_request(settings: Settings) -> None:
    application = compose.application(settings, role="worker")
    long_ago = application.clock.now() - idempotency.KEPT_FOR - timedelta(minutes=1)
    for name, at in (("old", long_ago), ("new", application.clock.now())):
        idempotency.start(application.database, "key_1", name, "hash", at)
    application.engine.launch()
    until(lambda: idempotency.find(application.database, "key_1", "old") is None)
    assert idempotency.find(application.database, "key_1", "new") is not None
    close(application)
