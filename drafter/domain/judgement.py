"""Judgement: what a model said of a reply by the meanings of the codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from drafter.domain.finding import Finding
from drafter.domain.record import Record, Text
from drafter.domain.review import Review


class Judgement(Record):
    """What one model said of a reply; a passage that it named and that does not stand in the reply is left out."""

    model: str
    prompt_hash: Text  # `sha256:...` of the prompt that it was asked by
    findings: tuple[Finding, ...] = ()  # of which it is sure
    doubts: tuple[Finding, ...] = ()  # of which it is not
    cleared: tuple[str, ...] = ()  # codes of which it says that the reply breaks none, in neither part
    overruled: tuple[Finding, ...] = ()  # of trained heads, which its word took back
    basis: str | None = None  # hash of the review and the facts that it saw (`basis_of`); None: nobody kept it


def basis_of(review: Review, facts: Mapping[str, str]) -> str:
    """Return the hash of what a reply is judged against; with another one, what a judge cleared is to be asked anew."""
    canonical = json.dumps([review.version, sorted(facts.items())], ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
