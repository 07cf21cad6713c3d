"""A reply that is nearly one of the shop's last ones; shown, never blocking.

Source: founding document: rote replies lower later ratings.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from drafter.domain.finding import Part, Severity
from guardrails.kinds import Check, Hit
from guardrails.normalise import seen
from guardrails.subject import Subject

NEAR = 90.0  # of 100, rapidfuzz's ratio; two replies with other names and details in them stay below


def find(subject: Subject) -> Iterator[Hit]:
    """Yield the whole text where it nearly repeats a recent reply."""
    text = subject.views[0].text
    if any(fuzz.ratio(text, seen(recent).text, score_cutoff=NEAR) for recent in subject.reply.recent_replies):
        yield Hit(0, len(subject.text))


CHECK = Check(
    code="sameness",
    summary="Nearly the same as one of the shop's last replies",
    message="This is nearly the same as one of your last replies.",
    suggestion="Take up what is particular about this review.",
    source="founding document",
    find=find,
    severity=Severity.WARN,
    parts=(Part.PUBLIC,),
)
