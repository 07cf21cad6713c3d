"""`drafter draft` with a model, in a process of its own, before a scripted provider."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from drafter.testing import Answer, ChatRequest, ModelServer
from drafter.testing.faults import good

GENEROUS = 90.0  # seconds
KEY = "sk-not-to-be-seen"


def begin(folder: Path, server: ModelServer, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DRAFTER_", "OPENAI_"))}
    environment |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "DRAFTER_MODEL": "openai:scripted"}
    return subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "drafter", "draft", "in.jsonl", "out.jsonl", *arguments],
        cwd=folder,
        env=environment | {"DRAFTER_MODEL_CONCURRENCY": "4", "DRAFTER_JUDGE": "off"},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_listening,  # noqa: PLW1509  # this process starts no thread that holds a lock
    )


def _listening() -> None:
    """Let the command hear Ctrl-C, also where the tests run in the background of a shell, which takes it away."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process, and return what it told."""
    _, told = process.communicate(timeout=GENEROUS)
    return told


def write(folder: Path, count: int) -> None:
    lines = [{"id": str(n), "text": f"Lovely tote, number {n}!", "rating": 5, "author": "Ana"} for n in range(count)]
    (folder / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def answers(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def test_a_wrong_key_leaves_every_line_to_the_templates_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, 12)
    with ModelServer("wrong_key") as server:
        process = begin(tmp_path, server)
        told = end(process)
        asked = len(server.requests)
    assert process.returncode == 0, told
    lines = answers(tmp_path / "out.jsonl")
    assert {line["writer"] for line in lines} == {"template"}
    assert len(lines) == 12
    assert all("OPENAI_API_KEY" in line["reason"] for line in lines)
    assert "draft: 12 answered; 12 by templates; 12 stand-ins, most often because: openai:scripted" in told
    assert "look at OPENAI_API_KEY" in told
    assert asked < 10, "a key that is refused is not tried for every line"
    assert KEY not in told + (tmp_path / "out.jsonl").read_text()
    assert "llm.failed" not in told


def test_a_run_that_is_killed_and_stopped_goes_on_without_asking_again_for_what_it_had(tmp_path: Path) -> None:
    """Line 5 takes for ever at first, so that those after it are ready before their turn."""
    write(tmp_path, 16)
    stuck = True

    def answer(request: ChatRequest) -> Answer:
        waits = stuck and "number 5!" in request.text
        return replace(good(request), seconds=GENEROUS) if waits else good(request)

    def until(done: Callable[[], bool]) -> None:
        give_up = time.monotonic() + GENEROUS
        while not done():
            assert time.monotonic() < give_up
            time.sleep(0.02)

    with ModelServer(answer) as server:
        first = begin(tmp_path, server)
        until(lambda: len(answers(tmp_path / "out.jsonl")) == 5)
        until(lambda: len(answers(tmp_path / "out.jsonl.ahead.jsonl")) >= 4)
        first.kill()
        end(first)
        assert len(answers(tmp_path / "out.jsonl")) == 5
        second = begin(tmp_path, server, "--resume")
        until(lambda: len(answers(tmp_path / "out.jsonl.ahead.jsonl")) == 10)
        second.send_signal(signal.SIGINT)
        told = end(second)
        assert (second.returncode, len(answers(tmp_path / "out.jsonl"))) == (130, 5)
        assert "Traceback" not in told
        assert "--resume" in told
        stuck = False
        third = begin(tmp_path, server, "--resume")
        told = end(third)
        asked = Counter(request.conversation for request in server.requests)
    assert third.returncode == 0, told
    lines = answers(tmp_path / "out.jsonl")
    assert [line["id"] for line in lines] == [str(n) for n in range(16)]
    assert {(line["writer"], line["model"]) for line in lines} == {("llm", "openai:scripted")}
    repeated = sum(asked.values()) - 16
    assert 2 <= repeated <= 2 + 3, "line 5 twice, and what else was under way when the process was killed"
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out.jsonl"]
