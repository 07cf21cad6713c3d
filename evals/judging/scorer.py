"""The judge as a scorer of runs: five more columns, where a judge was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import EvaluationReason, Evaluator

from drafter.domain.case import Prepared
from evals.cases import Expected, Inputs
from evals.judging.answers import Mark
from evals.judging.judge import ReplyJudge
from evals.judging.rubric import Quality
from evals.judging.shown import Reply
from evals.scorers.base import Context, graded


@dataclass(repr=False)
class Judged(Evaluator[Inputs, Prepared, Expected]):
    """What a judge says of each draft: 1 to 5 as 0 to 1, since all scores are."""

    judge: ReplyJudge

    async def evaluate(self, ctx: Context) -> dict[str, Any]:
        """Return a score for each quality; none where there is no draft. Raises NotJudged, which is no low score."""
        draft = ctx.output.draft
        if draft is None:
            return {}
        reply = Reply(public=draft.public_reply, private=draft.private_message)
        judged = await self.judge.judge(ctx.inputs.as_case(), reply)
        return {title_of(quality): _graded(mark) for quality, mark in judged.marks()}


def title_of(quality: Quality) -> str:
    """Return the name of a quality's column."""
    return f"judged_{quality.value}"


def _graded(mark: Mark) -> EvaluationReason:
    return graded((mark.score - 1) / 4, f"{mark.score} of 5: {mark.reason} “{mark.quote}”")
