"""The guardrails' own judge in runs: its calls are paid from the run's budget, kept with its answers, and told."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import drafter
import guardrails
from drafter.compose import PipelineParts
from drafter.domain.case import ReplyToCheck
from drafter.domain.draft import Usage
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement
from drafter.judge.bench import Bench
from drafter.settings import Settings
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.loading import AnyDataset, load
from evals.runs import Plan, carry_out
from evals.runs.origin import DRAFTING, origin_of

CASES = 5
NO_PART = {"logs", "settings"}  # of an answer; the settings that bear on one are told by name


class Dear:
    """A judge of 5 US dollars a call, which never answers the call that is told."""

    name = "openai:judge"

    def __init__(self, stands_still_at: int | None = None) -> None:
        self.calls = 0
        self.stands_still = asyncio.Event()
        self._last = stands_still_at

    async def ask(self, _reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        self.calls += 1
        if self.calls == self._last:
            self.stands_still.set()
            await asyncio.Event().wait()
        usage = Usage(calls=1, tokens_in=10, cost_usd=5.0)
        tried = {"writer": JUDGE, "model": self.name, "number": brief.attempt, "outcome": "passed", "usage": usage}
        return TracedJudgement.model_validate({"model": self.name, "prompt_hash": "sha256:0", "tried": tried})


def parts(judge: Dear) -> PipelineParts:
    reader = ScriptedReader()
    reader.name = "embedding"  # what costs nothing
    writer = ScriptedWriter("Thank you.", name="llm", model="openai:a", usage=Usage(calls=1, cost_usd=0.5))
    return PipelineParts(reader=reader, writers=(writer,), inspector=ScriptedInspector(), judge=Bench([judge]))


@pytest.fixture
def dataset(tmp_path: Path) -> AnyDataset:
    path = tmp_path / "small.yaml"
    one = "  - {{name: c{0}, inputs: {{review: {{text: Nice {0}, rating: 5}}}}, metadata: {{language: en}}}}"
    path.write_text("\n".join(["name: small", "cases:", *map(one.format, range(CASES))]), encoding="utf-8")
    return load(str(path))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    origin = origin_of(Settings(writer="template", _env_file=None), parts(Dear()))
    return Plan(name="one", origin=origin, folder=tmp_path / "one", cache=tmp_path / "answers.db", concurrency=1)


async def test_its_calls_are_paid_from_the_budget_and_none_twice(plan: Plan, dataset: AnyDataset) -> None:
    first, second, third = Dear(), Dear(), Dear()
    done = await carry_out(plan.with_changes(budget_usd=1.0), dataset, parts(first))
    assert (first.calls, done.spent_usd) == (1, 5.5)
    assert done.stopped == "The budget of 1 USD is used up. 4 cases were not asked."
    done = await carry_out(plan, dataset, parts(second))
    assert (second.calls, done.spent_usd, done.stopped) == (4, 27.5, None)
    await carry_out(plan.with_changes(name="two", folder=plan.folder.parent / "two"), dataset, parts(third))
    assert third.calls == 0


async def test_a_run_that_was_killed_repeats_none_of_its_calls(plan: Plan, dataset: AnyDataset) -> None:
    killed, after = Dear(stands_still_at=4), Dear()
    running = asyncio.create_task(carry_out(plan, dataset, parts(killed)))
    await killed.stands_still.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await carry_out(plan, dataset, parts(after))
    assert after.calls == CASES - 3


def test_a_run_with_a_judge_is_another_one_than_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    told = [
        origin_of(Settings(model="openai:a", judge=judge, judge_model=model, _env_file=None), parts(Dear()))
        for judge, model in [("off", None), ("on", "openai:b"), ("on", "openai:c")]
    ]
    assert len({origin.fingerprint for origin in told}) == 3
    assert [[one["name"] for one in origin.judge_models] for origin in told] == [[], ["openai:b"], ["openai:c"]]


def _modules_used(place: Path) -> Iterator[str]:
    """Yield what the code in a place imports of `drafter`, by its first name there."""
    for file in [place] if place.is_file() else place.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "drafter":
                names = [f"drafter.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            yield from (name.split(".")[1] for name in names if name.startswith("drafter."))


def test_all_that_takes_part_in_a_draft_is_in_the_fingerprint() -> None:
    source = Path(drafter.__file__).parent
    places = [*(source / name for name in DRAFTING), Path(guardrails.__file__).parent]
    used = {module for place in places for module in _modules_used(place)}
    assert used - NO_PART <= {name.removesuffix(".py") for name in DRAFTING}
