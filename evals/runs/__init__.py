"""Runs: each case of a dataset through the real pipeline, scored and kept, so that a score can be explained later."""

from __future__ import annotations

from evals.runs.folder import load_run
from evals.runs.record import Broken, CaseResult, Origin, Run, Score
from evals.runs.runner import Plan, carry_out

__all__ = ["Broken", "CaseResult", "Origin", "Plan", "Run", "Score", "carry_out", "load_run"]
