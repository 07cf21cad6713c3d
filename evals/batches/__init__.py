"""Batch mode: a run whose model calls go out together, for half the price, and are answered within a day."""

from __future__ import annotations

from evals.batches.running import MAX_ROUNDS, carry_out_in_batches, in_batches

__all__ = ["MAX_ROUNDS", "carry_out_in_batches", "in_batches"]
