"""The scripted model's texts, held to the real guardrails and to the real prompt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drafter import compose
from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.ports import Writer
from drafter.domain.review import Review
from drafter.domain.situation import Channel
from drafter.settings import load_settings
from drafter.testing import FAULTS, QUIET_SITUATION, Answer, ChatRequest, ModelServer
from drafter.testing.chat import replies
from drafter.testing.faults import CODES, script
from guardrails.catalogue import CATALOGUE

LANGUAGES = tuple(replies())
WARNINGS = {check.code for check in CATALOGUE if check.severity is Severity.WARN}
CHANNELS = (Channel.PUBLIC, Channel.HYBRID, Channel.PRIVATE)
BLAMES = Finding(
    code="tone",
    check="guardrails.checks.tone",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="It blames.",
    suggestion="Do not.",
)


def request(language: str, channel: Channel) -> ChatRequest:
    content = f"Language of the answer: {language}\nChannel: {channel}\n"
    tool = {"type": "function", "function": {"name": "WrittenReply"}}
    body = {"messages": [{"role": "user", "content": content}], "tools": [tool]}
    return ChatRequest(method="POST", path="/v1/chat/completions", headers={}, body=body)


def blocking_codes(answer: Answer, language: str, channel: Channel) -> set[str]:
    """Return the codes for which the guardrails block an answer."""
    call = json.loads(answer.body)["choices"][0]["message"]["tool_calls"][0]
    reply = json.loads(call["function"]["arguments"])
    case = Case(review=Review(external_id="1", text="1", rating=3, language=language))
    to_check = ReplyToCheck(
        case=case,
        channel=channel,
        language=language,
        public_reply=reply["public_reply"],
        private_message=reply.get("private_message"),
    )
    return {finding.code for finding in compose.inspector().inspect(to_check) if finding.blocks}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_good_answer_passes_the_guardrails_on_every_channel(language: str) -> None:
    for channel in CHANNELS:
        assert blocking_codes(script("good")(request(language, channel)), language, channel) == set()


@pytest.mark.parametrize("code", CODES)
def test_a_reply_that_is_to_break_a_code_is_blocked_for_it_in_every_language(code: str) -> None:
    wrong = script(f"breaks_{code}")
    for language in LANGUAGES:
        for channel in CHANNELS:
            assert code in blocking_codes(wrong(request(language, channel)), language, channel), language


def test_each_guardrail_code_has_a_reply_that_breaks_it() -> None:
    """The list is that of the shipped examples, one file a code."""
    files = (Path(__file__).parents[3] / "guardrails" / "cases").glob("*.yaml")
    assert {file.stem for file in files} - {"whole_replies", *WARNINGS} == set(CODES)
    assert {name.removeprefix("breaks_") for name in FAULTS if name.startswith("breaks_")} == set(CODES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_language_is_blocked(language: str) -> None:
    for channel in CHANNELS:
        wrong = script("wrong_language")(request(language, channel))
        assert "language_mismatch" in blocking_codes(wrong, language, channel)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer("breaks_tone", mends=True) as server:
        yield server


@pytest.fixture
def writer(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """The model writer as an installation has it."""
    return model_writer(server, monkeypatch)


def model_writer(server: ModelServer, monkeypatch: pytest.MonkeyPatch, mode: str = "function_calling") -> Writer:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    return compose.pipeline_parts(load_settings(model="openai:scripted", model_mode=mode)).writers[0]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_prompt_says_language_and_channel_where_the_server_looks_for_them(
    server: ModelServer, writer: Writer, language: str
) -> None:
    """Whoever rewords the prompt keeps these lines, or teaches `ChatRequest` the new ones."""
    case = Case(review=Review(external_id="1", text="Zipper broke", rating=2))
    for channel in CHANNELS:
        situation = QUIET_SITUATION.with_changes(language=language, channel=channel)
        await writer.write(case, situation, Brief())
        asked = server.requests[-1]
        assert (asked.language, asked.channel, asked.is_repair) == (language, channel.value, False)


async def test_a_repair_is_known_by_its_prompt_and_mended_where_the_server_mends(
    server: ModelServer, writer: Writer
) -> None:
    case = Case(review=Review(external_id="1", text="Zipper broke", rating=2))
    first = await writer.write(case, QUIET_SITUATION, Brief())
    mended = await writer.write(case, QUIET_SITUATION, Brief(attempt=2, findings=(BLAMES,)))
    assert first.public_reply != mended.public_reply == replies()["en"]["public"]
    assert server.requests[-1].is_repair


@pytest.mark.parametrize("mode", ["json_schema", "json_mode", "text"])
async def test_every_way_of_asking_is_answered_in_its_own_form(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    case = Case(review=Review(external_id="1", text="Zipper broke", rating=2))
    with ModelServer() as server:
        writer = model_writer(server, monkeypatch, mode)
        draft = await writer.write(case, QUIET_SITUATION.with_changes(channel=Channel.HYBRID), Brief())
    assert draft.public_reply == replies()["en"]["public"]
    assert draft.private_message == replies()["en"]["private"]


async def test_each_fault_reaches_the_writer_as_a_failure_or_a_text(
    monkeypatch: pytest.MonkeyPatch, server: ModelServer, writer: Writer
) -> None:
    """Nothing that a provider does may surface as any other error."""
    case = Case(review=Review(external_id="1", text="Zipper broke", rating=2))
    for fault in sorted(set(FAULTS) - {"timeout", "slow_drip"}):  # those take the seconds of a call
        monkeypatch.setattr(server, "_answer", fault)
        try:
            await writer.write(case, QUIET_SITUATION, Brief(seconds=1))
        except WriterFailed as failure:
            assert str(failure).startswith("openai:scripted"), fault
