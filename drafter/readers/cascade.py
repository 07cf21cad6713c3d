"""The cascade: the embedded reader first, and a model where that one is unsure or a risk is near.

The models stand in for each other. Whatever becomes of them, the review is read: where none answers, the embedded
reading counts, with the reasons on record.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drafter.domain.case import Case
from drafter.domain.errors import ReaderFailed
from drafter.domain.ports import ModelReader, Reader
from drafter.domain.reading import LLM_READER, ReadingBrief, TracedSituation, parted
from drafter.domain.situation import Flag, Situation, SituationName
from drafter.turns import Turns

#: Flags beside another situation than `safety` that show that it may be one. Of four more that the reader raises,
#: self-harm and law are settled by rules, and a counterfeit or another person's data changes no situation.
NEAR_HARM = frozenset({Flag.HEALTH, Flag.CHILD})
#: Flags of a review that tries to steer who reads it: a model is not believed where it makes such a review harmless.
STEERING = frozenset({Flag.INSTRUCTION_IN_REVIEW, Flag.HOSTILE_CHARACTERS})
CLEARS_HARM = 0.8  # confidence from which a model's word takes back harm; a person asked in vain costs a minute

Doubt = Callable[[Case, Situation], str | None]


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """Says why a model is asked about a review; a rule that words decided is settled and asks nobody.

    What counts as a risk was measured on the open reviews: of those read as `safety` without a threat of law about
    every second is none, and of those whose stars contradict the words three in four are read wrong, however sure the
    embedded reader is.
    """

    threshold: float  # confidence below which a model is asked; 0: for risks alone, 1: always

    def __call__(self, case: Case, situation: Situation) -> str | None:
        """Return the reason, or None where the embedded reading stands."""
        if not has_words(case) or is_settled(situation):
            return None
        if situation.confidence < self.threshold or self.threshold >= 1:
            return f"confidence {situation.confidence:.2f}"
        return _risk(situation)


def always(case: Case, _situation: Situation) -> str | None:
    """Return a reason to ask a model about every review with words."""
    return "every review" if has_words(case) else None


def has_words(case: Case) -> bool:
    """Whether there is anything to read; stars, emoji and pictures alone are no matter of words."""
    return any(map(str.isalnum, case.review.full_text))


def is_settled(situation: Situation) -> bool:
    """Whether a rule decided for good that a person gets the review: no model may take that back."""
    return situation.legal_threat or Flag.SELF_HARM in situation.flags


def _risk(situation: Situation) -> str | None:
    if situation.situation is SituationName.SAFETY:
        return "risk: safety"
    if SituationName.SAFETY in situation.secondary:
        return "risk: safety as a further point"
    near = [flag.value for flag in situation.flags if flag in NEAR_HARM or flag is Flag.RATING_CONTRADICTION]
    return f"risk: {', '.join(near)}" if near else None


class DoubtingReader:
    """The embedded reader, which also says whether and whom to ask about its reading.

    That is part of the reading, and is kept with it: a job that is begun again asks the same models, whatever the
    settings say by then.
    """

    def __init__(self, embedded: Reader, doubt: Doubt, models: Sequence[str]) -> None:
        self.name = embedded.name
        self._embedded = embedded
        self._doubt = doubt
        self._models = tuple(models)

    async def read(self, case: Case) -> TracedSituation:
        """Return the embedded reading with what is in doubt about it. Raises ReaderFailed."""
        situation, _ = parted(await self._embedded.read(case))
        doubt = self._doubt(case, situation)
        asked = self._models if doubt is not None else ()
        return TracedSituation(**dict(situation), doubt=doubt, to_ask=asked)


class CascadeReader:
    """Reads by the embedded reader, and by models where that one's word is in doubt.

    `Situation.reader` says who was asked for and who answered: `cascade:embedding`, `cascade:llm`; where every review
    was to be read by a model (`name` is `llm`): `llm`, or `llm:embedding` where none answered.
    """

    def __init__(
        self,
        first: Reader,
        model_of: Callable[[str], ModelReader],
        *,
        name: str = "cascade",
        seconds: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a cascade.

        Args:
            first: a `DoubtingReader`, or what keeps its readings.
            model_of: gives a model's reader by the model's name; one that is not there any more fails.
            name: `cascade`, or `llm` where every review is doubted.
            seconds: that the models may take together for one review.
            monotonic: the clock that they are measured by.
        """
        self.name = name
        self._first = first
        self._model_of = model_of
        self._seconds = seconds
        self._monotonic = monotonic

    def wrapped(
        self, *, model: Callable[[ModelReader], ModelReader], first: Callable[[Reader], Reader] | None = None
    ) -> CascadeReader:
        """Return the same cascade with its parts behind others, which keep what the parts say."""
        return CascadeReader(
            first(self._first) if first else self._first,
            lambda name: model(self._model_of(name)),
            name=self.name,
            seconds=self._seconds,
            monotonic=self._monotonic,
        )

    async def read(self, case: Case) -> Situation:
        """Return the situation, with the tries of models at it. Raises ReaderFailed where the first reader fails."""
        first = await self._first.read(case)
        if not isinstance(first, TracedSituation) or first.doubt is None:
            return first.with_changes(reader=f"{self.name}:{first.reader}")
        turns = Turns(first.to_ask, ReadingBrief(), writer=LLM_READER, seconds=self._seconds, monotonic=self._monotonic)
        reading = await self._reading(case, turns)
        if reading is None:
            return first.with_changes(reader=f"{self.name}:{first.reader}", attempts=tuple(turns.attempts))
        both = together(first, reading)
        reader = both.reader if both.reader == self.name else f"{self.name}:{both.reader}"
        return both.with_changes(reader=reader, attempts=tuple(turns.attempts))

    async def _reading(self, case: Case, turns: Turns[ReadingBrief]) -> TracedSituation | None:
        """Return the first usable reading; None where no model gave one."""
        invented: TracedSituation | None = None
        while turns.left:
            reading = await turns.next(lambda model, brief: self._model_of(model).ask(case, brief))
            if reading is None:
                continue
            turns.attempts += reading.attempts
            if reading.attempts[-1].outcome == "passed":
                return reading
            invented = reading  # right it may be all the same; only its quotes are not
            if not turns.mend("details"):
                break
        return invented


def together(first: TracedSituation, reading: TracedSituation) -> TracedSituation:
    """Return a model's reading with what the first reading has and it lacks.

    Harm that was seen is taken back by a model that is sure only; and of a review that tries to steer its reader, a
    model's word counts for caution alone.
    """
    flags = {*first.flags, *reading.flags}
    if _takes_back_harm(first, reading) or (STEERING & flags and _makes_harmless(first, reading)):
        return first.with_changes(
            flags=tuple(flag for flag in Flag if flag in flags),
            legal_threat=first.legal_threat or reading.legal_threat,
        )
    alike = reading.situation is first.situation
    details = reading.details or (first.details if alike else ())
    return reading.with_changes(details=details, statements=reading.statements or first.statements)


def _takes_back_harm(first: Situation, reading: Situation) -> bool:
    """Whether a model that is not sure, or sees harm beside another point, would keep a case of harm from a person."""
    if first.situation is not SituationName.SAFETY or reading.situation is SituationName.SAFETY:
        return False
    return reading.confidence < CLEARS_HARM or SituationName.SAFETY in reading.secondary


def _makes_harmless(first: Situation, reading: Situation) -> bool:
    """Whether a reading keeps a review from a person, or from an answer, that would come to one by the first."""
    cleared = first.situation is SituationName.SAFETY and reading.situation is not SituationName.SAFETY
    silenced = reading.situation is SituationName.SPAM_ABUSE and first.situation is not SituationName.SPAM_ABUSE
    return cleared or silenced


class GoneReader:
    """Stands for a model that is not set any more: a job of before may hold its answer, and gets no new one."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Raise ReaderFailed."""
        raise ReaderFailed(f"{self.name} is not among the models that read any more.", model=self.name)


def cascade(
    embedded: Reader, models: Sequence[ModelReader], doubt: Doubt, *, name: str = "cascade", seconds: float = 30.0
) -> CascadeReader:
    """Return the embedded reader before models that are asked where its reading is in doubt."""
    by_name = {model.name: model for model in models}

    def model_of(model: str) -> ModelReader:
        return by_name.get(model) or GoneReader(model)

    return CascadeReader(DoubtingReader(embedded, doubt, tuple(by_name)), model_of, name=name, seconds=seconds)
