"""Finding: what a check found in a reply, precise enough to underline and to count."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from drafter.domain.record import Record


class Severity(StrEnum):
    """A blocking finding keeps a draft from being approved; a warning is shown."""

    BLOCK = "block"
    WARN = "warn"


class Part(StrEnum):
    """The part of a reply that a finding is in."""

    PUBLIC = "public"
    PRIVATE = "private"


#: Who found it: a deterministic rule, a trained head, or the judge, a model. Of these only a head can be overruled by
#: the judge (`guardrails.verdicts`).
Layer = Literal["rule", "head", "judge"]

#: The fourteen codes that block; a warning goes under a name of its own.
CODES: tuple[str, ...] = (
    "length",
    "tone",
    "incentive",
    "promotional",
    "personal_data",
    "off_platform_contact",
    "placeholder",
    "unverified_commitment",
    "unsupported_claim",
    "profanity",
    "language_mismatch",
    "injection_compliance",
    "liability",
    "impersonation",
)

#: A lead may overrule these on a person's own text, with a reason; never the others.
OVERRULABLE: frozenset[str] = frozenset({"tone", "length", "promotional", "unsupported_claim", "unverified_commitment"})


class Finding(Record):
    """One thing wrong with one span of a reply."""

    code: str
    check: str  # dotted path of the check, `guardrails.checks.incentive`
    severity: Severity
    part: Part
    start: Annotated[int, Field(ge=0)]  # code points into the part as written
    end: Annotated[int, Field(ge=0)]
    message: str  # what is wrong, for the person
    suggestion: str  # how to mend it
    policy: str | None = None  # source and date, where a platform's rule is behind it
    layer: Layer = "rule"  # rows of before there were others are all of rules
    final: bool = False  # nobody may overrule it, whatever its code: a platform's own limit, a check that crashed

    @property
    def blocks(self) -> bool:
        """Whether the text may not be approved as it is."""
        return self.severity is Severity.BLOCK

    @property
    def overrulable(self) -> bool:
        """Whether a lead may let it stand in a person's own text."""
        return self.code in OVERRULABLE and not self.final


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that keep a text from being approved."""
    return tuple(finding for finding in findings if finding.blocks)


def may_overrule(findings: tuple[Finding, ...]) -> bool:
    """Whether a lead may approve a person's own text in spite of its blocking findings."""
    return all(finding.overrulable for finding in blocking(findings))
