"""Whatever goes wrong with a provider, the review is read: by the embedded reader, with the reason on record."""

from __future__ import annotations

import pytest

from drafter.domain.case import Case
from drafter.domain.reading import parted
from drafter.domain.review import Review
from drafter.domain.situation import SituationName
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.readers.cascade import always, cascade
from drafter.readers.llm import PROMPT, LlmReader
from drafter.settings import ModelMode
from drafter.testing import FAULTS, QUIET_SITUATION, ModelServer, ScriptedReader, SetLanguage
from drafter.testing.faults import OF_REPLIES
from prompts.prompt import Prompt

CASE = Case(review=Review(external_id="1", text="The zipper broke after two days", rating=2))
PASSING = frozenset({"rate_limit"})  # the second call goes well
BROKEN = sorted(set(FAULTS) - OF_REPLIES - PASSING)
SECONDS = 0.9  # for the faults that never end; above the least with which a call is begun


@pytest.mark.parametrize("mode", ["function_calling", "text"])
@pytest.mark.parametrize("fault", BROKEN)
async def test_each_fault_ends_in_the_embedded_reading_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, fault: str, mode: ModelMode
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-to-be-seen")
    with ModelServer(fault) as server:
        options = ModelOptions(name="openai:scripted", mode=mode, base_url=server.url, call_seconds=SECONDS)
        model = LlmReader(ChatModel(options), Prompt(PROMPT), SetLanguage())
        read = await cascade(ScriptedReader(), [model], always, name="llm", seconds=SECONDS).read(CASE)
    situation, attempts = parted(read)
    assert situation == QUIET_SITUATION.with_changes(reader="llm:scripted")
    assert {attempt.outcome for attempt in attempts} == {"failed"}
    for attempt in attempts:
        assert attempt.model == "openai:scripted"
        assert "openai:scripted" in (attempt.reason or "")
        assert "sk-not-to-be-seen" not in (attempt.reason or "")
        assert "zipper" not in (attempt.reason or "")


@pytest.mark.parametrize("fault", [*sorted(OF_REPLIES), "good"])
async def test_what_is_wrong_with_replies_alone_spoils_no_reading(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    with ModelServer(fault) as server:
        model = ChatModel(ModelOptions(name="openai:scripted", base_url=server.url))
        reader = LlmReader(model, Prompt(PROMPT), SetLanguage())
        read = await cascade(ScriptedReader(), [reader], always, name="llm").read(CASE)
    assert (read.situation, read.reader) == (SituationName.QUALITY, "llm")
