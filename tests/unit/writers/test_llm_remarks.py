"""What the LLM writer says of its model's draft: names of what there is not warn, words of an example are mended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.example import Example
from drafter.domain.finding import Part, Severity
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel, SituationName
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.testing import QUIET_SITUATION, Answer, ChatRequest, ModelServer, ScriptedInspector
from drafter.testing.chat import called
from drafter.writers.llm import PROMPT, LlmWriter
from prompts.prompt import Prompt

CASE = Case(
    review=Review(external_id="1", text="The strap tore after two days.", author="Ana", product=Product(name="Tote")),
    case_facts={"return_policy": "30 days"},
)
EXAMPLE = Example(
    reply="Hi [NAME], sorry that the buckle did not last. Send us a picture in the shop chat and we look at it.",
    situation=SituationName.QUALITY,
    language="en",
)
COPIED = "Hi [NAME], sorry about the strap. Send us a picture in the shop chat and we look at it."
OWN = "Hi [NAME], sorry about the strap. Please show us in the shop chat what happened to it."

Writing = Callable[..., LlmWriter]


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Writing, list[ChatRequest]]]:
    """Make writers whose model gives these answers in turn, and note what it is asked."""
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    asked: list[ChatRequest] = []
    answers: list[dict[str, Any]] = []

    def answer(request: ChatRequest) -> Answer:
        asked.append(request)
        return called(request, json.dumps(answers[min(len(asked), len(answers)) - 1]))

    with ModelServer(answer) as server:

        def make(*given: dict[str, Any]) -> LlmWriter:
            answers.extend(given)
            return LlmWriter(ChatModel(ModelOptions(name="openai:scripted", base_url=server.url)), Prompt(PROMPT))

        yield make, asked


def codes(draft: Draft) -> list[tuple[str, Severity, Part]]:
    return [(remark.code, remark.severity, remark.part) for remark in draft.remarks]


async def test_names_of_what_there_is_not_are_told_and_block_nothing(writing: Any) -> None:
    make, _ = writing
    named = {"facts_used": ["refund_approved", "return_policy"], "details_used": ["never arrived", "The strap tore"]}
    prepared = await pipeline.answer(
        CASE, QUIET_SITUATION, writers=[make({"public_reply": OWN, **named})], inspector=ScriptedInspector()
    )
    assert prepared.draft is not None
    assert (prepared.draft.facts_used, prepared.draft.details_used) == (("return_policy",), ("The strap tore",))
    assert [(finding.code, finding.severity) for finding in prepared.findings] == [
        ("unknown_fact", Severity.WARN),
        ("unknown_detail", Severity.WARN),
    ]
    assert '"refund_approved"' in prepared.findings[0].message
    assert prepared.draft.remarks == ()  # they are among the findings now


async def test_a_model_that_names_many_things_is_told_of_in_few_words(writing: Any) -> None:
    make, _ = writing
    named = {"facts_used": [f"invented_{number}\u202e {'x' * 99}" for number in range(9)]}
    draft = await make({"public_reply": OWN, **named}).write(CASE, QUIET_SITUATION, Brief())
    assert len(draft.remarks) == 3
    assert all(len(remark.message) < 140 and remark.message.isprintable() for remark in draft.remarks)


async def test_words_of_an_example_are_mended_and_never_offered(writing: Any) -> None:
    make, asked = writing
    prepared = await pipeline.answer(
        CASE,
        QUIET_SITUATION,
        writers=[make({"public_reply": COPIED}, {"public_reply": OWN})],
        inspector=ScriptedInspector(),
        brief=Brief(examples=(EXAMPLE,)),
    )
    assert [(attempt.outcome, attempt.codes) for attempt in prepared.attempts] == [
        ("blocked", ("echoes_example",)),
        ("passed", ()),
    ]
    assert prepared.draft is not None
    assert prepared.draft.public_reply == OWN.replace("[NAME]", "Ana")
    mending = asked[1].body["messages"][1]["content"]
    assert '- public reply, "Send us a picture in the shop chat and we look at it": These words are copied' in mending


async def test_words_of_an_example_that_was_not_shown_are_nobodys(writing: Any) -> None:
    make, _ = writing
    other = EXAMPLE.with_changes(language="es")
    draft = await make({"public_reply": COPIED}).write(CASE, QUIET_SITUATION, Brief(examples=(other,)))
    assert codes(draft) == []


async def test_a_private_message_is_looked_at_too(writing: Any) -> None:
    make, _ = writing
    hybrid = QUIET_SITUATION.with_changes(channel=Channel.HYBRID)
    answer = {"public_reply": OWN, "private_message": COPIED}
    draft = await make(answer).write(CASE, hybrid, Brief(examples=(EXAMPLE,)))
    assert codes(draft) == [("echoes_example", Severity.BLOCK, Part.PRIVATE)]
    (span,) = draft.remarks
    assert (draft.private_message or "")[
        span.start : span.end
    ] == "Send us a picture in the shop chat and we look at it"
