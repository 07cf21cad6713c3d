"""Runs: scored right, kept whole, gone on with after a kill, never asking a model twice, and held to a budget."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from drafter import compose
from drafter.compose import PipelineParts
from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.errors import BadInput, WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.settings import Settings
from drafter.testing import QUIET_SITUATION, HashEmbedder, ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.loading import AnyDataset, load
from evals.runs import Origin, Plan, Run, carry_out, load_run
from evals.runs.cache import kept_vectors
from evals.runs.origin import origin_of

DATASET = """
name: small
cases:
  - name: right
    inputs: {review: {text: Love the zipper, rating: 5}}
    metadata: {situation: positive, language: en, channels: [public], route: draft, details: [zipper], tags: [praise]}
  - name: half right
    inputs: {review: {text: Late and broken, rating: 1}}
    metadata: {situation: quality, language: en, channels: [hybrid], route: draft, must_not_say: [refund]}
  - name: spam
    inputs: {review: {text: buy followers, rating: 5}}
    metadata: {situation: spam_abuse, language: en, channels: [none], route: no_reply}
"""
REPLIES = [
    {"id": "clean", "reply": "Thank you. We are glad that the zipper holds.", "violations": []},
    {"id": "bad", "reply": "Change your rating and get a coupon. Thank you.", "violations": ["incentive"]},
]


BLOCK = Finding(
    code="length",
    check="guardrails.checks.length",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="Too short.",
    suggestion="Say more.",
)


def read(case: Case) -> Situation:
    if "Late" in case.review.text:
        return QUIET_SITUATION.with_changes(
            situation=SituationName.SHIPPING, secondary=(SituationName.QUALITY,), channel=Channel.HYBRID, sentiment=-1
        )
    if "followers" in case.review.text:
        return QUIET_SITUATION.with_changes(situation=SituationName.SPAM_ABUSE, channel=Channel.NONE)
    return QUIET_SITUATION


class PaidWriter:
    """A writer by a model that counts what it was asked, and fails where it is told to."""

    name = "llm"

    def __init__(self, cost_usd: float | None = 0.25) -> None:
        self.asked: list[str] = []
        self.fails_on = ""
        self._cost_usd = cost_usd

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        self.asked.append(case.review.text)
        usage = Usage(calls=1, tokens_in=100, tokens_out=20, cost_usd=self._cost_usd)
        if self.fails_on and self.fails_on in case.review.text:
            raise WriterFailed("no answer in time", model="openai:m", usage=usage)
        provenance = Provenance(writer=self.name, model="openai:m", attempt=brief.attempt, usage=usage)
        return Draft(public_reply=f"Thanks {len(self.asked)}.", language="en", provenance=provenance)


def parts(*writers: Any) -> PipelineParts:
    reader = ScriptedReader(read)
    reader.name = "embedding"  # one that costs nothing
    return PipelineParts(
        reader=reader,
        writers=writers or (ScriptedWriter("Thank you, we are glad that the zipper holds."),),
        inspector=ScriptedInspector(),
    )


@pytest.fixture
def dataset(tmp_path: Path) -> AnyDataset:
    path = tmp_path / "small.yaml"
    path.write_text(DATASET)
    return load(str(path))


@pytest.fixture(scope="module")
def origin() -> Origin:
    return origin_of(Settings(writer="template", _env_file=None), parts())


@pytest.fixture
def plan(tmp_path: Path, origin: Origin) -> Plan:
    return Plan(name="one", origin=origin, folder=tmp_path / "one", cache=tmp_path / "answers.db")


def averages(run: Run) -> dict[str, tuple[float, int]]:
    return {score: (round(run.average(score)[0], 3), run.average(score)[1]) for score in run.scorers}


async def test_each_score_is_the_average_over_the_cases_that_ask_for_it(dataset: AnyDataset, plan: Plan) -> None:
    found = averages(await carry_out(plan, dataset, parts()))
    assert found["right_situation"] == (round((1 + 0.5 + 1) / 3, 3), 3)
    assert found["right_route"] == (1.0, 3)
    assert found["passes_guardrails"] == (1.0, 2)
    assert found["detail_taken_up"] == (1.0, 1)
    assert found["nothing_forbidden_said"] == (1.0, 1)


async def test_a_run_can_be_read_back_whole(dataset: AnyDataset, plan: Plan) -> None:
    run = await carry_out(plan, dataset, parts())
    kept = load_run(plan.folder)
    assert kept == run
    assert [result.case for result in kept.results] == ["right", "half right", "spam"]
    assert kept.reviews[0].output.draft is not None
    assert kept.reviews[1].scores["right_situation"].reason == "shipping for quality"
    assert kept.results[0].slices[:2] == ("language:en", "situation:positive")
    assert kept.origin.versions["pydantic-evals"]


async def test_a_case_that_crashes_is_told_and_is_no_low_score(dataset: AnyDataset, plan: Plan) -> None:
    def crash(case: Case) -> Situation:
        if "zipper" in case.review.text:
            raise RuntimeError("the reader fell over")
        return read(case)

    run = await carry_out(plan, dataset, replace(parts(), reader=ScriptedReader(crash)))
    assert len(run.results) == 2
    assert [(broken.case, broken.error) for broken in run.broken] == [("right", "RuntimeError: the reader fell over")]
    mended = await carry_out(plan, dataset, parts())
    assert len(mended.results) == 3
    assert not mended.broken


async def test_a_scorer_that_crashes_is_told_and_the_others_go_on(
    dataset: AnyDataset, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("fell over")

    def no_number(*_: object) -> float:
        return float("nan")

    monkeypatch.setattr("evals.scorers.reading.RightRoute.score", crash)
    monkeypatch.setattr("evals.scorers.reading.RightLanguage.score", no_number)
    run = await carry_out(plan, dataset, parts())
    assert not {"right_route", "right_language"} & set(run.scorers)
    assert averages(run)["right_situation"][1] == 3
    assert run.results[0].crashed_scorers == (
        "RightLanguage: ValueError: right_language is nan",
        "RightRoute: RuntimeError: fell over",
    )
    assert load_run(plan.folder) == run


async def test_a_killed_run_goes_on_and_asks_nothing_twice(dataset: AnyDataset, plan: Plan) -> None:
    first = PaidWriter()
    await carry_out(plan.with_changes(limit=1, seed=3), dataset, parts(first))
    lines = (plan.folder / "cases.jsonl").read_text()
    (plan.folder / "cases.jsonl").write_text(lines + lines[: len(lines) // 2])  # killed in the middle of a line
    again = PaidWriter()
    run = await carry_out(plan, dataset, parts(again))
    assert len(run.results) == 3
    assert len(first.asked) == 1
    assert sorted(first.asked + again.asked) == ["Late and broken", "Love the zipper"]
    assert run.reviews[0].usage.tokens_in == 100


async def test_a_kept_answer_is_used_by_another_run(dataset: AnyDataset, plan: Plan, tmp_path: Path) -> None:
    await carry_out(plan, dataset, parts(PaidWriter()))
    other, anew = PaidWriter(), PaidWriter()
    run = await carry_out(plan.with_changes(name="two", folder=tmp_path / "two"), dataset, parts(other))
    assert other.asked == []
    assert run.spent_usd == 0
    await carry_out(plan.with_changes(cache=None), dataset, parts(anew))
    assert len(anew.asked) == 2


async def test_a_provider_fault_is_asked_again_but_an_answer_is_not(dataset: AnyDataset, plan: Plan) -> None:
    failing, well = PaidWriter(), PaidWriter()
    failing.fails_on = "zipper"
    run = await carry_out(plan, dataset, parts(failing, ScriptedWriter("From a template.")))
    assert run.reviews[0].output.draft is not None
    assert run.reviews[0].output.draft.provenance.fallback_reason is not None
    plan = plan.with_changes(folder=plan.folder.parent / "later")
    await carry_out(plan, dataset, parts(well, ScriptedWriter("From a template.")))
    assert well.asked == ["Love the zipper"]


async def test_a_run_killed_between_two_calls_of_one_draft_repeats_neither(dataset: AnyDataset, plan: Plan) -> None:
    class Dies(PaidWriter):
        async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
            if brief.attempt > 1:
                raise RuntimeError("killed")
            return await super().write(case, situation, brief)

    def first_try(reply: ReplyToCheck) -> tuple[Finding, ...]:
        return (BLOCK,) if reply.public_reply == "Thanks 1." else ()

    dying, well = Dies(), PaidWriter()
    plan = plan.with_changes(tags=("praise",))
    run = await carry_out(plan, dataset, replace(parts(dying), inspector=ScriptedInspector(first_try)))
    assert (len(dying.asked), len(run.broken)) == (1, 1)
    well.asked.append("by the one that was killed")
    run = await carry_out(plan, dataset, replace(parts(well), inspector=ScriptedInspector(first_try)))
    assert len(well.asked) == 2
    assert [attempt.outcome for attempt in run.reviews[0].output.attempts] == ["blocked", "passed"]


async def test_each_repeat_asks_anew(dataset: AnyDataset, plan: Plan) -> None:
    writer = PaidWriter()
    run = await carry_out(plan.with_changes(repeat=3), dataset, parts(writer))
    assert len(writer.asked) == 6
    assert [result.repeat for result in run.results] == [1, 2, 3] * 3
    again = PaidWriter()
    assert await carry_out(plan.with_changes(repeat=3), dataset, parts(again)) is not None
    assert again.asked == []


async def test_a_budget_ends_the_asking_and_a_larger_one_goes_on(dataset: AnyDataset, plan: Plan) -> None:
    writer = PaidWriter()
    plan = plan.with_changes(concurrency=1, budget_usd=0.2)
    run = await carry_out(plan, dataset, parts(writer, ScriptedWriter("From a template.")))
    assert len(writer.asked) == 1
    assert run.stopped == "The budget of 0.2 USD is used up. 1 cases were not asked."
    assert run.ended_at is None
    assert len(run.results) == 2  # what is left out was not written by the templates instead
    run = await carry_out(plan.with_changes(budget_usd=1.0), dataset, parts(writer, ScriptedWriter()))
    assert run.stopped is None
    assert run.spent_usd == 0.5
    assert len(writer.asked) == 2


async def test_a_call_without_a_price_ends_a_run_with_a_budget(dataset: AnyDataset, plan: Plan) -> None:
    writer = PaidWriter(cost_usd=None)
    run = await carry_out(plan.with_changes(concurrency=1, budget_usd=5.0), dataset, parts(writer))
    assert len(writer.asked) == 1
    assert run.stopped is not None
    assert "not known" in run.stopped
    assert run.spent_usd is None


async def test_the_reader_alone_writes_nothing(dataset: AnyDataset, plan: Plan) -> None:
    writer = PaidWriter()
    run = await carry_out(plan.with_changes(only_read=True), dataset, parts(writer))
    assert writer.asked == []
    assert averages(run)["right_route"] == (1.0, 3)
    assert "reply_is_there" not in run.scorers


async def test_replies_go_through_the_guardrails(tmp_path: Path, plan: Plan) -> None:
    file = tmp_path / "replies.jsonl"
    file.write_text("\n".join(map(json.dumps, REPLIES)))
    run = await carry_out(plan, load(str(file)), replace(parts(), inspector=compose.inspector()))
    assert [sorted(result.output.codes) for result in run.replies] == [[], ["incentive"]]
    assert load_run(plan.folder) == run


async def test_cases_are_chosen_by_tag_and_seed(dataset: AnyDataset, plan: Plan) -> None:
    assert [r.case for r in (await carry_out(plan.with_changes(tags=("praise",)), dataset, parts())).results] == [
        "right"
    ]
    one = await carry_out(plan.with_changes(limit=2, seed=1), dataset, parts())
    same = await carry_out(plan.with_changes(limit=2, seed=1), dataset, parts())
    assert [result.case for result in one.results] == [result.case for result in same.results]
    with pytest.raises(BadInput, match="nothing_like_it"):
        await carry_out(plan.with_changes(tags=("nothing_like_it",)), dataset, parts())


async def test_a_change_of_what_answers_begins_anew(dataset: AnyDataset, plan: Plan) -> None:
    await carry_out(plan, dataset, parts())
    changed = plan.origin.with_changes(code_hash="sha256:other")
    run = await carry_out(plan.with_changes(origin=changed), dataset, parts(ScriptedWriter("Another text.")))
    assert all(r.output.draft.public_reply == "Another text." for r in run.reviews if r.output.draft)


def test_an_origin_tells_models_apart_and_holds_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:hidden@models.example/v1")
    settings = Settings(model="openai:m", data_dir=tmp_path, _env_file=None)
    made = origin_of(settings, parts(PaidWriter(), ScriptedWriter()))
    told = made.model_dump_json()
    assert made.models[0]["base_url"] == "https://models.example/v1"
    assert not any(secret in told for secret in ("sk-secret", "hidden", str(tmp_path)))
    other = origin_of(settings.model_copy(update={"model": "openai:n"}), parts(PaidWriter(), ScriptedWriter()))
    assert other.fingerprint != made.fingerprint


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no run"):
        load_run(tmp_path)


def test_vectors_are_kept_from_one_run_to_the_next(tmp_path: Path) -> None:
    class Counting(HashEmbedder):
        asked = 0

        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            self.asked += len(texts)
            return super().embed(texts)

    first, second = Counting(), Counting()
    with kept_vectors(first, tmp_path / "answers.db") as embedder:
        vectors = embedder.embed(["one", "two", "one"])
    with kept_vectors(second, tmp_path / "answers.db") as embedder:
        again = embedder.embed(["two", "three", "one"])
    assert (first.asked, second.asked) == (2, 1)
    assert np.array_equal(again[[2, 0, 2]], vectors)
    with kept_vectors(first, None) as embedder:
        assert embedder is first
