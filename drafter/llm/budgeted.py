"""Models that read, write and judge within the daily budget of the shop that they are asked for."""

from __future__ import annotations

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Draft
from drafter.domain.errors import JudgeFailed, ReaderFailed, WriterFailed
from drafter.domain.judging import JudgingBrief, TracedJudgement
from drafter.domain.ports import ModelJudge, ModelReader, Writer
from drafter.domain.reading import ReadingBrief, TracedSituation
from drafter.domain.situation import Situation
from drafter.llm.budget import Purse, Taking, within_budget
from drafter.llm.options import ModelOptions


class BudgetedReader:
    """A model's reader that asks only within the budget."""

    def __init__(self, reader: ModelReader, options: ModelOptions, purse: Purse) -> None:
        self.name = reader.name
        self._reader = reader
        self._options = options
        self._purse = purse

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the reader's situation. Raises ReaderFailed, with the figures where the budget is used up."""
        return await within_budget(
            self._purse,
            Taking(shop=case.shop, options=self._options),
            lambda: self._reader.ask(case, brief),
            lambda reading: reading.attempts[-1].usage,
            ReaderFailed,
        )


class BudgetedWriter:
    """A model's writer that asks only within the budget."""

    def __init__(self, writer: Writer, options: ModelOptions, purse: Purse) -> None:
        self.name = writer.name
        self._writer = writer
        self._options = options
        self._purse = purse

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the writer's draft. Raises WriterFailed, with the figures where the budget is used up."""
        return await within_budget(
            self._purse,
            Taking(shop=case.shop, options=self._options),
            lambda: self._writer.write(case, situation, brief),
            lambda draft: draft.provenance.usage,
            WriterFailed,
        )


class BudgetedJudge:
    """A model's judge that asks only within the budget."""

    def __init__(self, judge: ModelJudge, options: ModelOptions, purse: Purse) -> None:
        self.name = judge.name
        self._judge = judge
        self._options = options
        self._purse = purse

    async def ask(self, reply: ReplyToCheck, brief: JudgingBrief) -> TracedJudgement:
        """Return the judge's word. Raises JudgeFailed, with the figures where the budget is used up."""
        return await within_budget(
            self._purse,
            Taking(shop=reply.case.shop, options=self._options),
            lambda: self._judge.ask(reply, brief),
            lambda judged: judged.tried.usage,
            JudgeFailed,
        )
