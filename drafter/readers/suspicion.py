"""Suspicion: what makes a review no customer's word, and the rule that a report to the platform would name.

A near copy of another review is only flagged: several people may have met one problem, and one may have bought twice.
A text that several people pass off as their own in several shops is suspicious, and needs no reply where it names no
problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from drafter import data
from drafter.domain.record import Record
from drafter.domain.review import Review
from drafter.domain.situation import Channel, CountsAs, Flag, Likeness, Route, Situation, SituationName, route_of
from drafter.domain.visible import visible
from drafter.languages import looks_like_noise
from drafter.readers.fingerprint import ALIKE, groups, in_common
from drafter.readers.words import mentions

_TOLD = 5  # ids of reviews that are named
_SPEAKS_OF_NOTHING = frozenset({SituationName.POSITIVE, SituationName.OTHER})


class Ground(StrEnum):
    """Why a review would be reported."""

    NOISE = "noise"
    ADVERT = "advert"
    COINS = "coins"
    INSULT = "insult"
    COPIED = "copied"
    UNRELATED = "unrelated"


class Report(Record):
    """What a report of a review to its platform would say."""

    ground: Ground
    reason: str  # in a sentence
    rule: str
    source: str | None  # address of the rule
    mark: str  # `V`: the owner's own page was read; `U`: no rule text was seen
    looked_up: str  # the day, ISO 8601


def likeness_of(review: Review, others: Mapping[str, Review]) -> Likeness | None:
    """Return how far other reviews, by their ids, say nearly the same as this one; None where none does."""
    own = groups(review.full_text)
    shares = {id_: in_common(own, groups(other.full_text)) for id_, other in others.items()} if own else {}
    alike = sorted((id_ for id_, share in shares.items() if share >= ALIKE), key=lambda id_: (-shares[id_], id_))
    if not alike:
        return None
    found = [others[id_] for id_ in alike]
    names = {other.author.casefold() for other in found if other.author} - {(review.author or "").casefold()}
    return Likeness(
        reviews=tuple(id_ for id_ in alike if others[id_].shop == review.shop)[:_TOLD],
        others=len(alike),
        authors=len(names),
        shops=len({review.shop, *(other.shop for other in found)}),
        share=round(shares[alike[0]], 2),
    )


def marked(situation: Situation, likeness: Likeness | None) -> Situation:
    """Return a situation with what is known of reviews like it; None: there are none."""
    if likeness is None:
        return situation
    flags = tuple(dict.fromkeys((*situation.flags, Flag.NEAR_DUPLICATE)))
    flagged = situation.with_changes(flags=flags, likeness=likeness)
    if not (likeness.of_a_ring and _needs_no_answer(situation)):
        return flagged
    return flagged.with_changes(
        situation=SituationName.SPAM_ABUSE,
        secondary=(),
        details=(),
        channel=Channel.NONE,
        counts_as=CountsAs.NONE,
    )


def _needs_no_answer(situation: Situation) -> bool:
    """Whether nobody is wronged by silence: praise or an opinion, no problem, nothing for a person."""
    named = {situation.situation, *situation.secondary}
    return named <= _SPEAKS_OF_NOTHING and situation.sentiment >= 0 and route_of(situation) is not Route.ESCALATE


def suggested_report(review: Review, situation: Situation) -> Report | None:
    """Return what a report of the review would say; None where there is no reason for one."""
    copied = situation.likeness is not None and situation.likeness.of_a_ring
    if situation.situation is not SituationName.SPAM_ABUSE and not copied:
        return None
    ground = Ground.COPIED if copied else ground_of(review.full_text, situation.language)
    content = _reports()
    by_region = content["regions"].get(review.region or "", {})
    by_platform = content["platforms"].get(review.platform, {})
    rule = by_platform.get(ground) or by_region.get(ground) or content["unknown"]
    return Report(ground=ground, reason=content["grounds"][ground], looked_up=str(content["looked_up"]), **rule)


def ground_of(text: str, language: str) -> Ground:
    """Return why a review that is spam or abuse is: noise, an advert, coins, insults, or nothing to the point."""
    shown = visible(text)
    if looks_like_noise(shown):
        return Ground.NOISE
    told = (ground for ground in (Ground.ADVERT, Ground.COINS, Ground.INSULT) if mentions(ground, shown, language))
    return next(told, Ground.UNRELATED)


@cache
def _reports() -> dict[str, Any]:
    return data.load("reports.yaml")
