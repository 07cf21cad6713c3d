"""The catalogue: every check, in the order in which findings at one place are shown."""

from __future__ import annotations

from guardrails.checks import (
    impersonation,
    incentive,
    injection_compliance,
    language_mismatch,
    length,
    liability,
    off_platform_contact,
    personal_data,
    placeholder,
    profanity,
    promotional,
    tone,
    unsupported_claim,
    unverified_commitment,
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
)
