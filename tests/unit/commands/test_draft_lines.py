"""`draft` over lines: who wrote each, what it took, and the sum of it all."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from drafter.commands.batch import Batch
from drafter.commands.lines import Line
from drafter.commands.works import DraftingLines
from drafter.compose import PipelineParts
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance, Usage
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.ports import Writer
from drafter.domain.shop import Shop
from drafter.domain.situation import Situation, SituationName
from drafter.testing import QUIET_SITUATION, ScriptedInspector, ScriptedReader, ScriptedWriter

TONE = Finding(
    code="tone",
    check="guardrails.checks.tone",
    severity=Severity.BLOCK,
    part=Part.PUBLIC,
    start=0,
    end=1,
    message="Blame.",
    suggestion="Leave it out.",
)
REFUSED = WriterFailed(
    "openai:x: the key was refused: look at OPENAI_API_KEY.", model="openai:x", usage=Usage(calls=1, cost_usd=0.0)
)


class Model:
    """Writes as a model that takes a turn of the loop, and costs something."""

    name = "llm"

    def __init__(self, cost_usd: float | None = 0.001) -> None:
        self.briefs: list[Brief] = []
        self._usage = Usage(calls=1, tokens_in=1000, tokens_out=50, cost_usd=cost_usd)

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        self.briefs.append(brief)
        for _turn in range(5):
            await asyncio.sleep(0)
        origin = Provenance(writer="llm", model="openai:x", attempt=brief.attempt, usage=self._usage)
        text = f"Reply to {case.review.external_id}."
        return Draft(public_reply=text, language=situation.language, provenance=origin)


def drafting(
    *writers: Writer, reader: ScriptedReader | None = None, inspector: ScriptedInspector | None = None, calls: int = 4
) -> DraftingLines:
    parts = PipelineParts(
        reader=reader or ScriptedReader(), writers=writers, inspector=inspector or ScriptedInspector()
    )
    return DraftingLines(parts, Shop(), calls=calls)


async def drafts(work: DraftingLines, folder: Path, count: int, **options: Any) -> list[Line]:
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps({"id": str(n), "text": "Lovely"}) + "\n" for n in range(count)))
    await Batch(str(source), str(target), **options).run(work)
    return [json.loads(line) for line in target.read_text().splitlines()]


def templates(*answers: str) -> ScriptedWriter:
    return ScriptedWriter(*answers, name="template")


async def test_a_line_tells_who_wrote_it_and_what_all_tries_took(tmp_path: Path) -> None:
    (line,) = await drafts(drafting(ScriptedWriter(REFUSED, name="llm"), Model(), templates()), tmp_path, 1)
    assert (line["writer"], line["model"]) == ("llm", "openai:x")
    assert line["usage"] == {"calls": 2, "tokens_in": 1000, "tokens_out": 50, "cost_usd": 0.001}
    assert "OPENAI_API_KEY" in line["reason"]


async def test_a_line_by_templates_took_nothing(tmp_path: Path) -> None:
    (line,) = await drafts(drafting(templates()), tmp_path, 1)
    assert (line["writer"], line["model"], line["reason"]) == ("template", None, None)
    assert line["usage"] == {"calls": 0, "tokens_in": 0, "tokens_out": 0, "cost_usd": 0.0}


async def test_models_are_asked_for_several_lines_at_once_and_know_the_replies_that_are_ready(tmp_path: Path) -> None:
    model = Model()
    lines = await drafts(drafting(model, templates(), calls=4), tmp_path, 12)
    assert [line["id"] for line in lines] == [str(n) for n in range(12)]
    known = [len(brief.recent_replies) for brief in model.briefs]
    assert known[:4] == [0, 0, 0, 0]
    assert known == sorted(known)
    assert 8 <= known[-1] < 12


async def test_templates_alone_go_one_after_the_other(tmp_path: Path) -> None:
    writer = templates(*(f"Reply {n}." for n in range(5)))
    await drafts(drafting(writer, calls=4), tmp_path, 5)
    assert [len(brief.recent_replies) for brief in writer.briefs] == [0, 1, 2, 3, 4]


async def test_a_run_that_goes_on_knows_the_replies_of_the_one_before(tmp_path: Path) -> None:
    await drafts(drafting(Model(), templates()), tmp_path, 3)
    writer = templates("Thank you.")
    await drafts(drafting(writer), tmp_path, 4, resume=True)
    assert writer.briefs[0].recent_replies == ("Reply to 0.", "Reply to 1.", "Reply to 2.")


async def test_the_summary_says_plainly_that_no_line_was_written_by_the_model(tmp_path: Path) -> None:
    work = drafting(ScriptedWriter(REFUSED, name="llm"), templates())
    lines = await drafts(work, tmp_path, 30)
    assert {(line["writer"], line["reason"]) for line in lines} == {("template", f"llm: {REFUSED}")}
    assert work.tally.told() == (
        "; 30 by templates; 30 stand-ins, most often because: "
        "openai:x: the key was refused: look at OPENAI_API_KEY (30 times); 30 requests"
    )


async def test_the_summary_counts_authors_routes_tokens_and_cost(tmp_path: Path) -> None:
    def read(case: Case) -> Situation:
        name = SituationName.SAFETY if case.review.external_id in "01" else SituationName.POSITIVE
        return QUIET_SITUATION.with_changes(situation=name)

    work = drafting(Model(), templates(), reader=ScriptedReader(read))
    await drafts(work, tmp_path, 10)
    assert work.tally.told() == "; 8 by openai:x, 2 to a person; 8 requests, 8,000 tokens in, 400 out, $0.0080"


async def test_the_summary_counts_reasons_that_differ_in_numbers_only_as_one(tmp_path: Path) -> None:
    failures = [
        WriterFailed(f"openai:x: it is not asked since 17:5{n}:01 UTC.", model="openai:x", usage=Usage(cost_usd=None))
        for n in range(3)
    ]
    work = drafting(ScriptedWriter(*failures, name="llm"), templates(), calls=1)
    await drafts(work, tmp_path, 3)
    assert "openai:x: it is not asked since 17:50:01 UTC (3 times)" in work.tally.told()


async def test_the_summary_tells_of_drafts_that_were_blocked_and_of_a_price_that_is_not_known(tmp_path: Path) -> None:
    work = drafting(Model(cost_usd=None), templates(), inspector=ScriptedInspector(lambda _: (TONE,)))
    await drafts(work, tmp_path, 2)
    told = work.tally.told()
    assert told.startswith("; 2 to a person; 2 without a draft that passed the checks, most often because: ")
    assert "openai:x was blocked (tone) (2 times)" in told
    assert told.endswith("; 6 requests, 6,000 tokens in, 300 out, price not known")
