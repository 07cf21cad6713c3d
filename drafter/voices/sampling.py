"""The three reviews of a preview: a content customer, a complaint, and one who needs a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

from drafter import data
from drafter.domain.case import Case
from drafter.domain.record import Record
from drafter.domain.review import Product, Review
from drafter.domain.shop import Shop
from drafter.domain.situation import COUNTS_AS, Channel, CountsAs, Detail, Situation, SituationName
from drafter.store.recent import RecentReview

Need = Literal["content", "complaint", "remedy"]
NEEDS: tuple[Need, ...] = get_args(Need)

_PRIVATELY = frozenset({Channel.HYBRID, Channel.PRIVATE})

#: Which reviews show a need, and which of them show it best: the first that fits is taken, the newest before others.
_SHOWS: dict[Need, tuple[Callable[[RecentReview], bool], ...]] = {
    "content": (
        lambda one: one.situation.situation is SituationName.POSITIVE and not one.situation.secondary,
        lambda one: one.situation.sentiment > 0,
    ),
    "remedy": (
        lambda one: one.situation.channel in _PRIVATELY and bool(one.case_facts),
        lambda one: one.situation.channel in _PRIVATELY,
    ),
    "complaint": (
        lambda one: one.situation.sentiment < 0 and one.situation.channel is Channel.PUBLIC,
        lambda one: one.situation.sentiment < 0,
    ),
}


class Sample(Record):
    """A review to hear a voice with."""

    need: Need
    case: Case
    situation: Situation
    own: bool  # a customer of this shop wrote it; else it is one of those that we ship


def samples(shop: Shop, recent: Sequence[RecentReview]) -> tuple[Sample, ...]:
    """Return one review for each need, of the shop's own where it has such a one, no review twice."""
    chosen: dict[Need, RecentReview] = {}
    for need, tests in _SHOWS.items():
        left = [one for one in recent if one not in chosen.values()]
        found = next((one for test in tests for one in left if one.review.full_text.strip() and test(one)), None)
        if found is not None:
            chosen[need] = found
    return tuple(_own(need, shop, chosen[need]) if need in chosen else shipped(need, shop) for need in NEEDS)


def _own(need: Need, shop: Shop, recent: RecentReview) -> Sample:
    case = Case(review=recent.review, shop=shop, case_facts=recent.case_facts)
    return Sample(need=need, case=case, situation=recent.situation, own=True)


def shipped(need: Need, shop: Shop) -> Sample:
    """Return the review that we ship for a need, in the shop's language, read by hand."""
    told: Mapping[str, Any] = data.load("voice_samples.yaml")["languages"][shop.default_language][need]
    review = Review(
        shop=shop.name,
        platform=shop.platform,
        region=shop.region,
        external_id=f"sample-{need}",
        product=Product(name=told["product"]),
        rating=told["rating"],
        text=told["text"],
        author=told["author"],
        language=shop.default_language,
    )
    return Sample(need=need, case=Case(review=review, shop=shop), situation=_read(need, told, shop), own=False)


def _read(need: Need, told: Mapping[str, Any], shop: Shop) -> Situation:
    start = told["text"].index(told["detail"])
    name = SituationName(told["situation"])
    return Situation(
        situation=name,
        language=shop.default_language,
        sentiment=1 if need == "content" else -1,
        details=(Detail(text=told["detail"], start=start, end=start + len(told["detail"])),),
        channel=Channel.HYBRID if need == "remedy" else Channel.PUBLIC,
        counts_as=COUNTS_AS.get(name, CountsAs.NONE),
        confidence=1.0,
        reader="person",
    )
