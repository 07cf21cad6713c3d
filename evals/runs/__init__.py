"""Runs: each case of a dataset through the real pipeline, scored and kept, so that a score can be explained later."""

from __future__ import annotations

from evals.runs.folder import load_run
from evals.runs.record import Broken, Origin, ReplyResult, ReviewResult, Run, Score
from evals.runs.runner import Plan, carry_out

__all__ = ["Broken", "Origin", "Plan", "ReplyResult", "ReviewResult", "Run", "Score", "carry_out", "load_run"]
