"""The runner: a reply goes in, all findings come out, blocking ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.ports import Embedder, LanguageIdentifier
from drafter.domain.text import Span
from guardrails.catalogue import CATALOGUE
from guardrails.kinds import Check, Hit
from guardrails.policies import Policy, policy_for
from guardrails.shop_rules import checks_of
from guardrails.subject import Subject

_PARTS_IN_ORDER = {Part.PUBLIC: 0, Part.PRIVATE: 1}


class Guardrails:
    """Inspects replies with every check of the catalogue; without a network, safe from several threads."""

    def __init__(
        self,
        *,
        languages: LanguageIdentifier,
        embedder: Embedder | None = None,
        checks: tuple[Check, ...] = CATALOGUE,
    ) -> None:
        self._languages = languages
        self._embedder = embedder
        self._checks = checks

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        """Return all findings: blocking ones first, then by part and place. A check that crashes blocks."""
        policy = policy_for(reply.case.review.platform, reply.case.review.region or reply.case.shop.region)
        findings = [
            finding
            for subject in self._subjects(reply, policy)
            for check in (*self._checks, *checks_of(reply.case.shop))
            if subject.part in check.parts
            for finding in _run(check, subject)
        ]
        return tuple(sorted(findings, key=_order))

    def _subjects(self, reply: ReplyToCheck, policy: Policy) -> Iterator[Subject]:
        texts = ((Part.PUBLIC, reply.public_reply), (Part.PRIVATE, reply.private_message))
        if all(text is None for _, text in texts):  # nothing at all is an empty public reply
            texts = ((Part.PUBLIC, ""), (Part.PRIVATE, None))
        for part, text in texts:
            if text is not None:
                yield Subject(
                    reply=reply,
                    part=part,
                    text=text,
                    policy=policy,
                    identifier=self._languages,
                    embedder=self._embedder,
                )


def _order(finding: Finding) -> tuple[bool, int, int, int, str]:
    return (not finding.blocks, _PARTS_IN_ORDER[finding.part], finding.start, finding.end, finding.code)


def _run(check: Check, subject: Subject) -> list[Finding]:
    try:
        hits = _merged(check.find(subject))
        return [_finding(check, subject, hit) for hit in hits]
    except Exception as error:  # noqa: BLE001  # whatever breaks, the reply must not pass unchecked
        return [_crash(check, subject, error)]


def _merged(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits in order, overlapping ones of the same meaning as one."""
    merged: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        last = merged[-1] if merged else None
        if last and hit.start < last.end and (hit.message, hit.final) == (last.message, last.final):
            merged[-1] = last._replace(end=max(last.end, hit.end))
        elif hit != last:
            merged.append(hit)
    return merged


def _finding(check: Check, subject: Subject, hit: Hit) -> Finding:
    span = _within(subject.text, hit)
    return Finding(
        code=check.code,
        check=check.path,
        severity=check.severity,
        part=subject.part,
        start=span.start,
        end=span.end,
        message=hit.message or check.message,
        suggestion=check.suggestion,
        policy=subject.policy.behind(check.code),
        final=hit.final,
    )


def _within(text: str, hit: Hit) -> Span:
    if not 0 <= hit.start <= hit.end <= len(text):
        raise ValueError(f"a span {hit.start}..{hit.end} outside a text of {len(text)}")
    return Span(hit.start, hit.end)


def _crash(check: Check, subject: Subject, error: Exception) -> Finding:
    return Finding(
        code=check.code,
        check=check.path,
        severity=Severity.BLOCK,
        part=subject.part,
        start=0,
        end=len(subject.text),
        message=f"This check could not be made ({type(error).__name__}), so the text counts as not checked.",
        suggestion="Change the text a little and try again; if that does not help, report the fault.",
        final=True,
    )
