"""The LLM writer against recorded exchanges: what is sent stays what was sent when they were recorded.

A change of prompt, marks or form changes a request, and its cassette no longer matches. Record all of them anew with

    .venv/bin/pytest tests/unit/writers/test_llm_recorded.py --record-mode=rewrite

Each cassette names in its metadata what it was recorded from: the scripted server of `drafter.testing`, or a real model
behind llama.cpp. tests/house_rules/test_cassettes.py holds it to that word.
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

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel, CountsAs, Detail, Situation, SituationName
from drafter.languages import Languages
from drafter.llm.model import ChatModel, Times
from drafter.llm.options import ModelOptions
from drafter.settings import ModelMode
from drafter.testing import ModelServer
from drafter.writers.llm import PROMPT, LlmWriter
from evals.babble import llama_server
from guardrails.runner import Guardrails
from prompts.prompt import Prompt

CASSETTES = Path(__file__).parents[2] / "cassettes"
SCRIPTED = "scripted server of drafter.testing"
LLAMA = "SmolLM2-135M-Instruct behind llama.cpp"
NOWHERE = "http://127.0.0.1:9/v1"  # to play a cassette needs no server
KEPT_HEADERS = frozenset({"content-type", "retry-after"})

CASE = Case(
    review=Review(
        external_id="1",
        text="Zipper broke after two days. Call me: +1 212 555 0142",
        rating=2,
        author="Ana Souza",
        product=Product(name="Tote"),
        region="US",
    ),
    case_facts={"return_policy": "30 days"},
)
SITUATION = Situation(
    situation=SituationName.QUALITY,
    language="en",
    sentiment=-1,
    details=(Detail(text="Zipper broke after two days", start=0, end=27),),
    channel=Channel.HYBRID,
    counts_as=CountsAs.PRODUCT,
    confidence=0.9,
    reader="recorded",
)

PRAISING = Case(
    review=Review(
        external_id="2", text="Great bag, roomy and light.", rating=5, author="Ana Souza", product=Product(name="Tote")
    )
)
PRAISE = SITUATION.with_changes(
    situation=SituationName.POSITIVE, sentiment=1, channel=Channel.PUBLIC, details=(), counts_as=CountsAs.NONE
)

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
def from_script(answer: str) -> Iterator[str]:
    with ModelServer(answer, mends=True) as server:
        yield server.url


@contextmanager
def exchange(
    recording: bool, name: str, *, answer: str = "good", real: Callable[[], AbstractContextManager[str]] | None = None
) -> Iterator[str]:
    """Play a cassette, or record it from the scripted server or a real one; yield the address to ask."""
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
    with (real or partial(from_script, answer))() as url, player.use_cassette(str(file)) as cassette:
        cassette.get_metadata("recorded_from", SCRIPTED if real is None else LLAMA)
        cassette.get_metadata("recorded_on", datetime.now(UTC).date().isoformat())
        yield url


@pytest.fixture
def playing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Playing:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    return partial(exchange, request.config.getoption("--record-mode") == "rewrite")


async def at_once(_seconds: float) -> None:
    """Wait for nothing: what a server asks to wait is obeyed by other tests."""


def writer(url: str, mode: ModelMode = "function_calling", name: str = "openai:scripted") -> LlmWriter:
    options = ModelOptions(name=name, mode=mode, base_url=url, call_seconds=120)
    return LlmWriter(ChatModel(options, Times(sleep=at_once)), Prompt(PROMPT))


@pytest.mark.parametrize("mode", ["function_calling", "json_schema", "json_mode", "text"])
async def test_a_good_answer_in_each_mode(playing: Playing, mode: ModelMode) -> None:
    with playing(f"good_{mode}") as url:
        draft = await writer(url, mode).write(CASE, SITUATION, Brief())
    assert draft.public_reply == "Thank you for your review. You can reach us in the shop chat at any time."
    assert (draft.private_message or "").startswith("Thank you for writing to us.")
    assert draft.provenance.usage.calls == 1
    assert draft.provenance.usage.tokens_in > 100


async def test_a_blocked_draft_is_shown_with_its_findings_and_mended(playing: Playing) -> None:
    with playing("repair", answer="breaks_tone") as url:
        prepared = await pipeline.answer(
            CASE, SITUATION, writers=[writer(url)], inspector=Guardrails(languages=Languages())
        )
    assert [(attempt.number, attempt.outcome) for attempt in prepared.attempts] == [(1, "blocked"), (2, "passed")]
    assert prepared.draft is not None


async def test_a_busy_provider_is_asked_again(playing: Playing) -> None:
    with playing("rate_limit", answer="rate_limit") as url:
        draft = await writer(url).write(CASE, SITUATION, Brief(seconds=60))
    assert draft.provenance.usage.calls == 2


async def test_a_small_real_model_says_something(playing: Playing, request: pytest.FixtureRequest) -> None:
    """Whatever it says: that its words arrive as a draft is all that is meant by it."""
    if request.config.getoption("--record-mode") == "rewrite" and (why := llama_server.missing()):
        pytest.skip(why)
    with playing("smollm2_text", real=llama_server.serving) as url:
        draft = await writer(url, "text", "openai:smollm2").write(PRAISING, PRAISE, Brief())
    assert draft.public_reply
    assert draft.provenance.usage.tokens_out > 0
