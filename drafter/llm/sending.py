"""What may leave for a model: the case, or of the case nothing but the customer's words (`DRAFTER_SEND`).

With `review` there is no name of shop, product or customer, no fact, no star, no phrase, example or wish of a person
in a request. What stays is ours: the rules, the language, the situation, the channel and the lengths, and of the voice
the choices among our own words (tone, person, emoji). Masks are made from the whole case all the same: what is known
of the customer is hidden in the review too.
"""

from __future__ import annotations

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import BrandVoice, Shop
from drafter.settings import Send


def sent_case(case: Case, send: Send) -> Case:
    """Return the case as models are shown it; platform and market are there for the limits alone."""
    if send == "case":
        return case
    review, shop = case.review, case.shop
    voice = shop.brand_voice
    return Case(
        review=Review(
            platform=review.platform,
            region=review.region,
            external_id="",
            title=review.title,
            text=review.text,
            language=review.language,
        ),
        shop=Shop(
            display_name="",
            platform=shop.platform,
            region=shop.region,
            default_language=shop.default_language,
            brand_voice=BrandVoice(tone=voice.tone, person=voice.person, emoji=voice.emoji),
            limits=shop.limits,
        ),
    )


def sent_brief(brief: Brief, send: Send) -> Brief:
    """Return the brief as models are shown it; a draft only where it is their own, written from the same little."""
    if send == "case":
        return brief
    return Brief(
        attempt=brief.attempt,
        findings=brief.findings,
        last_draft=brief.last_draft if brief.findings else None,
        tone=brief.tone,
        seconds=brief.seconds,
    )
