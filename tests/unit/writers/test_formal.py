"""A shop with the formal tone has it in every sentence of its own, in languages whose wordings are else familiar.

`formal/<language>.yaml` has the words that are `informal`, what is `told` of the customer with its formal form, and
`texts` of reviews by situation: what is said again, what is found by listed words, and what is neither. All our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.review import Product, Review
from drafter.domain.shop import BrandVoice, Shop
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.domain.yaml_files import parsed
from drafter.languages import Languages
from drafter.rounds import reply_to_check
from drafter.writers.template import TemplateWriter
from drafter.writers.voicing import Voicing
from guardrails.runner import Guardrails
from prompts.library import Library

LIBRARY = Library()
FILES = (Path(__file__).parent / "formal").glob("*.yaml")
GIVEN = {file.stem: parsed(file.read_text(encoding="utf-8")) for file in FILES}
LANGUAGES = sorted(GIVEN)
QUOTED = re.compile("“[^”]*”|„[^“]*“|«[^»]*»")
ONE_CHANNEL = {"safety": Channel.PRIVATE, "positive": Channel.PUBLIC, "other": Channel.PUBLIC}
TOLD = [(language, pair) for language in LANGUAGES for pair in GIVEN[language]["told"].items()]
SITUATIONS = [(language, name) for language in LANGUAGES for name in GIVEN[language]["texts"]]


def voicing(language: str, **voice: Any) -> Voicing:
    return Voicing(common=LIBRARY.common(language), voice=BrandVoice.model_validate({"tone": "formal", **voice}))


def informal(language: str) -> re.Pattern[str]:
    return re.compile(GIVEN[language]["informal"], re.IGNORECASE)


async def drafts(
    language: str, name: str, *, person: str = "we", quotes: bool = False
) -> list[tuple[Case, Situation, Draft]]:
    """Return a draft for each text and channel; the first customer has a name, and one quotes and names a product."""
    voice = voicing(language, person=person).voice
    written = []
    for text, channel in product(GIVEN[language]["texts"][name], _channels(name)):
        review = Review(
            external_id=text,
            text=text,
            author=None if quotes else "Ana M.",
            product=Product(name="Mona Lux") if quotes else Product(),
            language=language,
        )
        situation = Situation(
            situation=SituationName(name),
            language=language,
            sentiment=1 if name == "positive" else -1,
            details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
            channel=channel,
            confidence=0.9,
            reader="scripted",
        )
        case = Case(review=review, shop=Shop(default_language=language, brand_voice=voice))
        for attempt in (1, 2):
            draft = await TemplateWriter(LIBRARY).write(case, situation, Brief(attempt=attempt))
            written.append((case, situation, draft))
    return written


def _channels(name: str) -> Iterator[Channel]:
    one = ONE_CHANNEL.get(name)
    yield from [one] if one else (Channel.PUBLIC, Channel.HYBRID)


@pytest.mark.parametrize(("language", "name"), SITUATIONS)
async def test_no_sentence_of_the_shop_is_familiar(language: str, name: str) -> None:
    for person, quotes in (("we", False), ("I", True)):
        for _, _, draft in await drafts(language, name, person=person, quotes=quotes):
            said = QUOTED.sub("“”", f"{draft.public_reply}\n{draft.private_message or ''}")
            assert not informal(language).search(said), said
            assert draft.provenance.fallback_reason is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_told_of_a_customer_has_a_formal_form(language: str) -> None:
    """The words of the customer that are turned to them, and each clause of ours."""
    rules, points = LIBRARY.retelling(language), LIBRARY.points(language)
    assert rules is not None
    assert points is not None
    told = [*rules.persons.values(), *(rules.verb_last.second.values() if rules.verb_last else ())]
    told += [point.says for side in (points.complaints, points.praise) for group in side.values() for point in group]
    formal = voicing(language)
    assert [said for said in told if informal(language).search(formal.in_tone(said))] == []
    verbs = rules.verb_last.second.values() if rules.verb_last else ()
    assert [verb for verb in verbs if formal.in_tone(verb) == verb] == []


@pytest.mark.parametrize(
    ("language", "told"), [(one, pair) for one in LANGUAGES for pair in GIVEN[one]["told"].items()]
)
def test_what_is_said_again_is_said_formally(language: str, told: tuple[str, str]) -> None:
    said, formal = told
    assert voicing(language).in_tone(said) == formal


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotations_and_products_stay_as_they_are(language: str) -> None:
    given = {"detail": "du tu bạn", "product": "du tu bạn", "policy": "du tu bạn"}
    assert voicing(language).filled(given) == given


@pytest.mark.parametrize(("language", "name"), SITUATIONS)
async def test_formal_drafts_pass_the_guardrails(language: str, name: str) -> None:
    guardrails = Guardrails(languages=Languages())
    for case, situation, draft in await drafts(language, name):
        found = guardrails.inspect(reply_to_check(case, situation, draft))
        assert [finding for finding in found if finding.blocks] == [], draft
