"""Reporting: what a review says in so many words ("came weeks late") weighs beside what its vector means.

The head decides between neighbours by the drift of a text; a phrase that customers use for one thing only decides
them better, and the more surely the less the head knows the language. Phrases: prompts/points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from drafter.domain.situation import SituationName
from drafter.reports.points import told_in
from prompts.library import Library

#: What a reported complaint adds to the logarithm of its situation's share. From 2 to 2.5 little changes, on
#: the shipped cases as on real reviews.
LIFT = 2.25
GENERAL = 0.5  # of that for what says little ("bad quality")
SERVICE = 0.5  # of that for service: the first cause outweighs it (label rule)
SOFTNESS = 1.15  # temperature of the shares: head and phrases see the same words, so together they are too sure


def weighed(shares: Mapping[str, float], text: str, language: str, library: Library) -> dict[str, float]:
    """Return the shares of the situations with the complaints that a text reports."""
    lifts: dict[str, float] = {}
    for found in told_in(text, language, library).complaints:
        about = found.point.about or found.about
        lifts[about] = max(lifts.get(about, 0.0), _lift(about, broad=found.point.broad))
    scores = {label: (math.log(share + 1e-6) + lifts.get(label, 0.0)) / SOFTNESS for label, share in shares.items()}
    highest = max(scores.values())
    weights = {label: math.exp(score - highest) for label, score in scores.items()}
    total = sum(weights.values())
    return {label: weight / total for label, weight in weights.items()}


def _lift(about: str, *, broad: bool) -> float:
    return LIFT * (SERVICE if about == SituationName.SERVICE else 1.0) * (GENERAL if broad else 1.0)
