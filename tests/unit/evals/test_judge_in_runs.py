"""The judge in runs: five more columns where it is asked for, failures on record, nothing asked twice, budgets kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from drafter.commands.judge import judge_of_run
from drafter.compose import PipelineParts
from drafter.domain.errors import BadInput
from drafter.llm.options import ModelOptions
from drafter.settings import Settings
from drafter.testing import Answer, ChatRequest, ModelServer, ScriptedInspector, ScriptedReader, ScriptedWriter
from evals import report
from evals.compare import compare
from evals.judging.models import JudgeModel
from evals.judging.rubric import Quality
from evals.judging.scripted import answered, marks
from evals.loading import AnyDataset, load
from evals.runs import Plan, Run, carry_out, load_run
from evals.runs.origin import origin_of, prompt_hashes

DATASET = """
name: small
cases:
  - name: zipper
    inputs: {review: {text: Love the zipper, rating: 5}}
    metadata: {situation: positive, language: en}
  - name: colour
    inputs: {review: {text: Love the colour, rating: 5}}
    metadata: {situation: positive, language: en}
"""
REPLY = "Thank you, we are glad that the zipper holds."
COLUMNS = [f"judged_{quality.value}" for quality in Quality]


def script(request: ChatRequest) -> Answer:
    """Give five points below the review of the zipper, else three."""
    score = 5 if "Love the zipper" in request.text else 3
    return answered(request, marks(REPLY, dict.fromkeys(Quality, score)))


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")


@pytest.fixture
def dataset(tmp_path: Path) -> AnyDataset:
    path = tmp_path / "small.yaml"
    path.write_text(DATASET)
    return load(str(path))


def parts(reply: str = REPLY) -> PipelineParts:
    reader, writer = ScriptedReader(), ScriptedWriter(reply)
    reader.name, writer.name = "embedding", "template"  # what costs nothing
    return PipelineParts(reader=reader, writers=(writer,), inspector=ScriptedInspector())


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    origin = origin_of(Settings(writer="template", _env_file=None), parts())
    return Plan(name="one", origin=origin, folder=tmp_path / "one", cache=tmp_path / "answers.db")


async def run(
    plan: Plan,
    dataset: AnyDataset,
    script: Callable[[ChatRequest], Answer] = script,
    *,
    price: float = 1.0,
    reply: str = REPLY,
) -> tuple[Run, int]:
    """Carry out a run with a judge; return it with the number of calls."""
    with ModelServer(script) as server:
        options = ModelOptions(name="openai:judge", usd_per_million_in=price, usd_per_million_out=price, concurrency=1)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_BASE_URL", server.url)
            judge = JudgeModel(options)
            judge.identity = {"name": "openai:judge"}  # the port is another one each time
            done = await carry_out(plan, dataset, parts(reply), judge=judge)
    return done, len(server.requests)


async def test_each_quality_is_a_column_with_its_quote(plan: Plan, dataset: AnyDataset) -> None:
    done, calls = await run(plan, dataset)
    assert [score for score in done.scorers if score.startswith("judged_")] == COLUMNS
    assert [result.scores["judged_tone"].value for result in done.results] == [1.0, 0.5]
    assert done.results[1].scores["judged_tone"].reason == "3 of 5: Scripted. “Thank you, we are glad that”"
    assert calls == 2
    assert done.judging is not None
    assert (done.judging.model["name"], done.judging.usage.calls, done.judging.failed) == ("openai:judge", 2, 0)
    assert done.spent_usd is not None
    assert done.spent_usd == done.judging.usage.cost_usd
    assert load_run(plan.folder) == done


async def test_a_run_without_a_judge_has_no_such_columns(plan: Plan, dataset: AnyDataset) -> None:
    done = await carry_out(plan, dataset, parts())
    assert done.judging is None
    assert not set(COLUMNS) & set(done.scorers)


async def test_a_run_that_goes_on_asks_no_judgement_twice(plan: Plan, dataset: AnyDataset) -> None:
    await carry_out(plan, dataset, parts())  # to be judged afterwards
    _, first = await run(plan.with_changes(limit=1), dataset)
    done, second = await run(plan, dataset)
    assert (first, second) == (1, 1)
    assert done.judging is not None
    assert done.judging.usage.calls == 2
    _, third = await run(plan.with_changes(name="other", folder=plan.folder.parent / "other"), dataset)
    assert third == 0


async def test_each_repeat_is_judged_by_itself(plan: Plan, dataset: AnyDataset) -> None:
    _, calls = await run(plan.with_changes(repeat=2), dataset)
    assert calls == 4


async def test_a_void_judgement_is_a_failure_on_record_and_no_score(plan: Plan, dataset: AnyDataset) -> None:
    def invents(request: ChatRequest) -> Answer:
        if "Love the zipper" in request.text:
            return answered(request, marks("words of nobody", dict.fromkeys(Quality, 5)))
        return script(request)

    done, _ = await run(plan, dataset, invents)
    void, sound = done.results
    assert not set(COLUMNS) & set(void.scores)
    assert "Judged: NotJudged: void: relevance quotes 'words of nobody'" in void.crashed_scorers[0]
    assert "passes_guardrails" in void.scores
    assert set(COLUMNS) <= set(sound.scores)
    assert done.judging is not None
    assert done.judging.failed == 1


async def test_the_judge_keeps_to_the_budget_of_the_run(plan: Plan, dataset: AnyDataset) -> None:
    plan = plan.with_changes(budget_usd=0.5, concurrency=1)
    done, calls = await run(plan, dataset, price=1000.0)
    assert calls == 1
    assert done.stopped is not None
    assert "The budget of 0.5 USD is used up." in done.stopped
    assert not any(result.crashed_scorers for result in done.results)
    done, calls = await run(plan.with_changes(budget_usd=100.0), dataset, price=1000.0)
    assert (calls, done.stopped) == (1, None)


async def test_judged_columns_are_compared_and_reported_as_all_others(plan: Plan, dataset: AnyDataset) -> None:
    before, _ = await run(plan, dataset)
    after, _ = await run(plan.with_changes(name="two", folder=plan.folder.parent / "two"), dataset)
    compared = {effect.score for effect in compare(before, after).scores}
    assert set(COLUMNS) <= compared
    page = report.page(after, before)
    assert all(column in page for column in COLUMNS)
    assert "3 of 5: Scripted." in page


async def test_scores_of_two_judges_are_not_compared(plan: Plan, dataset: AnyDataset) -> None:
    before = await carry_out(plan, dataset, parts())
    after, _ = await run(plan.with_changes(name="two", folder=plan.folder.parent / "two"), dataset)
    compared = compare(before, after)
    assert compared.two_judges
    assert not set(COLUMNS) & {effect.score for effect in compared.scores}
    assert not compared.differs
    assert report.page(after, before)
    assert not compare(after, after).two_judges


def test_the_judges_prompts_are_no_part_of_what_answers() -> None:
    assert prompt_hashes().keys() >= {"write_reply", "templates", "words"}
    assert not {"judge_reply", "judge_pair"} & prompt_hashes().keys()
    assert "judge_codes" in prompt_hashes(), "it decides which drafts are offered"


def test_a_judge_without_drafts_or_without_a_price_is_refused(
    dataset: AnyDataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert judge_of_run(None, dataset, drafts=False, budget=1.0) is None
    with pytest.raises(BadInput, match="A judge needs drafts"):
        judge_of_run("openai:judge", dataset, drafts=False, budget=None)
    assert judge_of_run("openai:judge", load("guardrails"), drafts=True, budget=None) is None
    with pytest.raises(BadInput, match="A budget needs the price of openai:judge"):
        judge_of_run("openai:judge", dataset, drafts=True, budget=1.0)
    assert judge_of_run("openai:judge", dataset, drafts=True, budget=None) is not None
