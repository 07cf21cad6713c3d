"""Verdicts: the rule by which a judge's word counts beside what rules and trained heads found.

A judge may add findings, and may overrule those of trained heads. It clears nothing that a deterministic rule found and
nothing that is final, as a check that crashed; where it is unsure, contradicts itself or says nothing, the heads' word
stands. What it overruled stays on record, and overruled only as long as review and facts are those that it judged by.
"""

from __future__ import annotations

from typing import NamedTuple

from drafter.domain.finding import Finding, Part, Severity
from drafter.domain.judgement import Judgement

DOUBT = "doubt"  # the name of the warning that a judge's unsure finding becomes

_PARTS = {part: place for place, part in enumerate(Part)}


class Settled(NamedTuple):
    """What is left of an inspection once a judge has spoken."""

    findings: tuple[Finding, ...]
    overruled: tuple[Finding, ...]  # of trained heads


def only_adding(judgement: Judgement) -> Judgement:
    """Return a judgement that clears nothing: the judge may have been talked to by what it judged."""
    return judgement.with_changes(cleared=())


def settle(findings: tuple[Finding, ...], judgement: Judgement | None) -> Settled:
    """Return the findings that count, blocking ones first, and those of heads that the judge overruled.

    Args:
        findings: of the inspection.
        judgement: None: there is none, and the inspection stands.
    """
    if judgement is None:
        return Settled(findings, ())
    cleared = _cleared(judgement)
    overruled = tuple(finding for finding in findings if _may_clear(finding) and finding.code in cleared)
    return Settled(_with_its_own(judgement, [finding for finding in findings if finding not in overruled]), overruled)


def settle_later(findings: tuple[Finding, ...], judgement: Judgement | None, *, basis: str) -> Settled:
    """Return what counts of an inspection of today, beside a judgement of an earlier day on the same texts.

    It goes on adding; it clears only those very findings that it overruled then, and these only by the same basis.

    Args:
        findings: of the inspection of today.
        judgement: kept with the draft; None: there is none, and the inspection stands.
        basis: of today (`domain.judgement.basis_of`).
    """
    if judgement is None:
        return Settled(findings, ())
    taken_back = judgement.overruled if judgement.basis == basis else ()
    overruled = tuple(finding for finding in findings if _may_clear(finding) and finding in taken_back)
    return Settled(_with_its_own(judgement, [finding for finding in findings if finding not in overruled]), overruled)


def _may_clear(finding: Finding) -> bool:
    return finding.layer == "head" and not finding.final


def _with_its_own(judgement: Judgement, standing: list[Finding]) -> tuple[Finding, ...]:
    """Return what stands with what the judge found itself, blocking findings first."""
    for finding in (*judgement.findings, *judgement.doubts):
        if not any(_says_it(other, finding) for other in standing):
            standing.append(finding if finding in judgement.findings else _doubt(finding))
    return tuple(sorted(standing, key=_order))


def _cleared(judgement: Judgement) -> frozenset[str]:
    """Return the codes that a judge clears without naming them in a finding or a doubt of its own."""
    doubted = {finding.code for finding in (*judgement.findings, *judgement.doubts)}
    return frozenset(judgement.cleared) - doubted


def _doubt(finding: Finding) -> Finding:
    return finding.with_changes(code=DOUBT, severity=Severity.WARN)


def _says_it(standing: Finding, other: Finding) -> bool:
    """Whether a finding tells of the same passage what another one tells, so that a person needs only one of them."""
    same = standing.part is other.part and standing.code == other.code and standing.blocks
    touching = standing.start < other.end and other.start < standing.end
    return same and (touching or (standing.start, standing.end) == (other.start, other.end))


def _order(finding: Finding) -> tuple[bool, int, int, int, str]:
    return (not finding.blocks, _PARTS[finding.part], finding.start, finding.end, finding.code)
