"""The bench: models that stand in for each other at judging a reply, and the rule by which their word counts.

Whatever becomes of them, there is a verdict: where none answers, that of the rules and the heads stands, with the
reasons on record.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal

from drafter.domain.case import ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.errors import JudgeFailed
from drafter.domain.finding import Finding
from drafter.domain.judging import JUDGE, JudgingBrief, TracedJudgement, Verdict
from drafter.domain.ports import ModelJudge
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
        asking = _Asking(reply, self._judges, self._monotonic, most)
        judged = await asking.judgement()
        if judged is None:
            return Verdict(findings=findings, attempts=tuple(asking.attempts))
        judgement = only_adding(judged.plain) if self._steers(reply) else judged.plain
        settled = settle(findings, judgement)
        for finding in settled.overruled:
            fields = {"judge": judged.model, "code": finding.code, "check": finding.check, "part": finding.part.value}
            log.info("judge.overruled", extra=fields)
        return Verdict(
            findings=settled.findings,
            judgement=judgement.with_changes(overruled=settled.overruled),
            attempts=tuple(asking.attempts),
        )


class _Asking:
    """The models' turns at one reply. How many there are depends on their answers alone, never on the clock."""

    def __init__(
        self, reply: ReplyToCheck, judges: Sequence[ModelJudge], monotonic: Callable[[], float], seconds: float
    ) -> None:
        self._reply = reply
        self._able = deque(judges)
        self._monotonic = monotonic
        self._ends_at = monotonic() + seconds
        self._brief = JudgingBrief()
        self._mended = False  # an answer is asked for again once
        self.attempts: list[Attempt] = []

    async def judgement(self) -> TracedJudgement | None:
        """Return the first judgement that counts; None where no model gave one."""
        while self._able:
            judged = await self._asked(self._able[0])
            if judged is not None and judged.tried.outcome != "failed":
                return judged
            if judged is not None:
                self._next("quotes")
        return None

    async def _asked(self, judge: ModelJudge) -> TracedJudgement | None:
        """Ask a model; None where it failed, and is then out of the line or about to be asked once more."""
        began = self._monotonic()
        seconds = max(self._ends_at - began, 0.0) / len(self._able)
        try:
            judged = await judge.ask(self._reply, self._brief.with_changes(seconds=seconds))
        except JudgeFailed as failure:
            self._note(judge, failure, self._monotonic() - began)
            self._next("answer" if failure.again else None)
            return None
        self.attempts.append(judged.tried)
        return judged

    def _next(self, mend: Literal["quotes", "answer"] | None) -> None:
        """Ask the same model once more where its answer was at fault, and that was not done before; else another."""
        attempt = self._brief.attempt + 1
        if mend is not None and not self._mended:
            self._mended = True
            self._brief = JudgingBrief(attempt=attempt, mend=mend)
        else:
            self._able.popleft()
            self._brief = JudgingBrief(attempt=attempt)

    def _note(self, judge: ModelJudge, failure: JudgeFailed, seconds: float) -> None:
        self.attempts.append(
            Attempt(
                writer=JUDGE,
                model=failure.model or judge.name,
                number=self._brief.attempt,
                outcome="failed",
                codes=failure.codes,
                reason=str(failure),
                usage=failure.usage,
                latency_ms=round(seconds * 1000, 1),
            )
        )
