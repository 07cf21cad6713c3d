"""Steering: whether a review, or the reply to it, gives orders to whoever reads it, a program in the first place."""

from __future__ import annotations

from drafter.domain.case import ReplyToCheck
from drafter.domain.visible import visible
from drafter.languages import UNDETERMINED
from drafter.readers.words import mentions


def steers(reply: ReplyToCheck) -> bool:
    """Return whether the review or the reply speaks to its reader in words of instruction, in any of the languages."""
    texts = (reply.case.review.full_text, reply.public_reply, reply.private_message)
    return any(mentions("instruction", visible(text), UNDETERMINED) for text in texts if text)
