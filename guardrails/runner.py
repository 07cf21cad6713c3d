"""The runner: a reply goes in, all findings come out, blocking ones first.

Rules come first; then the semantic layer reads the sentences, where one is given, and adds what no rule has found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Layer, Part, Severity
from drafter.domain.ports import LanguageIdentifier
from drafter.domain.text import Span
from guardrails.catalogue import CATALOGUE
from guardrails.kinds import Check, Hit
from guardrails.policies import Policy, policy_for
from guardrails.semantics import Semantics
from guardrails.shop_rules import checks_of
from guardrails.subject import Subject

_PARTS_IN_ORDER = {Part.PUBLIC: 0, Part.PRIVATE: 1}


class Guardrails:
    """Inspects replies with every check of the catalogue; without a network, safe from several threads."""

    def __init__(
        self,
        *,
        languages: LanguageIdentifier,
        checks: tuple[Check, ...] = CATALOGUE,
        semantics: Semantics | None = None,
    ) -> None:
        self._languages = languages
        self._checks = checks
        self._semantics = semantics

    def inspect(self, reply: ReplyToCheck) -> tuple[Finding, ...]:
        """Return all findings: blocking ones first, then by part and place. A check that crashes blocks."""
        policy = policy_for(reply.case.review.platform, reply.case.review.region or reply.case.shop.region)
        findings = [finding for subject in self._subjects(reply, policy) for finding in self._inspected(subject)]
        return tuple(sorted(findings, key=_order))

    def _inspected(self, subject: Subject) -> list[Finding]:
        checks = [check for check in self._all_checks(subject) if subject.part in check.parts]
        found = [finding for check in checks for finding in _run(check, subject)]
        return found if self._semantics is None else [*found, *_suspected(self._semantics, checks, subject, found)]

    def _all_checks(self, subject: Subject) -> tuple[Check, ...]:
        return (*self._checks, *checks_of(subject.reply.case.shop))

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
                )


def _order(finding: Finding) -> tuple[bool, int, int, int, str]:
    return (not finding.blocks, _PARTS_IN_ORDER[finding.part], finding.start, finding.end, finding.code)


def _run(check: Check, subject: Subject) -> list[Finding]:
    try:
        hits = _merged(check.find(subject))
        return [_finding(check, subject, hit) for hit in hits]
    except Exception as error:  # noqa: BLE001  # whatever breaks, the reply must not pass unchecked
        return [_crash(check, subject, error)]


def _suspected(semantics: Semantics, checks: list[Check], subject: Subject, found: list[Finding]) -> list[Finding]:
    """Return what the semantic layer finds beyond the rules' findings: at most one for a sentence and a code."""
    by_code = {check.code: check for check in reversed(checks)}  # our own before a shop's rule of the same code
    try:
        return [
            _finding(by_code[code], subject, Hit(*span), layer="head")
            for code, span, _ in semantics.suspicions(subject, found)
            if code in by_code
        ]
    except Exception as error:  # noqa: BLE001  # whatever breaks, the reply must not pass unchecked
        return [_crash(check, subject, error, layer="head") for check in checks if check.code in semantics.codes[:1]]


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


def _finding(check: Check, subject: Subject, hit: Hit, *, layer: Layer = "rule") -> Finding:
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
        layer=layer,
        final=hit.final,
    )


def _within(text: str, hit: Hit) -> Span:
    if not 0 <= hit.start <= hit.end <= len(text):
        raise ValueError(f"a span {hit.start}..{hit.end} outside a text of {len(text)}")
    return Span(hit.start, hit.end)


def _crash(check: Check, subject: Subject, error: Exception, *, layer: Layer = "rule") -> Finding:
    return Finding(
        code=check.code,
        check=check.path,
        severity=Severity.BLOCK,
        part=subject.part,
        start=0,
        end=len(subject.text),
        message=f"This check could not be made ({type(error).__name__}), so the text counts as not checked.",
        suggestion="Change the text a little and try again; if that does not help, report the fault.",
        layer=layer,
        final=True,
    )
