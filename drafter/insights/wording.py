"""Wording: figures as a person reads them, so that a few cases never look like certainty."""

from __future__ import annotations

from typing import NamedTuple

from drafter.amounts import money
from drafter.domain.share import Share
from drafter.insights.spending import CostFigures

ENOUGH = 20  # cases, from which on a share is told as a percentage first; of fewer, the counts are


class SharePhrase(NamedTuple):
    """A share in words: what is read first, and what keeps it from being read as more than it is."""

    first: str
    beside: str


def share_phrase(share: Share) -> SharePhrase:
    """Return `("83%", "25 of 30, likely 66 to 93%")`, of few cases `("2 of 3", "likely 21 to 94%")`."""
    if share.of == 0:
        return SharePhrase("–", "")
    counts, likely = f"{share.count} of {share.of}", f"likely {percent(share.low)[:-1]} to {percent(share.high)}"
    return (
        SharePhrase(percent(share.share), f"{counts}, {likely}") if share.of >= ENOUGH else SharePhrase(counts, likely)
    )


def percent(part: float) -> str:
    """Return `83%`; what is not all is never 100%, and what is not nothing never 0%."""
    rounded = round(part * 100)
    if 0 < part < 1:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}%"


def cost_phrase(dollars: float, unpriced_calls: int) -> str:
    """Return what calls cost, and whether the price of some is not known."""
    if unpriced_calls:
        return f"{money(dollars)} and more, a price is not known" if dollars else "price not known"
    return money(dollars) if dollars else "$0"


def each_phrase(one: CostFigures) -> str:
    """Return what a draft cost; a dash where nobody knows."""
    each = one.cost_usd_per_draft
    return "–" if each is None else cost_phrase(each, 0)


def short_hash(prompt_hash: str) -> str:
    """Return the beginning of a hash, enough to tell two prompts apart: `sha256:1a2b3c4d`."""
    return prompt_hash[:15]
