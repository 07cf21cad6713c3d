"""The story on one page: a case is read, routed, drafted, checked, mended, and put before a person.

Nothing here knows of a provider, a database or a page; the parts come as arguments.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from drafter.domain.case import Brief, Case, Prepared, ReplyToCheck
from drafter.domain.draft import Draft
from drafter.domain.errors import WriterFailed
from drafter.domain.finding import Finding, blocking
from drafter.domain.ports import Inspector, Reader, Writer
from drafter.domain.situation import Route, Situation, route_of

MAX_ATTEMPTS = 3  # the first try of a writer and at most two repairs

_WHY_NOT_DRAFTED = {
    Route.ESCALATE: "A person has to answer this: harm, a legal threat or another person's data may be involved.",
    Route.NO_REPLY: "No reply: the review states neither a problem nor an opinion.",
}


async def prepare(
    case: Case,
    *,
    reader: Reader,
    writers: Sequence[Writer],
    inspector: Inspector,
    brief: Brief = Brief(),
) -> Prepared:
    """Read a case and bring it to a checked draft, or to a person with the reason."""
    situation = await reader.read(case)
    return await answer(case, situation, writers=writers, inspector=inspector, brief=brief)


async def answer(
    case: Case,
    situation: Situation,
    *,
    writers: Sequence[Writer],
    inspector: Inspector,
    brief: Brief = Brief(),
) -> Prepared:
    """Bring a case that has been read to a checked draft, or to a person with the reason.

    `writers` are tried in order; each may mend its own draft twice before the next one's turn. A draft that still has
    a blocking finding after the last of them is never offered: the case is escalated with the findings.
    """
    route = route_of(situation)
    if route is not Route.DRAFT:
        return Prepared(route=route, situation=situation, reason=_WHY_NOT_DRAFTED[route])
    findings: tuple[Finding, ...] = ()
    reasons: list[str] = []
    for writer in writers:
        try:
            draft, findings = await _write_and_mend(case, situation, brief, writer, inspector)
        except WriterFailed as failure:
            reasons.append(f"{writer.name}: {failure}")
            continue
        if not blocking(findings):
            return _drafted(situation, draft, findings, "; ".join(reasons) or None)
        codes = ", ".join(sorted({finding.code for finding in blocking(findings)}))
        reasons.append(f"{writer.name}: could not be mended ({codes})")
    reason = "No writer's draft passed the checks. " + "; ".join(reasons)
    return Prepared(route=Route.ESCALATE, situation=situation, findings=findings, reason=reason)


async def _write_and_mend(
    case: Case, situation: Situation, brief: Brief, writer: Writer, inspector: Inspector
) -> tuple[Draft, tuple[Finding, ...]]:
    """Return the writer's first draft without a blocking finding, or its last one with its findings."""
    findings: tuple[Finding, ...] = ()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        draft = await writer.write(case, situation, brief.with_changes(attempt=attempt, findings=blocking(findings)))
        reply = reply_to_check(case, situation, draft, recent_replies=brief.recent_replies)
        findings = await asyncio.to_thread(inspector.inspect, reply)
        if not blocking(findings):
            break
    return draft, findings


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
        several_points=bool(situation.secondary),
    )


def _drafted(situation: Situation, draft: Draft, findings: tuple[Finding, ...], reason: str | None) -> Prepared:
    """Return the case with its draft, which says why it is another writer's than the first one's, if it is."""
    if reason is not None:
        draft = draft.with_changes(provenance=draft.provenance.with_changes(fallback_reason=reason))
    return Prepared(route=Route.DRAFT, situation=situation, draft=draft, findings=findings, reason=reason)
