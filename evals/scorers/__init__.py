"""Scorers: one small class each, named for what it looks for.

A score is 0 to 1; None says that the case does not ask for it. Measures are plain numbers. A scorer that crashes is a
failure on record, never a low score.
"""

from __future__ import annotations

from evals.scorers.base import CheckScorer, Scorer
from evals.scorers.codes import CodesFound, NoFalseAlarm, RightCodes
from evals.scorers.content import (
    DetailTakenUp,
    EveryPointAnswered,
    FactTakenUp,
    NameUsedRightly,
    NoForbiddenFact,
    NoPrivateDataInPublic,
    NothingForbiddenSaid,
    NothingInvented,
    SaysWhatItMust,
)
from evals.scorers.effort import CostUsd, LatencyMs, Tokens, Tries
from evals.scorers.reading import (
    AskedAModel,
    ConfusionCost,
    LegalThreatSeen,
    PersonalDataSeen,
    PrimaryOrSecondaryRight,
    RightChannel,
    RightLanguage,
    RightRoute,
    RightSentiment,
    RightSituation,
)
from evals.scorers.replies import LanguageKept, LengthKept, PassesGuardrails, ReplyIsThere, Warnings
from evals.scorers.whole_run import CodeTables, ReadingTables, UnlikeTheOthers

#: What every run over reviews is scored by, 0 to 1, in the order of the table.
SCORERS: tuple[type[Scorer], ...] = (
    RightSituation,
    PrimaryOrSecondaryRight,
    RightLanguage,
    RightSentiment,
    RightChannel,
    RightRoute,
    LegalThreatSeen,
    PersonalDataSeen,
    ReplyIsThere,
    PassesGuardrails,
    LanguageKept,
    LengthKept,
    DetailTakenUp,
    EveryPointAnswered,
    FactTakenUp,
    NoForbiddenFact,
    NothingInvented,
    NameUsedRightly,
    SaysWhatItMust,
    NothingForbiddenSaid,
    NoPrivateDataInPublic,
)
#: Plain numbers of a run over reviews; the fewer the better.
MEASURES: tuple[type[Scorer], ...] = (ConfusionCost, AskedAModel, Warnings, Tries, LatencyMs, Tokens, CostUsd)
#: What only the whole of such a run shows.
REPORTERS = (UnlikeTheOthers, ReadingTables)

#: The same for runs of the guardrails over replies.
CHECK_SCORERS: tuple[type[CheckScorer], ...] = (RightCodes, CodesFound, NoFalseAlarm)
CHECK_REPORTERS = (CodeTables,)

__all__ = [
    "CHECK_REPORTERS",
    "CHECK_SCORERS",
    "MEASURES",
    "REPORTERS",
    "SCORERS",
    "AskedAModel",
    "CheckScorer",
    "CodeTables",
    "CodesFound",
    "ConfusionCost",
    "CostUsd",
    "DetailTakenUp",
    "EveryPointAnswered",
    "FactTakenUp",
    "LanguageKept",
    "LatencyMs",
    "LegalThreatSeen",
    "LengthKept",
    "NameUsedRightly",
    "NoFalseAlarm",
    "NoForbiddenFact",
    "NoPrivateDataInPublic",
    "NothingForbiddenSaid",
    "NothingInvented",
    "PassesGuardrails",
    "PersonalDataSeen",
    "PrimaryOrSecondaryRight",
    "ReadingTables",
    "ReplyIsThere",
    "RightChannel",
    "RightCodes",
    "RightLanguage",
    "RightRoute",
    "RightSentiment",
    "RightSituation",
    "SaysWhatItMust",
    "Scorer",
    "Tokens",
    "Tries",
    "UnlikeTheOthers",
    "Warnings",
]
