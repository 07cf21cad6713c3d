"""Runs in batches: the real writer over real HTTP, mended in rounds, gone on with after a kill, nothing sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from drafter.compose import PipelineParts
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.draft import Draft
from drafter.domain.errors import BadInput, DrafterError, ModelFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.situation import Situation
from drafter.llm.batches import Call, CallSetAside, KeptReplies, files_of
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.settings import Settings
from drafter.testing import (
    QUIET_SITUATION,
    Answer,
    BatchScript,
    ChatRequest,
    ModelServer,
    ScriptedInspector,
    ScriptedReader,
    ScriptedWriter,
)
from drafter.testing.chat import failure, written
from drafter.writers.llm import PROMPT, LlmWriter
from drafter.writers.sturdy import SturdyWriter
from evals.batches import carry_out_in_batches
from evals.batches.ledger import Ledger
from evals.loading import AnyDataset, load
from evals.runs import Origin, Plan, Run, carry_out
from evals.runs.origin import origin_of
from prompts.prompt import Prompt

DATASET = """
name: small
cases:
  - name: plain
    inputs: {review: {text: Love the zipper, rating: 5}}
    metadata: {situation: positive, language: en, channels: [public], route: draft}
  - name: to mend
    inputs: {review: {text: Love the strap, rating: 5}}
    metadata: {situation: positive, language: en, channels: [public], route: draft}
  - name: with data
    inputs: {review: {text: "Write to jo.miller@example.org or call Jo Miller", author: Jo Miller, rating: 4}}
    metadata: {situation: positive, language: en, channels: [public], route: draft}
  - name: spam
    inputs: {review: {text: buy followers, rating: 5}}
    metadata: {situation: spam_abuse, language: en, channels: [none], route: no_reply}
"""
PRICE_IN, PRICE_OUT = 2.0, 8.0
BLOCK = Finding(
    code="incentive",
    check="guardrails.checks.incentive",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="A reward.",
    suggestion="Leave it out.",
)


class Killed(BaseException):
    """The process ends here."""


def find(reply: ReplyToCheck) -> tuple[Finding, ...]:
    return (BLOCK,) if "coupon" in (reply.public_reply or "") else ()


def answer(request: ChatRequest) -> Answer:
    """Return a good reply; to the review about the strap one that has to be mended."""
    if "strap" in request.text and not request.is_repair:
        return written(request, "Thank you! Here is a coupon.")
    return written(request, "Thank you for telling us. We are glad that it holds.")


def read(case: Case) -> Situation:
    if "followers" in case.review.text:
        return QUIET_SITUATION.model_validate({**dict(QUIET_SITUATION), "situation": "spam_abuse", "channel": "none"})
    return QUIET_SITUATION


class Waits:
    """Sleeps by counting; ends the process at a wait, if told to."""

    def __init__(self, killed_at: int = 0) -> None:
        self.seconds: list[float] = []
        self._killed_at = killed_at

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) == self._killed_at:
            raise Killed


class Trial:
    """A run in batches against a scripted provider."""

    def __init__(self, folder: Path, origin: Origin, dataset: AnyDataset) -> None:
        self.plan = Plan(name="one", origin=origin, folder=folder / "one", cache=folder / "answers.db")
        self.dataset = dataset
        self.told: list[str] = []

    def options(self, server: ModelServer, **more: Any) -> ModelOptions:
        fields = {"name": "openai:scripted", "base_url": server.url, "api_key_env": "A_KEY", "mode": "function_calling"}
        prices = {"usd_per_million_in": PRICE_IN, "usd_per_million_out": PRICE_OUT}
        return ModelOptions.model_validate(fields | prices | more)

    def parts(self, options: ModelOptions) -> PipelineParts:
        reader = ScriptedReader(read)
        reader.name = "embedding"
        model = SturdyWriter(LlmWriter(ChatModel(options), Prompt(PROMPT)))
        template = ScriptedWriter("Thank you, this is the next writer's.")
        template.name = "template"
        return PipelineParts(reader=reader, writers=(model, template), inspector=ScriptedInspector(find))

    async def run(self, server: ModelServer, **more: Any) -> Run | None:
        options = self.options(server)
        arguments: dict[str, Any] = {"plan": self.plan, "sleep": Waits(), "tell": self.told.append} | more
        return await carry_out_in_batches(
            dataset=self.dataset, parts=self.parts(options), models=[options], **arguments
        )

    async def whole(self, server: ModelServer, **more: Any) -> Run:
        run = await self.run(server, **more)
        assert run is not None
        return run


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("A_KEY", "secret")
    path = tmp_path / "small.yaml"
    path.write_text(DATASET)
    reader = ScriptedReader()
    parts = PipelineParts(
        reader=reader, writers=(ScriptedWriter("a"), ScriptedWriter("b")), inspector=ScriptedInspector()
    )
    origin = origin_of(Settings(writer="template", _env_file=None), parts)
    models = ({"name": "openai:scripted", "usd_per_million_in": PRICE_IN, "usd_per_million_out": PRICE_OUT},)
    return Trial(tmp_path, origin.with_changes(models=models, writers=("llm", "template")), load(str(path)))


def sent(server: ModelServer, what: str) -> int:
    return sum(request.method == "POST" and request.path == f"/v1/{what}" for request in server.received)


def drafts(run: Run) -> Mapping[str, Draft]:
    return {result.case: result.output.draft for result in run.reviews if result.output.draft is not None}


async def test_a_run_in_batches_brings_the_drafts_of_a_live_run_repairs_included(trial: Trial, tmp_path: Path) -> None:
    with ModelServer(answer) as server:
        run = await trial.whole(server)
        assert server.requests == []  # nothing was asked at once
        assert (sent(server, "files"), sent(server, "batches")) == (2, 2)
        assert len(server.batched) == 4  # three first drafts and a repair
        live = trial.plan.with_changes(folder=tmp_path / "live", cache=None)
        options = trial.options(server)
        alive = await carry_out(live, trial.dataset, trial.parts(options))
    assert run.stopped is None
    assert [result.case for result in run.results] == ["plain", "to mend", "with data", "spam"]
    texts = {case: draft.public_reply for case, draft in drafts(run).items()}
    assert texts == {case: draft.public_reply for case, draft in drafts(alive).items()}
    assert drafts(run)["to mend"].provenance.attempt == 2
    assert {draft.provenance.writer for draft in drafts(run).values()} == {"llm"}


async def test_a_call_in_a_batch_is_the_call_of_a_live_run_without_personal_data(trial: Trial, tmp_path: Path) -> None:
    with ModelServer(answer) as server:
        await trial.run(server)
        live = trial.plan.with_changes(folder=tmp_path / "live", cache=None)
        await carry_out(live, trial.dataset, trial.parts(trial.options(server)))
        batched, alive = ([dict(call.body) for call in calls] for calls in (server.batched, server.requests))
        uploads = " ".join(str(request.body.get("file")) for request in server.received if "/files" in request.path)
    assert sorted(map(str, batched)) == sorted(map(str, alive))
    assert "zipper" in uploads
    assert "example.org" not in uploads
    assert "Miller" not in uploads


async def test_a_run_in_batches_costs_half_and_says_that_it_was_one(trial: Trial, tmp_path: Path) -> None:
    with ModelServer(answer) as server:
        run = await trial.whole(server)
        live = trial.plan.with_changes(folder=tmp_path / "live", cache=None)
        alive = await carry_out(live, trial.dataset, trial.parts(trial.options(server)))
    assert run.spent_usd == pytest.approx((alive.spent_usd or 0) / 2)
    assert run.spent_usd
    assert run.origin.settings["batch"] is True
    assert run.origin.models[0]["usd_per_million_in"] == PRICE_IN / 2


async def test_a_run_that_was_killed_while_its_batch_was_under_way_sends_nothing_again(trial: Trial) -> None:
    with ModelServer(answer, batches=BatchScript(polls=3)) as server:
        with pytest.raises(Killed):
            await trial.run(server, sleep=Waits(killed_at=1))
        assert (sent(server, "files"), sent(server, "batches")) == (1, 1)
        run = await trial.whole(server)
        assert (sent(server, "files"), sent(server, "batches")) == (2, 2)
        assert len(server.batched) == 4
    assert len(drafts(run)) == 3


async def test_a_run_that_was_killed_before_it_noted_the_batch_finds_it_again(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with ModelServer(answer) as server:
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "change", killed)
            with pytest.raises(Killed):
                await trial.run(server)
        assert sent(server, "batches") == 1
        await trial.whole(server)
        assert (sent(server, "files"), sent(server, "batches")) == (2, 2)


async def test_a_run_that_was_killed_before_it_sent_its_batch_sends_it(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> str:
        raise Killed

    with ModelServer(answer) as server:
        with monkeypatch.context() as patch:
            patch.setattr("drafter.llm.batches.BatchApi.send", killed)
            with pytest.raises(Killed):
                await trial.run(server)
        assert len(drafts(await trial.whole(server))) == 3
        assert sent(server, "batches") == 2


async def test_a_finished_run_sends_nothing_when_it_is_asked_for_again(trial: Trial) -> None:
    with ModelServer(answer) as server:
        first = await trial.whole(server)
        again = await trial.whole(server)
        assert sent(server, "batches") == 2
    assert drafts(again) == drafts(first)
    assert again.spent_usd == pytest.approx(first.spent_usd)


async def test_without_waiting_each_command_goes_one_step(trial: Trial) -> None:
    with ModelServer(answer, batches=BatchScript(polls=2)) as server:
        assert await trial.run(server, wait=False) is None  # the first round is sent
        assert await trial.run(server, wait=False) is None  # it is under way
        assert sent(server, "batches") == 1
        assert await trial.run(server, wait=False) is None  # it is fetched, the second round is sent
        assert await trial.run(server, wait=False) is None
        run = await trial.run(server, wait=False)
        assert sent(server, "batches") == 2
    assert run is not None
    assert len(drafts(run)) == 3


@pytest.mark.parametrize(
    ("failing", "writer", "batched"),
    [
        pytest.param(lambda _: failure(400, "content_filter", "No."), "template", 4, id="one that does not pass"),
        pytest.param(
            lambda request: failure(500, "server_error", "Later.") if request.turn == 1 else answer(request),
            "llm",
            5,
            id="one that passes",
        ),
        pytest.param(lambda _: "reset", "template", 6, id="one that fails in each round"),
    ],
)
async def test_a_single_request_that_fails_fares_as_in_a_live_run(
    trial: Trial, failing: Callable[[ChatRequest], Answer | str], writer: str, batched: int
) -> None:
    with ModelServer(lambda request: failing(request) if "zipper" in request.text else answer(request)) as server:
        run = await trial.whole(server)
        assert len(server.batched) == batched
    by = {case: draft.provenance.writer for case, draft in drafts(run).items()}
    assert by == {"plain": writer, "to mend": "llm", "with data": "llm"}
    if writer == "template":
        assert "openai:scripted" in str(drafts(run)["plain"].provenance.fallback_reason)


async def test_many_failures_in_one_batch_do_not_keep_the_other_answers_out(trial: Trial) -> None:
    def failing(request: ChatRequest) -> Answer:
        return failure(401, "invalid_api_key", "No.") if "zipper" in request.text else answer(request)

    plan = trial.plan.with_changes(repeat=6, concurrency=1)
    with ModelServer(failing) as server:
        run = await trial.whole(server, plan=plan)
    by = [(result.case, result.output.draft.provenance.writer) for result in run.reviews if result.output.draft]
    assert by.count(("plain", "template")) == 6
    assert by.count(("with data", "llm")) == 6


async def test_an_expired_batch_keeps_what_was_answered_and_sends_the_rest(trial: Trial) -> None:
    with ModelServer(answer, batches=BatchScript(ends=("expired", "completed"), answered=1)) as server:
        run = await trial.whole(server)
        assert sent(server, "batches") == 3
        assert len(server.batched) == 4  # nothing that was answered is asked again
    assert len(drafts(run)) == 3
    assert "expired: 1 of 3 calls were answered, 0 failed, 2 were not carried out" in "\n".join(trial.told)


async def test_after_three_rounds_the_next_writer_takes_over(trial: Trial) -> None:
    with ModelServer(answer, batches=BatchScript(ends=("expired",))) as server:
        run = await trial.whole(server)
        assert sent(server, "batches") == 3
    assert {draft.provenance.writer for draft in drafts(run).values()} == {"template"}
    assert run.stopped is None


@pytest.mark.parametrize(
    ("end", "told"),
    [("failed", "refused the batch .* as a whole .invalid_json_line body in line 1"), ("cancelled", "was cancelled")],
)
async def test_a_batch_that_fails_as_a_whole_is_told_and_sent_again_by_the_same_command_only(
    trial: Trial, end: str, told: str
) -> None:
    with ModelServer(answer, batches=BatchScript(ends=(end, "completed"))) as server:
        with pytest.raises(ModelFailed, match=told):
            await trial.run(server)
        assert sent(server, "batches") == 1
        run = await trial.whole(server)
    assert {draft.provenance.writer for draft in drafts(run).values()} == {"llm"}


async def test_the_looks_at_a_batch_grow_rarer(trial: Trial) -> None:
    waits = Waits()
    with ModelServer(answer, batches=BatchScript(polls=12)) as server:
        await trial.run(server, sleep=waits)
    first_round = waits.seconds[:11]
    assert first_round[0] == 5
    assert first_round == sorted(first_round)
    assert max(first_round) == 120


async def test_an_unanswered_look_is_told_and_repeated(trial: Trial) -> None:
    class Fails(ModelServer):
        looks = 0

        def _answer_to(self, request: ChatRequest) -> Answer:
            if request.path.startswith("/v1/batches/"):
                self.looks += 1
                if self.looks in (1, 2):
                    return failure(503, "overloaded", "Later.")
            return super()._answer_to(request)

    with Fails(answer) as server:
        run = await trial.whole(server)
    assert len(drafts(run)) == 3
    assert any("openai:scripted" in line and "HTTP 503" in line for line in trial.told)


async def test_a_server_without_a_batch_api_is_told(trial: Trial) -> None:
    class Plain(ModelServer):
        def _answer_to(self, request: ChatRequest) -> Answer:
            return failure(404, "not_found", "Nothing here.")

    with Plain() as server, pytest.raises(ModelFailed, match="has no Batch API"):
        await trial.run(server)


@pytest.mark.parametrize(
    ("changes", "told"), [({"cache": None}, "--no-cache"), ({"budget_usd": 1.0}, "--limit")], ids=["cache", "budget"]
)
async def test_what_does_not_go_with_batches_is_refused(trial: Trial, changes: dict[str, Any], told: str) -> None:
    with ModelServer() as server, pytest.raises(BadInput, match=told):
        await trial.run(server, plan=trial.plan.with_changes(**changes))


async def test_a_provider_without_openais_batches_is_refused(trial: Trial) -> None:
    options = ModelOptions(name="anthropic:some-model")
    with pytest.raises(DrafterError, match="cannot be asked in batches"):
        await carry_out_in_batches(trial.plan, trial.dataset, trial.parts(options), [options])


async def test_a_batch_of_another_prompt_is_left_alone(trial: Trial) -> None:
    with ModelServer(answer) as server:
        assert await trial.run(server, wait=False) is None
        changed = trial.plan.origin.with_changes(prompts={"write_reply": "sha256:other"})
        await trial.whole(server, plan=trial.plan.with_changes(origin=changed))
    assert "is left alone" in trial.told[1]


async def test_the_ledger_says_what_was_sent_and_holds_no_text(trial: Trial) -> None:
    with ModelServer(answer) as server:
        await trial.run(server)
    text = (trial.plan.folder / "batches.json").read_text()
    kept = json.loads(text)
    assert [(sent["calls"], sent["round"], sent["end"]) for sent in kept["sent"]] == [
        (3, 1, "completed"),
        (1, 2, "completed"),
    ]
    assert "zipper" not in text


def test_calls_are_parted_by_number_and_by_size() -> None:
    calls = [Call(id=f"c{number}", body={"text": "x" * 50}) for number in range(5)]
    size = len(calls[0].line)
    assert [len(part) for part in files_of(calls, most_calls=2)] == [2, 2, 1]
    assert [len(part) for part in files_of(calls, most_bytes=3 * size)] == [3, 2]
    assert list(files_of([])) == []


@pytest.mark.parametrize("endpoint", ["/v1/chat/completions", "/v1/responses"])
async def test_a_call_goes_to_the_endpoint_at_which_it_would_be_made_at_once(endpoint: str) -> None:
    asked: list[str] = []

    def note(endpoint: str, _body: Mapping[str, Any]) -> None:
        asked.append(endpoint)

    request = httpx2.Request("POST", f"https://api.example.org{endpoint}", json={"model": "m"})
    with pytest.raises(CallSetAside):
        await KeptReplies(note).handle_async_request(request)
    assert asked == [endpoint]
