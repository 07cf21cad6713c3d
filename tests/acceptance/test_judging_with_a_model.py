"""`check`, `draft` and `eval run` with a judge, before a scripted provider."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from drafter.cli import app
from drafter.domain.errors import Misconfigured
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.faults import good
from drafter.testing.verdicts import is_judging, judged, passage, texts_of

BLAME = "A zipper that is handled with care holds"
REPLIES: tuple[tuple[str, str, list[str]], ...] = (
    ("subtle", f"Thank you, Ana. {BLAME}. Please message us in the shop chat.", ["tone"]),
    ("clean", "Thank you, Ana. We are sorry about the zipper. Please message us in the shop chat.", []),
    ("crude", f"Thank you, Ana. {BLAME}. Write to us at shop@example.com.", ["off_platform_contact", "tone"]),
)
PRICES = '["openai:scripted"]\nusd_per_million_in = 1.0\nusd_per_million_out = 2.0\n'


def careful(request: ChatRequest) -> Answer:
    """Find the blame, as a careful reader would."""
    if not is_judging(request):
        return good(request)
    found = [passage("tone", BLAME)] if any(BLAME in text for text in texts_of(request).values()) else []
    return judged(request, *found)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(careful) as server:
        yield server


@pytest.fixture
def here(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in [name for name in os.environ if name.startswith(("DRAFTER_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    settings = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": server.url, "DRAFTER_MODELS_FILE": "models.toml"}
    for name, value in {**settings, "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    review = {"text": "The zipper broke", "rating": 2, "author": "Ana", "product": "Tote", "language": "en"}
    rows = [
        {"id": id_, "review": review, "case_facts": {}, "channel": "public", "reply": reply, "violations": codes}
        for id_, reply, codes in REPLIES
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "models.toml").write_text(PRICES, encoding="utf-8")
    return CliRunner()


def typed(here: CliRunner, *arguments: str, **settings: str) -> str:
    done = here.invoke(app, list(arguments), env=settings, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def answers() -> dict[str, Any]:
    lines = [json.loads(line) for line in Path("out.jsonl").read_text(encoding="utf-8").splitlines()]
    return {line["id"]: line for line in lines}


def violations() -> dict[str, set[str]]:
    return {id_: set(line["violations"]) for id_, line in answers().items()}


EXPECTED = {id_: set(codes) for id_, _, codes in REPLIES}


def test_a_judge_finds_what_no_rule_holds(here: CliRunner, server: ModelServer) -> None:
    told = typed(here, "check", "in.jsonl", "out.jsonl", "--judge", "--model", "openai:scripted")
    assert violations() == EXPECTED
    assert "a model was asked to judge 3" in told
    assert len(server.requests) == 3
    subtle = answers()["subtle"]
    (found,) = [one for one in subtle["findings"] if one["severity"] == "block"]
    assert (found["layer"], found["check"]) == ("judge", "drafter.judge.llm")
    assert REPLIES[0][1][found["start"] : found["end"]] == BLAME
    assert subtle["judge"]["model"] == "openai:scripted"
    assert subtle["judge"]["usage"]["cost_usd"] > 0


def test_check_follows_the_settings_and_no_model_is_asked_where_none_is_set(
    here: CliRunner, server: ModelServer
) -> None:
    typed(here, "check", "in.jsonl", "out.jsonl")
    assert all("judge" not in line for line in answers().values())
    typed(here, "check", "in.jsonl", "out.jsonl", DRAFTER_MODEL="openai:scripted", DRAFTER_JUDGE="off")
    typed(here, "check", "in.jsonl", "out.jsonl", "--no-judge", DRAFTER_MODEL="openai:scripted")
    assert server.requests == []
    typed(here, "check", "in.jsonl", "out.jsonl", DRAFTER_JUDGE_MODEL="openai:scripted")
    assert violations() == EXPECTED


def test_a_judge_has_to_be_named(here: CliRunner) -> None:
    with pytest.raises(Misconfigured, match="DRAFTER_JUDGE_MODEL"):
        here.invoke(app, ["check", "in.jsonl", "out.jsonl", "--judge"], catch_exceptions=False)


def test_a_judge_that_fails_leaves_every_line_answered_and_says_so(here: CliRunner) -> None:
    with ModelServer("server_error") as broken:
        settings = {"OPENAI_BASE_URL": broken.url, "DRAFTER_MODEL": "openai:scripted"}
        told = typed(here, "check", "in.jsonl", "out.jsonl", "--limit", "1", **settings)
    line = answers()["subtle"]
    assert line["violations"] == []
    assert (line["judge"]["model"], "openai:scripted" in line["judge"]["failed"]) == (None, True)
    assert "1 of them without an answer that counts" in told


def test_drafts_of_a_model_are_judged_before_they_are_offered(here: CliRunner, server: ModelServer) -> None:
    model = ("--model", "openai:scripted", "--reader", "embedding")
    typed(here, "draft", "in.jsonl", "out.jsonl", "--limit", "1", *model)
    assert [is_judging(request) for request in server.requests] == [False, True]
    typed(here, "draft", "in.jsonl", "out.jsonl", "--limit", "1", *model, DRAFTER_JUDGE="off")
    assert [is_judging(request) for request in server.requests] == [False, True, False]


def test_a_judge_is_measured_on_replies_and_asked_for_each_once(here: CliRunner, server: ModelServer) -> None:
    run = ("eval", "run", "in.jsonl")
    typed(here, *run, "--name", "without")
    assert server.requests == []
    told = typed(here, *run, "--judge", "openai:scripted", "--name", "with")
    assert "USD spent" in told
    typed(here, *run, "--judge", "openai:scripted", "--name", "again")
    assert len(server.requests) == 3, "the answers were kept"
    lines = Path("out/evals/again/cases.jsonl").read_text(encoding="utf-8").splitlines()
    found = {case["case"]: {one["code"] for one in case["output"]["findings"]} for case in map(json.loads, lines)}
    assert "tone" in found["subtle"]
    assert "tone" not in found["clean"]
