"""Scorers: one small class each, named for what it looks for.

A score is 0 to 1; None says that the case does not ask for it. A scorer that crashes is a failure on record, never a
low score.
"""

from __future__ import annotations

from evals.scorers.base import Scorer
from evals.scorers.reading import RightChannel, RightLanguage, RightRoute, RightSituation
from evals.scorers.replies import DetailTakenUp, NothingForbiddenSaid, PassesGuardrails, ReplyIsThere

#: What every run is scored by, in the order of the table.
SCORERS: tuple[type[Scorer], ...] = (
    RightSituation,
    RightLanguage,
    RightChannel,
    RightRoute,
    ReplyIsThere,
    PassesGuardrails,
    DetailTakenUp,
    NothingForbiddenSaid,
)
