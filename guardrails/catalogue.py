"""The catalogue: every check, in the order in which findings at one place are shown."""

from __future__ import annotations

from guardrails.checks import (
    impersonation,
    incentive,
    injection_compliance,
    language_mismatch,
    length,
    liability,
    no_detail,
    off_platform_contact,
    personal_data,
    placeholder,
    profanity,
    promotional,
    rating_contradiction,
    robotic_phrase,
    sameness,
    tone,
    unanswered_point,
    unsupported_claim,
    unusable_name,
    unverified_commitment,
    wrong_name,
)
from guardrails.kinds import Check

CATALOGUE: tuple[Check, ...] = (
    length.CHECK,
    tone.CHECK,
    incentive.CHECK,
    promotional.CHECK,
    personal_data.CHECK,
    off_platform_contact.CHECK,
    placeholder.CHECK,
    unverified_commitment.CHECK,
    unsupported_claim.CHECK,
    profanity.CHECK,
    language_mismatch.CHECK,
    injection_compliance.CHECK,
    liability.CHECK,
    impersonation.CHECK,
    no_detail.CHECK,
    unanswered_point.CHECK,
    rating_contradiction.CHECK,
    sameness.CHECK,
    robotic_phrase.CHECK,
    unusable_name.CHECK,
    wrong_name.CHECK,
)
