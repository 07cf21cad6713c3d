"""The judge as a scorer: five more columns, where a judge was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import EvaluationReason, Evaluator

from drafter.domain.case import Prepared
from evals.cases import Expected, Inputs
from evals.judging.answers import Mark
from evals.judging.judge import ReplyJudge
from evals.judging.rubric import Quality
from evals.judging.shown import Reply
from evals.runs.asking import OutOfBudget
from evals.scorers.base import Context, graded


@dataclass(repr=False, eq=False)
class Judged(Evaluator[Inputs, Prepared, Expected]):
    """What a judge says of each draft: 1 to 5 as 0 to 1, since all scores are."""

    judge: ReplyJudge
    leave_out: Callable[[str], None]  # is told why a draft is not judged now

    async def evaluate(self, ctx: Context) -> dict[str, Any]:
        """Return a score for each quality; none where there is no draft. Raises NotJudged, which is no low score."""
        draft = ctx.output.draft
        if draft is None:
            return {}
        reply = Reply(public=draft.public_reply, private=draft.private_message)
        try:
            judged = await self.judge.judge(ctx.inputs.as_case(), reply)
        except OutOfBudget as error:
            self.leave_out(str(error))
            return {}
        return {title_of(quality): _graded(mark) for quality, mark in judged.marks()}

    def build_serialization_arguments(self) -> dict[str, Any]:
        """Return nothing: a run is made by code, never by a file that names its scorers."""
        return {}


def title_of(quality: Quality) -> str:
    """Return the name of a quality's column."""
    return f"judged_{quality.value}"


#: The columns of a judge.
JUDGED: tuple[str, ...] = tuple(map(title_of, Quality))


def _graded(mark: Mark) -> EvaluationReason:
    return graded((mark.score - 1) / 4, f"{mark.score} of 5: {mark.reason} “{mark.quote}”")
