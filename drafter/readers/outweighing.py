"""Which situation outweighs another where the text names it: a plain fact goes before an impression of the whole.

The heads hear the tone of a text more than its one decisive word. So where words say that another article came or
that it is broken, and the heads hold that for possible, it is the main situation, as the label rules want it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drafter.domain.situation import SituationName
from drafter.readers.rules import Reading
from drafter.reports.points import told_in
from prompts.library import Library

_POSSIBLE = 0.2  # share beside that of the likeliest; between 0.15 and 0.35 little changes
_GLAD_STARS = 4


@dataclass(frozen=True, kw_only=True)
class Named:
    """A situation that words name, and those that give way to it."""

    situation: SituationName
    topics: tuple[str, ...]
    gives_way: frozenset[SituationName]


#: In their order: who got another article, and that one broken too, is helped by the right one first.
_NAMED = (
    Named(
        situation=SituationName.WRONG_ITEM,
        topics=("wrong_sent",),
        gives_way=frozenset(
            {
                SituationName.SHIPPING,
                SituationName.SERVICE,
                SituationName.MISUNDERSTANDING,
                SituationName.POSITIVE,
            }
        ),
    ),
    Named(
        situation=SituationName.QUALITY,
        topics=("defect", "poor_make"),
        gives_way=frozenset({SituationName.MISUNDERSTANDING, SituationName.WRONG_ITEM, SituationName.OTHER}),
    ),
)


def outweighing(
    reading: Reading, likeliest: SituationName, shares: Mapping[str, float], library: Library
) -> SituationName:
    """Return the main situation: the likeliest, or the one that the words name and that is possible beside it."""
    if likeliest is SituationName.SHIPPING and _came_well(reading, library):
        return SituationName.POSITIVE
    least = _POSSIBLE * shares[likeliest]
    for named in _NAMED:
        if likeliest in named.gives_way and shares[named.situation] >= least and any(map(reading.says, named.topics)):
            return named.situation
    return likeliest


def _came_well(reading: Reading, library: Library) -> bool:
    """Whether the delivery is praised and not blamed; without stars the words alone tell."""
    stars = reading.review.rating
    if stars is not None and stars < _GLAD_STARS:
        return False
    told = told_in(reading.text, reading.language, library)
    blamed = any(found.about == "shipping" for found in told.complaints)
    return not blamed and any(found.about == "shipping" for found in told.praise)
