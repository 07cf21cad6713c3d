"""The LLM writer against recorded exchanges: what is sent stays what was sent when they were recorded.

The cassettes in tests/cassettes were recorded from a scripted OpenAI-compatible server on loopback, not from a model;
each says so in its answers' `model`. A change of prompt changes the request, and the cassette no longer matches:
record it anew with `--record-mode=rewrite`, RECORD_FROM=http://127.0.0.1:PORT/v1 and such a server.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel, CountsAs, Detail, Situation, SituationName
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.writers.llm import PROMPT, LlmWriter
from prompts.prompt import Prompt

CASSETTES = Path(__file__).parents[2] / "cassettes"
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


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    """Match by what is asked, wherever the server was; keep no key."""
    return {
        "match_on": ["method", "path", "query", "body"],
        "filter_headers": ["authorization", "user-agent", "host"],
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-key")
    monkeypatch.setenv("OPENAI_BASE_URL", os.environ.get("RECORD_FROM", "http://127.0.0.1:9/v1"))


@pytest.mark.vcr
async def test_a_recorded_answer_becomes_a_draft() -> None:
    case = Case(
        review=Review(
            external_id="1",
            text="Zipper broke after two days. Call me: +1 212 555 0142",
            rating=2,
            author="Ana",
            product=Product(name="Tote"),
            region="US",
        ),
        case_facts={"return_policy": "30 days"},
    )
    writer = LlmWriter(ChatModel(ModelOptions(name="openai:scripted")), Prompt(PROMPT))
    draft = await writer.write(case, SITUATION, Brief())
    assert "zipper" in (draft.public_reply or "")
    assert "photo" in (draft.private_message or "")
    assert draft.provenance.usage.tokens_in == 10


def test_cassettes_hold_no_key_and_no_personal_data() -> None:
    texts = [" ".join(path.read_text(encoding="utf-8").split()) for path in CASSETTES.glob("*.yaml")]
    assert texts
    for text in texts:
        assert "sk-not-a-real-key" not in text
        assert "555 0142" not in text
        assert "scripted server, not a model" in text
