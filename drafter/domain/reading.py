"""Reading with models: what a try is asked for, and a situation with how it was come by."""

from __future__ import annotations

from typing import Literal

from drafter.domain.draft import Attempt
from drafter.domain.record import Record, Text
from drafter.domain.situation import Situation

#: The writer's name in an `Attempt` that read a review instead of answering it.
LLM_READER = "llm_reader"


class ReadingBrief(Record):
    """What a model is asked for beyond the case: which try it is, and how long it may take."""

    attempt: int = 1  # counts from 1
    mend: Literal["details", "answer"] | None = None  # what was wrong with the last answer
    seconds: float | None = None  # that this try may take, retries included; None: as long as it needs


class TracedSituation(Situation):
    """A situation on its way from a reader to the pipeline, which keeps the tries with those of the writers."""

    attempts: tuple[Attempt, ...] = ()  # of models at reading it, in their order
    doubt: Text | None = None  # why a model is to be asked
    to_ask: tuple[str, ...] = ()  # the models, in their order; kept, so that a job begun again asks the same


def parted(situation: Situation) -> tuple[Situation, tuple[Attempt, ...]]:
    """Return the plain situation, and the tries of models that led to it."""
    if not isinstance(situation, TracedSituation):
        return situation, ()
    fields = {name: getattr(situation, name) for name in Situation.model_fields}
    return Situation.model_validate(fields), situation.attempts


def is_reading(attempt: Attempt) -> bool:
    """Whether a try read a review, instead of writing or checking a draft."""
    return attempt.writer == LLM_READER
