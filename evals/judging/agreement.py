"""How far a judge agrees with labels, and how far its verdicts follow the place in which a reply was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import comb

from drafter.domain.record import Record
from drafter.domain.share import Share, share
from evals.judging.judge import Preference


class PositionBias(Record):
    """How often a verdict went with the place, not with the reply: the same place won in both orders.

    A judge that is fair and unsure follows either place as often as the other; one that is biased follows one of them.
    """

    follows: Share  # pairs in which the same place won in both orders
    first: int  # of them those in which what was shown first won
    second: int
    p: float  # of as uneven a split between the places, if neither were preferred; two-sided sign test
    disagreed: int  # pairs whose orders gave two verdicts, a tie against a winner included


def position_bias(preferences: Sequence[Preference]) -> PositionBias:
    """Return how far verdicts followed the place."""
    followed = Counter(preference.follows for preference in preferences)
    first, second = followed["first"], followed["second"]
    return PositionBias(
        follows=share(first + second, len(preferences)),
        first=first,
        second=second,
        p=sign_test(first, second),
        disagreed=sum(not preference.agreed for preference in preferences),
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of (label, verdict) pairs: agreement beyond what the frequencies alone would give.

    None where there is nothing to agree on, or chance alone agrees always.
    """
    if not pairs:
        return None
    labels, verdicts = Counter(label for label, _ in pairs), Counter(verdict for _, verdict in pairs)
    expected = sum(labels[name] * verdicts[name] for name in labels) / len(pairs) ** 2
    observed = sum(label == verdict for label, verdict in pairs) / len(pairs)
    return None if expected == 1 else round((observed - expected) / (1 - expected), 4)


def sign_test(first: int, second: int) -> float:
    """Return the chance that a fair coin falls as unevenly as this, or more so, to either side."""
    tosses = first + second
    tail = sum(comb(tosses, count) for count in range(min(first, second) + 1)) / 2**tosses
    return float(min(2 * tail, 1.0))
