"""DRAFTER_SEND=review: of a case nothing but the words of its review reaches a model, whoever asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from drafter import pipeline
from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft, Provenance
from drafter.domain.example import Example
from drafter.domain.finding import Severity
from drafter.domain.judging import JudgingBrief
from drafter.domain.reading import ReadingBrief
from drafter.domain.review import Media, Product, Review
from drafter.domain.shop import BrandVoice, Shop, VoiceExample
from drafter.domain.shop_rule import ShopRule
from drafter.domain.situation import Channel, SituationName
from drafter.judge.llm import PROMPT as JUDGE_PROMPT
from drafter.judge.llm import LlmJudge
from drafter.languages import Languages
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions
from drafter.readers.llm import PROMPT as READER_PROMPT
from drafter.readers.llm import LlmReader
from drafter.settings import Send
from drafter.testing import QUIET_SITUATION, ChatRequest, ModelServer
from drafter.testing.chat import Answer, written
from drafter.testing.faults import good
from drafter.testing.verdicts import judged, passage
from drafter.writers.llm import PROMPT, LlmWriter
from guardrails.runner import Guardrails
from prompts.prompt import Prompt

#: What there is besides the review's words; each is a word of its own, sought in all that was sent.
KNOWN = (
    "Wexcombe", "Tillary", "Quonset", "lullabyish", "shopphrase", "neverword", "Signoffson", "standingfact", "casefact",
    "ownexample", "approvedexample", "excerptword", "recentreply", "instructword", "replacedword", "rulewords",
    "shopee", "mediaword", "orderref", "sourceword",
)  # fmt: skip
VOICE = BrandVoice(
    use=("shopphrase",),
    avoid=("neverword",),
    sign_off="Signoffson",
    examples=(VoiceExample(reply="ownexample words", review="ownexample"),),
)
SHOP = Shop(
    display_name="Wexcombe Bags",
    platform="shopee",
    region="PH",
    brand_voice=VOICE,
    standing_facts={"standingfact": "standingfact"},
    rules=(ShopRule(name="no_thanks", pattern="Thank you", reason="rulewords"),),
)
CASE = Case(
    review=Review(
        external_id="mediaword-1",
        platform="shopee",
        region="PH",
        title="Torn",
        text="The strap tore after two days. Signed, Tillary.",
        rating=2,
        author="Tillary Quonset",
        product=Product(name="lullabyish tote"),
        media=(Media(url="https://example.com/mediaword.jpg"),),
        order_ref="orderref-99",
        syndicated_from="sourceword",
    ),
    shop=SHOP,
    case_facts={"casefact": "casefact, 30 days"},
)
BRIEF = Brief(
    instruction="instructword",
    recent_replies=("recentreply",),
    last_draft=Draft(public_reply="replacedword", language="en", provenance=Provenance(writer="template")),
    examples=(
        Example(reply="approvedexample", review_excerpt="excerptword", situation=SituationName.QUALITY, language="en"),
    ),
)
HYBRID = QUIET_SITUATION.with_changes(channel=Channel.HYBRID)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    with ModelServer() as server:
        yield server


def model(server: ModelServer) -> ChatModel:
    return ChatModel(ModelOptions(name="openai:scripted", base_url=server.url))


def left(requests: list[ChatRequest]) -> list[str]:
    """Return which of the case's words stand in what was sent."""
    sent = json.dumps([dict(request.body) for request in requests], ensure_ascii=False).casefold()
    return [word for word in KNOWN if word.casefold() in sent]


async def test_the_writer_sends_the_review_in_the_first_try_and_in_repairs(server: ModelServer) -> None:
    """A rule of the shop blocks every draft here, and its words do not leave with the findings either."""
    writer = LlmWriter(model(server), Prompt(PROMPT), send="review")
    guardrails = Guardrails(languages=Languages())
    prepared = await pipeline.answer(CASE, HYBRID, writers=[writer], inspector=guardrails, brief=BRIEF)
    assert len(server.requests) == 3
    assert left(server.requests) == []
    assert prepared.draft is None
    repair = server.requests[1].text
    assert "The strap tore after two days. Signed, [NAME]." in repair
    assert "This cannot be sent. Say it in other words" in repair


async def test_by_default_the_writer_sends_the_case(server: ModelServer) -> None:
    await LlmWriter(model(server), Prompt(PROMPT)).write(CASE, HYBRID, BRIEF)
    unsent = {"Tillary", "Quonset", "recentreply", "rulewords", "shopee", "mediaword", "orderref", "sourceword"}
    assert set(left(server.requests)) == set(KNOWN) - unsent


async def test_a_wish_that_was_not_sent_is_told(server: ModelServer) -> None:
    writer = LlmWriter(model(server), Prompt(PROMPT), send="review")
    wished = await writer.write(CASE, HYBRID, BRIEF)
    assert [(remark.code, remark.severity) for remark in wished.remarks] == [("wish_not_sent", Severity.WARN)]
    plain = await writer.write(CASE, HYBRID, Brief())
    assert plain.remarks == ()


async def test_the_reader_sends_the_review_and_reads_by_all_that_is_known(server: ModelServer) -> None:
    reader = LlmReader(model(server), Prompt(READER_PROMPT), Languages(), send="review")
    situation = await reader.ask(CASE, ReadingBrief())
    assert left(server.requests) == []
    assert "of 5" not in server.requests[0].body["messages"][1]["content"]
    assert situation.situation is SituationName.QUALITY


async def test_the_judge_sends_the_review_and_the_reply(server: ModelServer) -> None:
    judge = LlmJudge(model(server), Prompt(JUDGE_PROMPT), send="review")
    reply = ReplyToCheck(case=CASE, channel=Channel.PUBLIC, language="en", public_reply="Thanks. Write in the chat.")
    await judge.ask(reply, JudgingBrief())
    assert left(server.requests) == []
    shown = server.requests[0].body["messages"][1]["content"]
    assert "Thanks. Write in the chat." in shown
    assert "Region" not in shown


@pytest.mark.parametrize(("send", "facts", "sure"), [("review", True, 1), ("review", False, 2), ("case", True, 2)])
async def test_a_judge_who_sees_no_facts_only_doubts_what_facts_could_excuse(
    monkeypatch: pytest.MonkeyPatch, send: Send, facts: bool, sure: int
) -> None:
    """A promise may rest on a fact that it was not shown; a rude word rests on nothing."""
    monkeypatch.setenv("OPENAI_API_KEY", "test")

    def strict(request: ChatRequest) -> Answer:
        return judged(request, passage("unverified_commitment", "30 days"), passage("tone", "Your fault"))

    case = CASE if facts else CASE.with_changes(case_facts={}, shop=Shop())
    reply = ReplyToCheck(
        case=case, channel=Channel.PUBLIC, language="en", public_reply="Your fault. Return in 30 days."
    )
    with ModelServer(strict) as server:
        judgement = await LlmJudge(model(server), Prompt(JUDGE_PROMPT), send=send).ask(reply, JudgingBrief())
    assert (len(judgement.findings), len(judgement.doubts)) == (sure, 2 - sure)
    assert "unverified_commitment" not in judgement.cleared


async def test_the_customers_name_is_hidden_though_the_model_is_not_told_of_a_customer(server: ModelServer) -> None:
    await LlmWriter(model(server), Prompt(PROMPT), send="review").write(CASE, HYBRID, Brief())
    shown = server.requests[0].body["messages"][1]["content"]
    assert "Name to greet by" not in shown
    assert "Signed, [NAME]." in shown


async def test_the_scripted_answer_is_for_the_language_and_channel_that_stay(server: ModelServer) -> None:
    """What is ours is still told: without it there were no draft."""
    await LlmWriter(model(server), Prompt(PROMPT), send="review").write(CASE, HYBRID, Brief())
    (request,) = server.requests
    assert (request.language, request.channel) == ("en", "hybrid")
    assert good(request) != written(request, "")
