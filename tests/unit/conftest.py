"""Recorded exchanges with models, for the tests of whatever asks one.

Requests are matched by method, path, query and body: a change of prompt, marks or form changes a request, and its
cassette no longer matches. Record anew with `--record-mode=rewrite`. Each cassette names in its metadata what it was
recorded from; tests/house_rules/test_cassettes.py holds it to that word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr import VCR  # type: ignore[import-untyped]
from vcr.request import Request  # type: ignore[import-untyped]

CASSETTES = Path(__file__).parents[1] / "cassettes"
SCRIPTED = "scripted server of drafter.testing"
NOWHERE = "http://127.0.0.1:9/v1"  # to play a cassette needs no server
KEPT_HEADERS = frozenset({"content-type", "retry-after"})

#: Yields the address of a server that is recorded.
Served = Callable[[], AbstractContextManager[str]]
Playing = Callable[..., AbstractContextManager[str]]


class Lines(yaml.SafeDumper):
    """Writes texts of several lines as such."""


Lines.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


class Readable:
    """Cassettes that a person can read: first what they are, then bodies as YAML."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        ordered = {key: cassette[key] for key in ("metadata", "version", "interactions")}
        for exchange in ordered["interactions"]:
            exchange["request"]["body"] = json.loads(exchange["request"]["body"])
            answer = exchange["response"]["body"] = json.loads(exchange["response"]["body"]["string"])
            if "model" in answer:  # llama.cpp tells the whole path of its weights
                answer["model"] = answer["model"].rpartition("/")[2]
        return yaml.dump(ordered, Dumper=Lines, allow_unicode=True, sort_keys=False, width=120)

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        cassette: dict[str, Any] = yaml.safe_load(text)
        for exchange in cassette["interactions"]:
            exchange["request"]["body"] = json.dumps(exchange["request"]["body"])
            exchange["response"]["body"] = {"string": json.dumps(exchange["response"]["body"])}
        return cassette


def only_what_is_asked(request: Request) -> Request:
    """Return a request without key, address and traits of the machine that made it."""
    kept = {name: value for name, value in request.headers.items() if name.lower() in KEPT_HEADERS}
    return Request(request.method, f"http://model.invalid{request.path}", request.body, kept)


def only_what_is_answered(response: dict[str, Any]) -> dict[str, Any]:
    headers = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
    return {**response, "headers": headers}


@contextmanager
def exchange(recording: bool, name: str, served: Served, *, source: str = SCRIPTED) -> Iterator[str]:
    """Play a cassette, or record it from a server; yield the address to ask."""
    player = VCR(
        match_on=["method", "path", "query", "body"],
        filter_headers=["authorization", "api-key", "x-api-key", "cookie"],
        before_record_request=only_what_is_asked,
        before_record_response=only_what_is_answered,
        decode_compressed_response=True,
        record_mode="all" if recording else "none",
        serializer="readable",
    )
    player.register_serializer("readable", Readable)
    file = CASSETTES / f"{name}.yaml"
    if not recording:
        with player.use_cassette(str(file)) as cassette:
            yield NOWHERE
        assert cassette.all_played
        return
    file.unlink(missing_ok=True)
    with served() as url, player.use_cassette(str(file)) as cassette:
        cassette.get_metadata("recorded_from", source)
        cassette.get_metadata("recorded_on", datetime.now(UTC).date().isoformat())
        yield url


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> bool:
    """Whether exchanges are recorded anew."""
    return bool(request.config.getoption("--record-mode") == "rewrite")


@pytest.fixture
def playing(recording: bool, monkeypatch: pytest.MonkeyPatch) -> Playing:
    """Return what plays or records an exchange by its name."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    return partial(exchange, recording)
