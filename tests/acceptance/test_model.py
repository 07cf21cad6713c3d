"""The same commands and pages use a model where one is named, and say so; with a fault, they say why not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from drafter import compose
from drafter.domain.approval import Role
from drafter.settings import load_settings
from drafter.testing import ModelServer
from drafter.testing.chat import replies
from drafter.web.testing import FormBrowser

BASE = "http://127.0.0.1"
DEADLINE = 60.0  # seconds; far above what is needed
REVIEW = {"id": "1", "text": "Zipper broke after two days", "rating": 2, "author": "Ana", "product": "Tote"}
SPANISH = {"id": "2", "text": "La cremallera se rompió a los dos días, qué pena de bolso", "rating": 2}


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    gate = threading.Event()
    while not condition():
        assert time.monotonic() < end, "the condition did not come true in time"
        gate.wait(0.05)


def drafted(folder: Path, server: ModelServer, *reviews: dict[str, Any]) -> list[dict[str, Any]]:
    """Run `drafter draft` with nothing set but the model and no judge, and return its lines."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("DRAFTER_", "OPENAI_"))}
    model = {"DRAFTER_MODEL": "openai:scripted", "OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-not-to-be-seen"}
    model["DRAFTER_JUDGE"] = "off"  # the calls of the writer are counted
    done = subprocess.run(
        [sys.executable, "-m", "drafter", "draft", "-", "-"],
        cwd=folder,
        env={**plain, **model, "PYTHONIOENCODING": "utf-8"},
        input="".join(json.dumps(review) + "\n" for review in reviews),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    assert "sk-not-to-be-seen" not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_draft_command_asks_the_model_that_is_named(tmp_path: Path) -> None:
    with ModelServer() as server:
        english, spanish = drafted(tmp_path, server, REVIEW, SPANISH)
        assert len(server.requests) == 2
    assert (english["writer"], english["reason"]) == ("llm", None)
    assert english["public_reply"] in (replies()["en"]["public"], replies()["en"]["neutral"])
    assert spanish["public_reply"] in (replies()["es"]["public"], replies()["es"]["neutral"])


@pytest.mark.parametrize(
    ("fault", "told"), [("wrong_key", "OPENAI_API_KEY"), ("breaks_liability", "liability"), ("no_quota", "quota")]
)
def test_the_draft_command_says_why_the_model_did_not_write(tmp_path: Path, fault: str, told: str) -> None:
    with ModelServer(fault) as server:
        (line,) = drafted(tmp_path, server, REVIEW)
    assert (line["route"], line["writer"]) == ("draft", "template")
    assert line["public_reply"]
    assert told in line["reason"]


@contextmanager
def desk(server: ModelServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Serve an installation whose only setting is the model."""
    monkeypatch.setenv("DRAFTER_MODEL", "openai:scripted")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-to-be-seen")
    application = compose.application(load_settings(data_dir=folder / "data", database_url=None))
    key = application.people.create_key("tests", "default").token
    person = application.people.create("Ada", Role.APPROVER)
    link = application.people.link(person.id)
    with TestClient(compose.create_app(application), base_url=BASE, follow_redirects=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        client.post("/v1/reviews", json={"review": {"external_id": "r-1", "rating": 2, "text": REVIEW["text"]}})
        until(lambda: application.engine.waiting() == 0)
        del client.headers["Authorization"]
        FormBrowser(http=client).post("/sign-in/link", {"token": link}, page=f"/sign-in/{link}")
        client.headers["X-Key"] = key
        yield client


def item_of(client: TestClient) -> tuple[dict[str, Any], str]:
    """Return the one item, as the API gives it and as its page shows it."""
    authorised = {"Authorization": f"Bearer {client.headers['X-Key']}"}
    listed = client.get("/v1/items", headers=authorised).json()
    (item_id,) = [item["id"] for item in listed["items"]]
    item: dict[str, Any] = client.get(f"/v1/items/{item_id}", headers=authorised).json()
    return item, client.get(f"/items/{item_id}").text


def test_the_api_and_the_page_show_the_draft_of_the_model_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer() as server, desk(server, tmp_path, monkeypatch) as client:
        item, page = item_of(client)
    assert item["draft"]["provenance"]["model"] == "openai:scripted"
    assert item["draft"]["provenance"]["usage"]["tokens_in"] > 100
    assert "Written by openai:scripted" in page
    assert replies()["en"]["public"].split(".")[0] in page


@pytest.mark.parametrize(("fault", "told"), [("wrong_key", "OPENAI_API_KEY"), ("breaks_tone", "tone")])
def test_the_api_and_the_page_say_why_the_model_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, told: str
) -> None:
    with ModelServer(fault) as server, desk(server, tmp_path, monkeypatch) as client:
        item, page = item_of(client)
    assert item["draft"]["provenance"]["writer"] == "template"
    assert told in item["reason"]
    (origin,) = re.findall(r"<summary>(Written by.*?)</summary>", page, re.DOTALL)
    assert told.lower() in origin.lower(), origin
    assert "sk-not-to-be-seen" not in page
