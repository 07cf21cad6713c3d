"""What models took, as a person reads it: requests, tokens, US dollars, time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from drafter.domain.draft import Usage

_SMALLEST = 1e-6  # US dollars; less is told as less than that
_SECOND = 1000.0  # milliseconds


def requests(usage: Usage) -> Iterable[str]:
    """Return the parts that tell how much was asked: requests and tokens, each where there are any."""
    if usage.calls:
        yield f"{usage.calls:,} request{'s' if usage.calls > 1 else ''}"
    if usage.tokens_in or usage.tokens_out:
        yield f"{usage.tokens_in:,} tokens in, {usage.tokens_out:,} out"


def price(usages: Sequence[Usage]) -> str | None:
    """Return what it cost; None where it cost nothing, as requests that never reached a model."""
    known = sum(usage.cost_usd or 0.0 for usage in usages)
    if all(usage.cost_usd is not None for usage in usages):
        return money(known) if known else None
    return f"{money(known)} and more, a price is not known" if known else "price not known"


def money(dollars: float) -> str:
    """Return an amount of US dollars with cents, or with two digits that say something."""
    if dollars < _SMALLEST:
        return f"under ${_SMALLEST:.6f}"
    places = max(2, 1 - math.floor(math.log10(dollars)))
    return f"${dollars:,.{places}f}"


def duration(milliseconds: float) -> str:
    """Return how long something took."""
    return f"{milliseconds:.0f} ms" if milliseconds < _SECOND else f"{milliseconds / _SECOND:.1f} s"
