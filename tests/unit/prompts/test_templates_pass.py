"""Every wording of the six western languages passes the guardrails, with the fullest filling."""

from collections.abc import Iterator, Sequence

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Part, blocking
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.runner import Guardrails
from prompts.library import Library, Templates, render

LIBRARY = Library()
GUARDRAILS = Guardrails(languages=Languages())
DETAILS = {
    "en": "the zipper broke after two days",
    "es": "la cremallera se rompió a los dos días",
    "pt": "o zíper quebrou depois de dois dias",
    "fr": "la fermeture a cassé après deux jours",
    "de": "der Reißverschluss ist nach zwei Tagen kaputt",
    "it": "la cerniera si è rotta dopo due giorni",
}
THANKS = {
    "en": ("thank",),
    "es": ("gracias", "agradece"),
    "pt": ("agradece",),
    "fr": ("merci", "remerci"),
    "de": ("dank",),
    "it": ("grazie", "ringrazi"),
}
CASES = [(language, situation) for language in DETAILS for situation in LIBRARY.situations(language)]


def rows(slots: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Yield rows with one entry of each slot, until each entry has had its turn."""
    filled = [slot for slot in slots if slot]
    for turn in range(max(len(slot) for slot in filled)):
        yield [slot[turn % len(slot)] for slot in filled]


def replies(templates: Templates) -> Iterator[tuple[Channel, Part, list[str]]]:
    for channel, reply in ((Channel.PUBLIC, templates.public), (Channel.HYBRID, templates.hybrid)):
        if reply is not None:
            for row in rows((reply.acknowledge, reply.resolve, reply.invite)):
                yield channel, Part.PUBLIC, row
    if templates.private is not None:
        for row in rows((templates.private.line,)):
            yield Channel.PRIVATE, Part.PUBLIC, row
    if templates.message is not None:
        for row in rows((templates.message.open, templates.message.ask, templates.message.close)):
            yield Channel.HYBRID, Part.PRIVATE, row


def blocked(language: str, situation: str, channel: Channel, part: Part, row: list[str]) -> list[str]:
    common = LIBRARY.common(language)
    values = {"detail": DETAILS[language], "product": "Canvas Tote"}
    text = common.join.join(["Ana,", *(render(entry, values) for entry in row)])
    review = Review(
        external_id="1",
        text=DETAILS[language] + ".",
        author="Ana",
        rating=5 if situation == "positive" else 2,
        product=Product(name="Canvas Tote"),
        language=language,
    )
    reply = ReplyToCheck(
        case=Case(review=review),
        channel=channel,
        language=language,
        public_reply=text if part is Part.PUBLIC else None,
        private_message=text if part is Part.PRIVATE else None,
    )
    found = blocking(GUARDRAILS.inspect(reply))
    return [f"{finding.code}: {text[finding.start : finding.end]!r} in {text!r}" for finding in found]


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_every_wording_passes(language: str, situation: str) -> None:
    for channel, part, row in replies(LIBRARY.templates(language, situation)):
        assert not blocked(language, situation, channel, part, row)


@pytest.mark.parametrize(("language", "situation"), CASES)
def test_every_acknowledgement_thanks_critics_too(language: str, situation: str) -> None:
    templates = LIBRARY.templates(language, situation)
    for reply in (templates.public, templates.hybrid):
        for entry in reply.acknowledge if reply else ():
            assert any(stem in entry.casefold() for stem in THANKS[language]), entry


@pytest.mark.parametrize("language", DETAILS)
def test_every_answer_to_a_second_point_passes(language: str) -> None:
    hybrid = LIBRARY.templates(language, "quality").hybrid
    assert hybrid is not None
    for situation, entries in LIBRARY.common(language).also.items():
        for entry in entries:
            row = [hybrid.acknowledge[-1], entry, hybrid.invite[0]]
            assert not blocked(language, situation, Channel.HYBRID, Part.PUBLIC, row)
