"""Findings: which of them block, and which of those a lead may let stand."""

from __future__ import annotations

import pytest

from drafter.domain.finding import CODES, Finding, Part, Severity, may_overrule

OVERRULABLE = {"tone", "length", "promotional", "unsupported_claim", "unverified_commitment"}


def finding(code: str, **fields: object) -> Finding:
    given = {
        "code": code,
        "check": f"guardrails.checks.{code}",
        "severity": Severity.BLOCK,
        "part": Part.PUBLIC,
        "start": 0,
        "end": 3,
        "message": "Wrong.",
        "suggestion": "Mend it.",
    }
    return Finding.model_validate(given | fields)


@pytest.mark.parametrize("code", CODES)
def test_a_finding_says_itself_whether_a_lead_may_overrule_it(code: str) -> None:
    assert finding(code).overrulable is (code in OVERRULABLE)


def test_a_final_finding_is_never_overruled() -> None:
    """A platform's own limit, and a check that crashed, stand under codes that a lead may otherwise overrule."""
    assert not finding("length", final=True).overrulable


def test_one_finding_that_stands_keeps_all_others_from_being_overruled() -> None:
    assert may_overrule((finding("tone"), finding("length")))
    assert not may_overrule((finding("tone"), finding("incentive")))


def test_a_warning_asks_for_no_overruling() -> None:
    assert may_overrule((finding("tone"), finding("sameness", severity=Severity.WARN)))
