"""Judgement: what a model said of a reply by the meanings of the codes."""

from __future__ import annotations

from drafter.domain.finding import Finding
from drafter.domain.record import Record, Text


class Judgement(Record):
    """What one model said of a reply; a passage that it named and that does not stand in the reply is left out."""

    model: str
    prompt_hash: Text  # `sha256:...` of the prompt that it was asked by
    findings: tuple[Finding, ...] = ()  # of which it is sure
    doubts: tuple[Finding, ...] = ()  # of which it is not
    cleared: tuple[str, ...] = ()  # codes of which it says that the reply breaks none, in neither part
    overruled: tuple[Finding, ...] = ()  # of trained heads, which its word took back
