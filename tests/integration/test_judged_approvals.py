"""What the judge said of a draft counts at its approval too, and for no other text."""

from __future__ import annotations

from dataclasses import replace

from drafter import pipeline
from drafter.approvals.inspection import Texts, inspect_texts, load_matter
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.finding import Finding, Layer, Part, Severity
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement
from drafter.judge.bench import Bench
from drafter.store.database import Database
from drafter.store.testing import stored_item
from drafter.testing import ScriptedInspector, ScriptedWriter


def finding(code: str, layer: Layer) -> Finding:
    return Finding(
        code=code,
        check="test",
        severity=Severity.BLOCK,
        part=Part.PUBLIC,
        start=0,
        end=3,
        message="m",
        suggestion="s",
        layer=layer,
    )


def found(_: ReplyToCheck) -> tuple[Finding, ...]:
    return finding("tone", "head"), finding("incentive", "rule")


class Lenient:
    """A judge that clears what can be cleared."""

    name = "openai:judge"

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        tried = Attempt(writer=JUDGE, model=self.name, number=brief.attempt, outcome="passed")
        cleared = ("tone", "incentive")
        assert reply.public_reply
        return TracedJudgement(model=self.name, prompt_hash="sha256:0", cleared=cleared, tried=tried)


async def test_a_head_stays_overruled_for_the_draft_and_speaks_again_of_a_persons_text(database: Database) -> None:
    item = stored_item(database)
    with database.reading() as session:
        matter = load_matter(session, item)
    case = Case(review=matter.stored.review, shop=matter.shop, case_facts=matter.stored.case_facts)
    prepared = await pipeline.answer(
        case,
        item.situation,
        writers=[ScriptedWriter("Thank you. We are glad.", name="llm", model="openai:a")],
        inspector=ScriptedInspector(lambda _: (finding("tone", "head"),)),
        judge=Bench([Lenient()]),
    )
    draft = prepared.draft
    assert draft is not None
    matter = replace(matter, item=item.with_changes(draft=draft))
    inspector = ScriptedInspector(found)
    unchanged = inspect_texts(matter, Texts.of(draft), inspector)
    assert [one.code for one in unchanged.findings] == ["incentive"]
    edited = inspect_texts(matter, Texts(public_reply="Another text.", private_message=None), inspector)
    assert [one.code for one in edited.findings] == ["tone", "incentive"]
    assert edited.draft.judgement is None
