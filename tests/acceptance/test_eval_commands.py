"""Evaluation as it is typed: a run that is killed goes on, two runs are compared, held to thresholds and shown."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drafter.cli import app
from drafter.domain.errors import BadInput
from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.chat import Manner
from drafter.testing.faults import good

CASES = 12
BEFORE_THE_KILL = 5
PATIENCE = 120.0  # seconds for anything to happen
REVIEW = {"rating": 5, "language": "en", "situation": "positive", "best_channel": "public"}
PRICES = '["openai:scripted"]\nusd_per_million_in = 1.0\nusd_per_million_out = 2.0\n'


class HeldModel:
    """Answers a number of calls, and leaves the others without an answer until it is let go."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.held = True

    def __call__(self, request: ChatRequest) -> Answer:
        self.asked[request.conversation] += 1
        if self.held and len(self.answered) >= BEFORE_THE_KILL:
            return Answer(manner=Manner.NEVER)
        self.answered.add(request.conversation)
        return good(request)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "drafter", "eval", *arguments]


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DRAFTER_", "OPENAI_"))}
    return {**kept, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200", **settings}


def done(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own command
        command(*arguments),
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small dataset and the price of the scripted model."""
    rows = [{"id": str(n), "text": f"The zipper of bag {n} is strong, love it", **REVIEW} for n in range(CASES)]
    (tmp_path / "bags.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (tmp_path / "models.toml").write_text(PRICES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """What types commands in the folder, without a setting."""
    for name in [name for name in os.environ if name.startswith(("DRAFTER_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.chdir(folder)
    return CliRunner()


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def test_a_run_killed_half_way_goes_on_and_repeats_no_finished_call(folder: Path) -> None:
    model = HeldModel()
    with ModelServer(model) as server:
        settings = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "none", "DRAFTER_MODELS_FILE": "models.toml"}
        settings["DRAFTER_JUDGE"] = "off"  # the calls of the writer are counted
        arguments = ("run", "bags.jsonl", "--writer", "llm", "--model", "openai:scripted", "--name", "bags")
        with subprocess.Popen(  # noqa: S603  # our own command
            command(*arguments, "--concurrency", "2"), cwd=folder, env=environment(**settings)
        ) as run:
            kept, give_up = folder / "out/evals/bags/cases.jsonl", time.monotonic() + PATIENCE
            while lines(kept) < BEFORE_THE_KILL:
                assert run.poll() is None
                assert time.monotonic() < give_up
                time.sleep(0.05)
            run.kill()
        finished = set(model.answered)
        assert len(finished) == BEFORE_THE_KILL
        model.held = False
        again = done(folder, *arguments, **settings)
        assert again.returncode == 0, again.stdout + again.stderr
        assert f"{CASES} cases" in again.stdout
        assert lines(kept) == CASES
        assert [model.asked[call] for call in finished] == [1] * BEFORE_THE_KILL
        assert sum(model.asked.values()) <= CASES + 2  # the two that were under way
        whole = json.loads((folder / "out/evals/bags/run.json").read_text(encoding="utf-8"))
        assert whole["spent_usd"] > 0


def test_a_budget_needs_a_price(here: CliRunner) -> None:
    refused = here.invoke(app, ["eval", "run", "bags.jsonl", "--model", "openai:other", "--budget", "1"])
    assert isinstance(refused.exception, BadInput)
    assert "price of openai:other" in str(refused.exception)


def test_two_runs_are_compared_held_to_thresholds_and_shown(here: CliRunner, folder: Path) -> None:
    for name, more in (("one", []), ("two", ["--limit", "6"])):
        run = here.invoke(app, ["eval", "run", "bags.jsonl", "--name", name, *more])
        assert run.exit_code == 0, run.output
    compared = here.invoke(app, ["eval", "compare", "out/evals/one", "out/evals/two", "--json", "found.json"])
    assert compared.output.splitlines()[-1].startswith("No difference")
    assert len(json.loads((folder / "found.json").read_text())["only_before"]) == CASES - 6
    (folder / "wanted.yaml").write_text("bags: {least: {right_route: 1.1}}")
    gate = here.invoke(app, ["eval", "gate", "out/evals/one", "--thresholds", "wanted.yaml", "--summary", "summary.md"])
    assert gate.exit_code == 1
    assert "**missed**" in (folder / "summary.md").read_text()
    files = ["-o", "report.html", "--pictures", "pictures"]
    report = here.invoke(app, ["eval", "report", "out/evals/two", "--baseline", "out/evals/one", *files])
    assert report.exit_code == 0, report.output
    assert "The zipper of bag" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "pictures" / "scores.svg").exists()


def test_the_shipped_cases_reach_their_thresholds(here: CliRunner, folder: Path) -> None:
    """The gate of a change of reader, templates or rules; the scores are in its output."""
    run = here.invoke(app, ["eval", "run", "--name", "shipped"])
    assert run.exit_code == 0, run.output
    gate = here.invoke(app, ["eval", "gate", "out/evals/shipped", "--summary", "summary.md"])
    assert gate.exit_code == 0, gate.output
    assert "passed" in (folder / "summary.md").read_text(encoding="utf-8")


def test_a_harvest_without_decisions_writes_nothing(here: CliRunner, folder: Path) -> None:
    done = here.invoke(app, ["eval", "harvest", "cases.yaml"])
    assert done.exit_code == 0, done.output
    assert "Nothing was written" in done.output
    (folder / "cases.yaml").write_text("read by a person")
    refused = here.invoke(app, ["eval", "harvest", "cases.yaml"])
    assert isinstance(refused.exception, BadInput)


def test_a_run_in_batches_is_sent_and_fetched_by_the_same_command(folder: Path, here: CliRunner) -> None:
    run = ["eval", "run", "bags.jsonl", "--writer", "llm", "--model", "openai:scripted", "--batch"]
    with ModelServer() as server:
        environment = {"OPENAI_BASE_URL": server.url, "DRAFTER_MODELS_FILE": "models.toml"}
        sent = here.invoke(app, [*run, "--no-wait"], env=environment)
        assert sent.exit_code == 0, sent.output
        assert "The batches are under way" in sent.output
        assert (len(server.batched), len(server.requests)) == (0, 0)
        fetched = here.invoke(app, run, env=environment)
        assert fetched.exit_code == 0, fetched.output
        assert len(server.batched) == CASES
        assert server.requests == []
    kept = json.loads((folder / "out/evals/bags-llm-scripted-batch/run.json").read_text(encoding="utf-8"))
    assert kept["origin"]["models"][0]["usd_per_million_in"] == 0.5
    assert kept["spent_usd"] > 0


@pytest.mark.parametrize("options", [["--no-wait"], ["--batch"], ["--batch", "--writer", "template"]])
def test_batches_need_a_model(here: CliRunner, options: list[str]) -> None:
    with pytest.raises(BadInput, match=r"--batch|DRAFTER_MODEL"):
        here.invoke(app, ["eval", "run", "bags.jsonl", *options], catch_exceptions=False)
