"""Each scorer tells a good answer from a bad one, gives the reason, and keeps quiet where it is not asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from pydantic_evals import Case as EvalCase
from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.draft import Attempt, Draft, Provenance, Usage
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.reading import LLM_READER
from drafter.domain.review import Product, Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Route, SituationName
from drafter.testing import QUIET_SITUATION
from evals import scorers
from evals.cases import EvalDataset, Expected, Inputs, Point
from evals.scorers.base import Scorer
from evals.scorers.reading import confusion_cost

THANKS = "Thank you, Ana. We are glad that the zipper holds."
LATE = Point(says="it came late", words={"en": ("late", "delay")})
BROKEN = Point(says="it broke", words={"en": ("broke", "broken")})


class Example(NamedTuple):
    """An answer, what was expected, and the score."""

    scorer: type[Scorer]
    score: float | None  # None: the case does not ask for it
    expected: Expected
    output: Prepared
    inputs: Inputs = Inputs(review=Review(external_id="1", text="The zipper holds", rating=5, author="Ana Souza"))
    reason: str | None = None  # a part of it


def finding(code: str, severity: Severity = Severity.BLOCK) -> Finding:
    return Finding(
        code=code,
        check=f"guardrails.checks.{code}",
        severity=severity,
        part=Part.PUBLIC,
        start=0,
        end=1,
        message="no",
        suggestion="change it",
    )


def drafted(
    public: str | None = THANKS,
    private: str | None = None,
    *,
    language: str = "en",
    facts: tuple[str, ...] = (),
    findings: Iterable[Finding] = (),
    attempts: tuple[Attempt, ...] = (),
    **situation: Any,
) -> Prepared:
    draft = Draft(
        public_reply=public,
        private_message=private,
        language=language,
        facts_used=facts,
        provenance=Provenance(writer="template"),
    )
    return Prepared(
        route=Route.DRAFT,
        situation=QUIET_SITUATION.with_changes(**situation),
        draft=draft,
        findings=tuple(findings),
        attempts=attempts,
    )


def undrafted(route: Route = Route.ESCALATE, **situation: Any) -> Prepared:
    return Prepared(route=route, situation=QUIET_SITUATION.with_changes(**situation), reason="harm")


def given(text: str = "", *, author: str | None = None, shop: Shop = Shop(), **more: Any) -> Inputs:  # noqa: B008
    facts = more.pop("facts", {})
    review = Review(external_id="1", text=text, author=author, product=Product(name="Tote"), **more)
    return Inputs(review=review, case_facts=facts, shop=shop)


def tried(**usage: Any) -> Attempt:
    return Attempt(writer="llm", number=1, outcome="passed", usage=Usage(**usage), latency_ms=250)


READ = tried().with_changes(writer=LLM_READER)
READ_AS_SHIPPING: dict[str, Any] = {"situation": SituationName.SHIPPING, "secondary": (SituationName.QUALITY,)}
QUALITY = Expected(situation=SituationName.QUALITY)
LATE_FIRST = Expected(situation=SituationName.QUALITY, secondary=(SituationName.SHIPPING,))
SAFETY = Expected(situation=SituationName.SAFETY)

EXAMPLES = [
    Example(scorers.RightSituation, 1, QUALITY, drafted(situation=SituationName.QUALITY)),
    Example(
        scorers.RightSituation, 1, QUALITY.with_changes(also=(SituationName.SHIPPING,)), drafted(**READ_AS_SHIPPING)
    ),
    Example(scorers.RightSituation, 0.5, QUALITY, drafted(**READ_AS_SHIPPING), reason="shipping for quality"),
    Example(scorers.RightSituation, 0.5, LATE_FIRST, drafted(situation=SituationName.SHIPPING)),
    Example(
        scorers.RightSituation, 0, QUALITY, drafted(situation=SituationName.POSITIVE), reason="positive for quality"
    ),
    Example(scorers.RightSituation, None, Expected(), drafted()),
    Example(scorers.PrimaryOrSecondaryRight, 1, LATE_FIRST, drafted(situation=SituationName.SHIPPING)),
    Example(scorers.PrimaryOrSecondaryRight, 0, QUALITY, drafted(**READ_AS_SHIPPING)),
    Example(scorers.PrimaryOrSecondaryRight, None, Expected(), drafted()),
    Example(scorers.ConfusionCost, 0, QUALITY, drafted(situation=SituationName.QUALITY)),
    Example(scorers.ConfusionCost, 10, SAFETY, drafted(situation=SituationName.POSITIVE), reason="positive for safety"),
    Example(scorers.ConfusionCost, 1, SAFETY, undrafted(situation=SituationName.POSITIVE)),
    Example(scorers.ConfusionCost, 0, LATE_FIRST.with_changes(also=(SituationName.OTHER,)), drafted(situation="other")),
    Example(scorers.ConfusionCost, None, Expected(), drafted()),
    Example(scorers.RightLanguage, 1, Expected(language="en"), drafted(language="en")),
    Example(scorers.RightLanguage, 0, Expected(language="ms"), drafted(), reason="en for ms"),
    Example(scorers.RightLanguage, None, Expected(), drafted()),
    Example(scorers.RightSentiment, 1, Expected(sentiment=1), drafted(sentiment=1)),
    Example(scorers.RightSentiment, 0.5, Expected(sentiment=-1), drafted(sentiment=0)),
    Example(scorers.RightSentiment, 0, Expected(sentiment=-1), drafted(sentiment=1), reason="1 for -1"),
    Example(scorers.RightSentiment, None, Expected(), drafted()),
    Example(scorers.RightChannel, 1, Expected(channels=(Channel.HYBRID, Channel.PUBLIC)), drafted()),
    Example(scorers.RightChannel, 1, Expected(channels=(Channel.NONE,)), undrafted(Route.NO_REPLY)),
    Example(scorers.RightChannel, 0, Expected(channels=(Channel.HYBRID,)), drafted(), reason="public for hybrid"),
    Example(scorers.RightChannel, None, Expected(), drafted()),
    Example(scorers.RightRoute, 1, Expected(route=Route.ESCALATE), undrafted()),
    Example(scorers.RightRoute, 0, Expected(route=Route.ESCALATE), drafted(), reason="draft for escalate"),
    Example(scorers.RightRoute, None, Expected(), drafted()),
    Example(scorers.LegalThreatSeen, 1, Expected(legal_threat=True), undrafted(legal_threat=True)),
    Example(scorers.LegalThreatSeen, 0, Expected(legal_threat=True), drafted(), reason="missed"),
    Example(scorers.LegalThreatSeen, 0, Expected(legal_threat=False), undrafted(legal_threat=True), reason="none"),
    Example(scorers.LegalThreatSeen, None, Expected(), drafted()),
    Example(scorers.PersonalDataSeen, 1, Expected(personal_data=False), drafted()),
    Example(scorers.PersonalDataSeen, 0, Expected(personal_data=True), drafted(), reason="missed"),
    Example(scorers.PersonalDataSeen, None, Expected(), drafted()),
    Example(scorers.ReplyIsThere, 1, Expected(route=Route.DRAFT), drafted()),
    Example(scorers.ReplyIsThere, 1, Expected(route=Route.ESCALATE), undrafted()),
    Example(scorers.ReplyIsThere, 0, Expected(route=Route.DRAFT), undrafted(), reason="harm"),
    Example(scorers.ReplyIsThere, None, Expected(), drafted()),
    Example(scorers.PassesGuardrails, 1, Expected(), drafted(findings=[finding("sameness", Severity.WARN)])),
    Example(scorers.PassesGuardrails, 0, Expected(), drafted(findings=[finding("tone")]), reason="tone"),
    Example(scorers.PassesGuardrails, None, Expected(), undrafted()),
    Example(scorers.Warnings, 0, Expected(), drafted(findings=[finding("tone")])),
    Example(scorers.Warnings, 1, Expected(), drafted(findings=[finding("sameness", Severity.WARN)]), reason="sameness"),
    Example(scorers.Warnings, None, Expected(), undrafted()),
    Example(scorers.LanguageKept, 1, Expected(language="en"), drafted()),
    Example(scorers.LanguageKept, 1, Expected(language="ko"), drafted()),  # not one of ours: the shop's language
    Example(scorers.LanguageKept, 0, Expected(language="de"), drafted(), reason="en for de"),
    Example(
        scorers.LanguageKept, 0, Expected(language="en"), drafted(private="Bitte schreiben Sie uns im Chat des Shops.")
    ),
    Example(scorers.LanguageKept, None, Expected(), drafted()),
    Example(scorers.LengthKept, 1, Expected(), drafted("Thank you, Ana. We are glad.")),
    Example(scorers.LengthKept, 0, Expected(), drafted("Thank you."), reason="1 sentences in public"),
    Example(scorers.LengthKept, 0, Expected(), drafted("One is. Two is. Three is. Four is."), reason="4 sentences"),
    Example(scorers.LengthKept, 0, Expected(), drafted("Thank you. " + "word " * 90 + "ends."), reason="words"),
    Example(
        scorers.LengthKept, 0, Expected(), drafted("ขอบคุณค่ะ " + "ดีใจ" * 80 + "ค่ะ", language="th"), reason="characters"
    ),
    Example(scorers.LengthKept, 0, Expected(), drafted(THANKS, "So it is. " * 7), reason="in private"),
    Example(scorers.LengthKept, 1, Expected(), drafted("We will talk in private.", channel=Channel.PRIVATE)),
    Example(scorers.LengthKept, 0, Expected(), drafted(channel=Channel.PRIVATE)),
    Example(scorers.LengthKept, None, Expected(), undrafted()),
    Example(scorers.DetailTakenUp, 1, Expected(details=("handle", "Zipper")), drafted()),
    Example(scorers.DetailTakenUp, 1, Expected(details=("the zipper really holds a lot",)), drafted()),
    Example(scorers.DetailTakenUp, 0, Expected(details=("the battery was empty after an hour",)), drafted()),
    Example(scorers.DetailTakenUp, 0, Expected(details=("glad until the battery died one evening",)), drafted()),
    Example(scorers.DetailTakenUp, 0, Expected(details=("handle",)), drafted(), reason="handle"),
    Example(
        scorers.DetailTakenUp,
        1,
        Expected(details=("ファスナーが固い",)),
        drafted("ファスナーの件、失礼しました。", language="ja"),
    ),
    Example(scorers.DetailTakenUp, None, Expected(), drafted()),
    Example(scorers.EveryPointAnswered, 1, Expected(points=(LATE,)), drafted("Sorry for the delay. Write to us.")),
    Example(
        scorers.EveryPointAnswered,
        0.5,
        Expected(points=(LATE, BROKEN)),
        drafted("Sorry for the delay. Write to us."),
        reason="not answered: it broke",
    ),
    Example(scorers.EveryPointAnswered, None, Expected(points=(LATE,)), drafted("Lo sentimos.", language="es")),
    Example(
        scorers.FactTakenUp,
        1,
        Expected(facts_may={"return_policy": ("30 days",)}),
        drafted(private="You have 30 days."),
    ),
    Example(scorers.FactTakenUp, 1, Expected(facts_may={"return_policy": ()}), drafted(facts=("return_policy",))),
    Example(
        scorers.FactTakenUp,
        0,
        Expected(facts_may={"return_policy": ("30 days",)}),
        drafted(facts=("return_policy",)),  # the writer says so, but the text does not
        reason="return_policy",
    ),
    Example(scorers.FactTakenUp, None, Expected(), drafted()),
    Example(scorers.NoForbiddenFact, 1, Expected(facts_must_not={"note": ("batch",)}), drafted(private="The batch.")),
    Example(
        scorers.NoForbiddenFact,
        0,
        Expected(facts_must_not={"note": ("Batch",)}),
        drafted("Sorry, this batch was weak. Write to us."),
        reason="note",
    ),
    Example(scorers.NoForbiddenFact, None, Expected(), drafted()),
    Example(
        scorers.NothingInvented,
        1,
        Expected(),
        drafted("Thank you for 5 stars. It left on 18 November, 30 days ago."),
        given("I waited", rating=5, facts={"order_status": "Left on 18 November", "return_policy": "30 days"}),
    ),
    Example(scorers.NothingInvented, 0, Expected(), drafted("It left on 18 November."), reason="18"),
    Example(scorers.NothingInvented, 0, Expected(), drafted(facts=("warranty",)), reason="fact warranty"),
    Example(scorers.NothingInvented, 0, Expected(), drafted(findings=[finding("unsupported_claim")]), reason="claim"),
    Example(scorers.NothingInvented, None, Expected(), undrafted()),
    Example(scorers.NameUsedRightly, 1, Expected(name=("Ana",)), drafted()),
    Example(scorers.NameUsedRightly, 0, Expected(name=("Ana",)), drafted("Thank you, Souza. It holds, Ana.")),
    Example(scorers.NameUsedRightly, 0.5, Expected(name=("Ana",)), drafted("Thank you. It holds."), reason="'Ana'"),
    Example(scorers.NameUsedRightly, 0, Expected(name=("Ana",)), drafted("Hi Souza, thank you. It holds.")),
    Example(scorers.NameUsedRightly, 1, Expected(name=()), drafted("Hello, thanks. Ok."), given(author="zip_fan99")),
    Example(scorers.NameUsedRightly, 0, Expected(name=()), drafted("Hi zip_fan99, thanks."), given(author="zip_fan99")),
    Example(scorers.NameUsedRightly, 0, Expected(name=()), drafted("Hi Fan, thanks."), given(author="zip_fan99")),
    Example(
        scorers.NameUsedRightly,
        1,
        Expected(name=("美咲",)),
        drafted("美咲様、ありがとうございます。"),
        given(author="佐藤美咲"),
    ),
    Example(scorers.NameUsedRightly, None, Expected(), drafted()),
    Example(scorers.SaysWhatItMust, 1, Expected(must_say=("shop chat|order page",)), drafted("See the Order Page.")),
    Example(scorers.SaysWhatItMust, 0.5, Expected(must_say=("zipper", "refund")), drafted(), reason="refund"),
    Example(scorers.SaysWhatItMust, 0, Expected(must_say=("refund",)), drafted()),
    Example(scorers.SaysWhatItMust, None, Expected(), drafted()),
    Example(scorers.NothingForbiddenSaid, 1, Expected(must_not_say=("refund",)), drafted()),
    Example(scorers.NothingForbiddenSaid, 0, Expected(must_not_say=("ZIPPER",)), drafted(), reason="ZIPPER"),
    Example(scorers.NothingForbiddenSaid, None, Expected(), drafted()),
    Example(scorers.NoPrivateDataInPublic, 1, Expected(), drafted(private="Order 5839201746620, yes.")),
    Example(scorers.NoPrivateDataInPublic, 0, Expected(), drafted("Write to a@shop.test."), reason="email"),
    Example(
        scorers.NoPrivateDataInPublic,
        0,
        Expected(),
        drafted("Your AB-7 is on its way."),
        given(order_ref="ab-7"),
        reason="order_number",
    ),
    Example(scorers.NoPrivateDataInPublic, None, Expected(), drafted(None, "In private.")),
    Example(scorers.AskedAModel, 1, Expected(), drafted(reader="cascade:llm", attempts=(READ,)), reason="passed"),
    Example(scorers.AskedAModel, 1, Expected(), drafted(reader="llm:embedding", attempts=(READ, tried()))),
    Example(scorers.AskedAModel, 0, Expected(), drafted(reader="cascade:embedding", attempts=(tried(),))),
    Example(scorers.AskedAModel, None, Expected(), drafted(reader="embedding")),
    Example(scorers.Tries, 1, Expected(), drafted(attempts=(READ, tried())), reason="llm passed"),
    Example(scorers.Tries, 2, Expected(), drafted(attempts=(tried(), tried())), reason="llm passed"),
    Example(scorers.Tries, None, Expected(), undrafted()),
    Example(scorers.LatencyMs, 500, Expected(), drafted(attempts=(tried(), tried()))),
    Example(scorers.LatencyMs, None, Expected(), undrafted()),
    Example(scorers.Tokens, 30, Expected(), drafted(attempts=(tried(tokens_in=20, tokens_out=10),)), reason="20 in"),
    Example(scorers.Tokens, None, Expected(), undrafted()),
    Example(scorers.CostUsd, 0.25, Expected(), drafted(attempts=(tried(cost_usd=0.25),))),
    Example(scorers.CostUsd, None, Expected(), drafted(attempts=(tried(cost_usd=None),))),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.scorer.title()}-{example.score}")
def test_a_scorer_gives_the_score_and_the_reason(example: Example) -> None:
    given_score = example.scorer().score(example.inputs, example.output, example.expected)
    if example.score is None:
        assert given_score is None
        return
    assert isinstance(given_score, EvaluationReason)
    assert given_score.value == example.score
    assert (example.reason or "") in (given_score.reason or "")


@pytest.mark.parametrize("scorer", scorers.SCORERS)
def test_every_scorer_has_a_passing_and_a_failing_example(scorer: type[Scorer]) -> None:
    scores = {example.score for example in EXAMPLES if example.scorer is scorer}
    assert 1 in scores
    assert 0 in scores or (scorer is scorers.EveryPointAnswered and 0.5 in scores)


@pytest.mark.parametrize("measure", scorers.MEASURES)
def test_measures_are_better_low_and_say_their_unit(measure: type[Scorer]) -> None:
    assert measure.better == "lower"
    assert measure.unit
    assert any(example.scorer is measure and example.score is not None for example in EXAMPLES)


def test_no_confusion_costs_more_than_harm_read_as_praise_and_none_is_free() -> None:
    names = list(SituationName)
    costs = {(wanted, read): confusion_cost(wanted, read) for wanted in names for read in names}
    assert max(costs, key=lambda pair: costs[pair]) == (SituationName.SAFETY, SituationName.POSITIVE)
    assert costs[SituationName.SAFETY, SituationName.POSITIVE] == 10
    assert all((cost == 0) == (wanted is read) for (wanted, read), cost in costs.items())


async def test_a_scorer_that_crashes_is_a_failure_on_record_and_no_score() -> None:
    @dataclass
    class Falls(Scorer):
        def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
            raise RuntimeError("fell over")

    dataset = EvalDataset(
        name="small",
        cases=[EvalCase(name="one", inputs=given("Ok"), metadata=Expected(language="en"))],
        evaluators=[Falls(), scorers.RightLanguage()],
    )
    report = await dataset.evaluate(lambda _: drafted(), progress=False)
    case = report.cases[0]
    assert [failure.error_message for failure in case.evaluator_failures] == ["RuntimeError: fell over"]
    assert set(case.scores) == {"right_language"}
