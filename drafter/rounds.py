"""Rounds: a draft is written, checked and mended, by one kind of writer after the other, within a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from drafter.domain.case import Brief, Case, ReplyToCheck
from drafter.domain.draft import Attempt, Draft
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, blocking
from drafter.domain.judgement import Judgement, basis_of
from drafter.domain.judging import Verdict
from drafter.domain.ports import Inspector, Judge, RepairRecord, Writer
from drafter.domain.situation import Situation

MAX_ATTEMPTS = 3  # the first try of a kind of writer and at most two repairs
LAST_SECONDS = 10.0  # of a draft's time that models do not get: for the checks, the templates and the storing
LAST_SHARE = 0.2  # of a draft's time at most, where that is less


class Rounds:
    """The rounds of one draft: what was tried, what came of it, and what the guardrails said last."""

    def __init__(
        self,
        case: Case,
        situation: Situation,
        inspector: Inspector,
        brief: Brief,
        seconds: float | None,
        judge: Judge | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        repairs: RepairRecord | None = None,
    ) -> None:
        self._case = case
        self._situation = situation
        self._inspector = inspector
        self._brief = brief
        self._judge = judge
        self._repairs = repairs
        self._monotonic = monotonic
        self._ends_at = None if seconds is None else monotonic() + seconds - min(LAST_SECONDS, seconds * LAST_SHARE)
        self._reasons: list[str] = []
        self.attempts: list[Attempt] = []
        self.findings: tuple[Finding, ...] = ()

    @property
    def reason(self) -> str:
        """Why the writers so far gave no draft that passed; empty where none failed."""
        *before, last = dict.fromkeys(self._reasons) or [""]
        return "; ".join([*(reason.rstrip(".") for reason in before), last])

    async def by(self, writers: Sequence[Writer]) -> Draft | None:
        """Return a draft without a blocking finding by writers that stand in for each other; None if there is none.

        A writer that fails is not asked again: the next one takes over. One whose answer could not be used has spent
        the round and goes to the end of the line. One that has never mended such a finding is not asked to.
        """
        able, why, brief = list(writers), "", self._brief
        for number in range(1, MAX_ATTEMPTS + 1):
            written = await self._written(able, brief.with_changes(attempt=number))
            if written is None:
                return None
            if isinstance(written, WriterFailed):
                why = str(written)
                continue
            verdict = await self._checked(written)
            to_mend = blocking(verdict.findings)
            if not to_mend:
                return written.with_changes(judgement=self._kept(verdict), remarks=())
            brief = brief.with_changes(findings=to_mend, last_draft=written.with_changes(remarks=()))
            why = f"could not be mended ({', '.join(_codes(to_mend))})"
            if number < MAX_ATTEMPTS and (in_vain := await self._in_vain(written, to_mend)):
                self._reasons.append(f"{able.pop(0).name}: {in_vain}")  # the first in the line wrote it
        self._reasons.append(f"{writers[0].name}: {why}")
        return None

    async def _written(self, able: list[Writer], brief: Brief) -> Draft | WriterFailed | None:
        """Return the draft of the first that gives one, or why an answer cannot be used; None if nobody is left."""
        while able:
            writer, left = able[0], self._left
            seconds = None if left is None else left / len(able)
            began = self._monotonic()
            try:
                return await writer.write(self._case, self._situation, brief.with_changes(seconds=seconds))
            except WriterFailed as failure:
                self._note_failure(writer, brief.attempt, failure, self._monotonic() - began)
                able.remove(writer)
                if failure.again:
                    able.append(writer)
                    return failure
                self._reasons.append(f"{writer.name}: {failure}")
        return None

    async def _checked(self, draft: Draft) -> Verdict:
        """Check a draft, have it judged where it may be offered, and keep what was found."""
        reply = reply_to_check(self._case, self._situation, draft, recent_replies=self._brief.recent_replies)
        found = await asyncio.to_thread(self._inspector.inspect, reply)
        verdict = Verdict(findings=tuple(sorted((*found, *draft.remarks), key=lambda finding: not finding.blocks)))
        if self._judge is not None and self._is_to_be_judged(draft, verdict.findings):
            verdict = await self._judge.verdict(reply, verdict.findings, seconds=self._left)
        self.findings = verdict.findings
        self.attempts += [_attempt_at(draft, blocking(verdict.findings)), *verdict.attempts]
        return verdict

    async def _in_vain(self, draft: Draft, to_mend: tuple[Finding, ...]) -> str | None:
        """Return why the model of a draft need not be asked to mend it; None where it is worth a try."""
        model = draft.provenance.model
        if self._repairs is None or model is None:
            return None
        return await self._repairs.in_vain(model, _codes(to_mend))

    def _kept(self, verdict: Verdict) -> Judgement | None:
        """Return a judgement with what it was made by, without which it clears nothing later."""
        if verdict.judgement is None:
            return None
        return verdict.judgement.with_changes(basis=basis_of(self._case.review, self._case.facts))

    def _is_to_be_judged(self, draft: Draft, findings: tuple[Finding, ...]) -> bool:
        """Whether a judge's word is worth its price: a model wrote it, and all that blocks is what it may clear."""
        held_back = any(finding.layer == "rule" or finding.final for finding in blocking(findings))
        return draft.provenance.model is not None and not held_back

    def _note_failure(self, writer: Writer, number: int, failure: WriterFailed, seconds: float) -> None:
        self.attempts.append(
            Attempt(
                writer=writer.name,
                model=failure.model,
                number=number,
                outcome="failed",
                codes=failure.codes,
                reason=str(failure),
                usage=failure.usage,
                latency_ms=round(seconds * 1000, 1),
            )
        )

    @property
    def _left(self) -> float | None:
        return None if self._ends_at is None else max(self._ends_at - self._monotonic(), 0.0)


def _codes(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(sorted({finding.code for finding in findings}))


def _attempt_at(draft: Draft, blocks: tuple[Finding, ...]) -> Attempt:
    """Return the try that a draft came of, with what holds it back."""
    origin = draft.provenance
    return Attempt(
        writer=origin.writer,
        model=origin.model,
        prompt_hash=origin.prompt_hash,
        number=origin.attempt,
        outcome="blocked" if blocks else "passed",
        codes=_codes(blocks),
        usage=origin.usage,
        latency_ms=origin.latency_ms,
    )


def reply_to_check(
    case: Case, situation: Situation, draft: Draft, *, recent_replies: tuple[str, ...] = ()
) -> ReplyToCheck:
    """Return a draft as the guardrails see it; the one way in which anything of ours is inspected."""
    return ReplyToCheck(
        case=case,
        channel=situation.channel,
        language=draft.language,
        public_reply=draft.public_reply,
        private_message=draft.private_message,
        recent_replies=recent_replies,
        takes_up=draft.provenance.model is None and bool(draft.details_used),  # a model only says so
        several_points=bool(situation.secondary),
    )
