"""The bench: models that stand in for each other at judging a reply, and the rule by which their word counts.

Whatever becomes of them, there is a verdict: where none answers, that of the rules and the heads stands, with the
reasons on record.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement, Verdict
from drafter.domain.ports import ModelJudge
from drafter.turns import Turns
from guardrails.verdicts import only_adding, settle

log = logging.getLogger(__name__)

SECONDS = 30.0  # that the models may take together for one reply, where nobody says less

#: Says whether a review or a reply tries to steer who reads it.
Steers = Callable[[ReplyToCheck], bool]


class Bench:
    """Judges by models in their order; of a reply or review that tries to steer its reader, their word only adds."""

    def __init__(
        self,
        judges: Sequence[ModelJudge],
        *,
        steers: Steers = lambda _: False,
        seconds: float = SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._judges = tuple(judges)
        self._steers = steers
        self._seconds = seconds
        self._monotonic = monotonic

    @property
    def names(self) -> tuple[str, ...]:
        """The models, in their order."""
        return tuple(judge.name for judge in self._judges)

    def wrapped(self, of: Callable[[ModelJudge], ModelJudge]) -> Bench:
        """Return the same bench with its judges behind others, which keep what they say."""
        judges = tuple(map(of, self._judges))
        return Bench(judges, steers=self._steers, seconds=self._seconds, monotonic=self._monotonic)

    async def verdict(
        self, reply: ReplyToCheck, findings: tuple[Finding, ...], *, seconds: float | None = None
    ) -> Verdict:
        """Return the findings with the judge's word; where it has none, as they were."""
        most = self._seconds if seconds is None else min(seconds, self._seconds)
        turns = Turns(self.names, JudgingBrief(), writer=JUDGE, seconds=most, monotonic=self._monotonic)
        judged = await self._judgement(reply, turns)
        if judged is None:
            return Verdict(findings=findings, attempts=tuple(turns.attempts))
        judgement = only_adding(judged.plain) if self._steers(reply) else judged.plain
        settled = settle(findings, judgement)
        for finding in settled.overruled:
            fields = {"judge": judged.model, "code": finding.code, "check": finding.check, "part": finding.part.value}
            log.info("judge.overruled", extra=fields)
        return Verdict(
            findings=settled.findings,
            judgement=judgement.with_changes(overruled=settled.overruled),
            attempts=tuple(turns.attempts),
        )

    async def _judgement(self, reply: ReplyToCheck, turns: Turns[JudgingBrief]) -> TracedJudgement | None:
        """Return the first judgement that counts; None where no model gave one."""
        by_name = {judge.name: judge for judge in self._judges}
        while turns.left:
            judged = await turns.next(lambda model, brief: by_name[model].ask(reply, brief))
            if judged is None:
                continue
            turns.attempts.append(judged.tried)
            if judged.tried.outcome != "failed":
                return judged
            if not turns.mend("quotes"):
                turns.pass_on()
        return None
