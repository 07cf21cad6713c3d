"""Judging: what a model is asked about a reply, and what rules, heads and model say of it together."""

from __future__ import annotations

from typing import Literal

from drafter.domain.draft import Attempt
from drafter.domain.finding import Finding
from drafter.domain.judgement import Judgement
from drafter.domain.reading import LLM_READER
from drafter.domain.record import Record

#: The writer's name in an `Attempt` that judged a draft instead of writing it.
JUDGE = "judge"


class JudgingBrief(Record):
    """What a model is asked for beyond the reply: which try it is, and how long it may take."""

    attempt: int = 1  # counts from 1
    mend: Literal["quotes", "answer"] | None = None  # what was wrong with the last answer
    seconds: float | None = None  # that this try may take, retries included; None: as long as it needs


class TracedJudgement(Judgement):
    """A judgement on its way from a model to the rule by which it counts, with the try that gave it."""

    tried: Attempt

    @property
    def plain(self) -> Judgement:
        """The judgement as it is kept with a draft."""
        return Judgement.model_validate({name: getattr(self, name) for name in Judgement.model_fields})


class Verdict(Record):
    """What rules, heads and judge say of a reply together."""

    findings: tuple[Finding, ...]
    judgement: Judgement | None = None  # None: nobody judged, or nobody could
    attempts: tuple[Attempt, ...] = ()  # of models at judging it, in their order


def is_judging(attempt: Attempt) -> bool:
    """Whether a try judged a draft, instead of writing it."""
    return attempt.writer == JUDGE


def is_writing(attempt: Attempt) -> bool:
    """Whether a try was one at the draft itself, not at reading the review or judging the draft."""
    return attempt.writer not in (LLM_READER, JUDGE)
