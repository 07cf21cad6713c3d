"""`classify` and `eval run --only-read` with a model that reads where the embedded reader is unsure."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drafter.cli import app
from drafter.domain.errors import BadInput, Misconfigured
from drafter.settings import load_settings
from drafter.testing import ModelServer

#: Praise in plain words, a case of harm, and stars without words.
REVIEWS = (
    ("sure", "Lovely bag, great quality, love it!", 5, "positive"),
    ("harm", "My baby got a rash from it, we are at the hospital", 1, "safety"),
    ("stars", "", 5, "positive"),
)
PRICES = '["openai:scripted"]\nusd_per_million_in = 1.0\nusd_per_million_out = 2.0\n'


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def here(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """What types commands in a folder with reviews, before a scripted provider; no model is set."""
    for name in [name for name in os.environ if name.startswith(("DRAFTER_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": server.url, "DRAFTER_MODELS_FILE": "models.toml"}
    for name, value in {**settings, "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": id_, "text": text, "rating": rating, "situation": situation, "language": "en"}
        for id_, text, rating, situation in REVIEWS
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "models.toml").write_text(PRICES, encoding="utf-8")
    return CliRunner()


def typed(here: CliRunner, *arguments: str, **settings: str) -> str:
    done = here.invoke(app, list(arguments), env=settings, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def readers(file: str = "out.jsonl") -> dict[str, str]:
    lines = [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]
    return {line["id"]: line["reader"] for line in lines}


def kept(run: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(f"out/evals/{run}/cases.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_model_is_asked_where_one_is_set_and_the_embedded_reading_is_in_doubt(
    here: CliRunner, server: ModelServer
) -> None:
    typed(here, "classify", "in.jsonl", "out.jsonl")
    assert set(readers().values()) == {"embedding"}
    model = ("--model", "openai:scripted")
    told = typed(here, "classify", "in.jsonl", "out.jsonl", *model, DRAFTER_READER_THRESHOLD="0.1")
    assert re.search(r"a model was asked about 1; 1 request, [\d,]+ tokens in, \d+ out, \$0\.00", told)
    assert readers() == {"sure": "cascade:embedding", "harm": "cascade:llm", "stars": "cascade:embedding"}
    assert len(server.requests) == 1
    typed(here, "classify", "in.jsonl", "out.jsonl", "--reader", "llm", DRAFTER_READER_MODEL="openai:scripted")
    assert readers() == {"sure": "llm", "harm": "llm", "stars": "llm:embedding"}
    line = json.loads(Path("out.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert not {"attempts", "doubt", "to_ask"} & line.keys()


def test_a_model_that_fails_is_told_at_the_end_and_the_review_is_read(
    here: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer("wrong_key") as broken:
        monkeypatch.setenv("OPENAI_BASE_URL", broken.url)
        told = typed(here, "classify", "in.jsonl", "out.jsonl", "--reader", "llm", "--model", "openai:scripted")
    assert set(readers().values()) == {"llm:embedding"}
    assert "asked about 2, 2 of them read by the embedded reader all the same" in told
    assert "look at OPENAI_API_KEY" in told


@pytest.mark.parametrize("reader", ["llm", "cascade"])
def test_a_model_that_reads_has_to_be_named(here: CliRunner, reader: str) -> None:
    with pytest.raises(Misconfigured, match="DRAFTER_READER_MODEL"):
        here.invoke(app, ["classify", "in.jsonl", "out.jsonl", "--reader", reader], catch_exceptions=False)


def test_a_run_of_the_cascade_tells_what_was_asked_and_asks_nothing_twice(here: CliRunner, server: ModelServer) -> None:
    arguments = ("eval", "run", "in.jsonl", "--only-read", "--model", "openai:scripted", "--name", "cascade")
    told = typed(here, *arguments, "--reader", "cascade", DRAFTER_READER_THRESHOLD="0.1")
    assert "asked_a_model" in told
    assert "cost_usd" in told
    assert "USD spent" in told
    harm = next(case for case in kept("cascade") if case["case"] == "harm")
    assert harm["output"]["attempts"][0]["writer"] == "llm_reader"
    assert harm["scores"]["asked_a_model"]["value"] == 1
    assert harm["scores"]["tokens"]["value"] > 500
    typed(here, *arguments[:-2], "--name", "higher", "--reader", "cascade", DRAFTER_READER_THRESHOLD="1")
    assert len(server.requests) == 2, "the answer about the harm was kept"


def test_gain_and_cost_are_shown_for_every_threshold(here: CliRunner) -> None:
    typed(here, "eval", "run", "in.jsonl", "--only-read", "--reader", "embedding", "--name", "embedded")
    model = ("--reader", "llm", "--model", "openai:scripted")
    typed(here, "eval", "run", "in.jsonl", "--only-read", *model, "--name", "model")
    told = typed(here, "eval", "cascade", "out/evals/embedded", "out/evals/model", "--json", "table.json")
    assert f"*{load_settings().reader_threshold:.2f}" in told
    table = json.loads(Path("table.json").read_text(encoding="utf-8"))
    assert (table["cases"], table["simulated"]) == (3, False)
    asked = [row["asked"] for row in table["rows"]]
    assert asked == sorted(asked)
    assert (round(asked[0], 2), round(asked[-1], 2)) == (0.33, 0.67)
    assert table["rows"][-1]["usd_per_thousand"] > table["rows"][0]["usd_per_thousand"] > 0
    simulated = typed(here, "eval", "cascade", "out/evals/embedded", "--simulate", "0.86")
    assert "SIMULATED" in simulated
    assert "Not a measurement" in simulated


def test_a_table_needs_the_right_runs(here: CliRunner) -> None:
    typed(here, "eval", "run", "in.jsonl", "--only-read", "--reader", "embedding", "--name", "embedded")
    for arguments in (["out/evals/embedded"], ["out/evals/embedded", "out/evals/embedded"]):
        with pytest.raises(BadInput, match=r"--simulate|--reader llm"):
            here.invoke(app, ["eval", "cascade", *arguments], catch_exceptions=False)
