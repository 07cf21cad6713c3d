"""What calls took: tokens as the provider counted them, and their cost by the prices in a model's options."""

from __future__ import annotations

from typing import NamedTuple

from langchain_core.messages import AIMessage

from drafter.domain.draft import Usage
from drafter.llm.options import ModelOptions

_MILLION = 1_000_000


class Tokens(NamedTuple):
    """Tokens of one call."""

    sent: int
    received: int


def tokens_of(result: object) -> Tokens | None:
    """Return the tokens that a message, or the exception of an answer that was cut off, tells of."""
    if isinstance(result, AIMessage):
        usage = result.usage_metadata
        return Tokens(usage["input_tokens"], usage["output_tokens"]) if usage else None
    counted = getattr(getattr(result, "completion", None), "usage", None)  # openai's error on `finish_reason`
    if counted is None:
        return None
    return Tokens(int(counted.prompt_tokens), int(counted.completion_tokens))


def spent(options: ModelOptions, tokens: Tokens | None, *, unpaid: bool = False) -> Usage:
    """Return what one call took.

    Args:
        options: with the prices.
        tokens: None where the provider did not tell them.
        unpaid: whether untold tokens are none (a request that was turned away), not unknown (one that timed out).
    """
    sent, received = tokens or (0, 0)
    return Usage(calls=1, tokens_in=sent, tokens_out=received, cost_usd=cost_of(options, tokens, unpaid=unpaid))


def cost_of(options: ModelOptions, tokens: Tokens | None, *, unpaid: bool = False) -> float | None:
    """Return US dollars; None where a price or what is to be paid is not known."""
    price_in, price_out = options.usd_per_million_in, options.usd_per_million_out
    if price_in is None or price_out is None:
        return None
    if tokens is None:
        return 0.0 if unpaid or price_in == price_out == 0 else None
    return (tokens.sent * price_in + tokens.received * price_out) / _MILLION
