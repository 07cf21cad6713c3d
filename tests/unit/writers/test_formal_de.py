"""German in the formal tone: a shop that says "Sie" says it in every sentence of its own."""

import re
from itertools import product

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.review import Product, Review
from drafter.domain.shop import BrandVoice, Shop
from drafter.domain.situation import Channel, Detail, Situation, SituationName
from drafter.languages import Languages
from drafter.rounds import reply_to_check
from drafter.writers.template import TemplateWriter
from drafter.writers.voicing import Voicing
from guardrails.runner import Guardrails
from prompts.library import Library

LIBRARY = Library()
WRITER = TemplateWriter(LIBRARY)
FORMAL = BrandVoice(tone="formal")
VOICING = Voicing(common=LIBRARY.common("de"), voice=FORMAL)
QUOTED = re.compile("„[^“]*“")
#: Words of the second person singular: pronouns, verbs by their ending, and what only "du" is told.
INFORMAL = re.compile(
    r"\b(?:du|dir|dich|dein\w*|euch|eue?re?\w*|hallo|hi|klasse|toll|"
    r"schreib|melde|sag|nenn|frag|gib|stell|schick uns|schick gern|lass uns|leg|benutze|bewahre|entschuldige|hab|"
    r"(?!(?:ist|sonst|erst|vorerst|zuerst|selbst|gepasst|passt|liest|löst|gelöst|lässt|rost|meist|längst|fast)\b)\w+st)\b",
    re.IGNORECASE,
)
TEXTS = {  # what is told of the customer again, what is found by listed words, and what is neither
    SituationName.QUALITY: (
        "Ich habe mich sehr gefreut, aber der Stoff ist dünner, als ich es mir vorgestellt hatte.",
        "Reißverschluss kaputt. Mir gefällt die Farbe nicht.",
        "Na ja.",
    ),
    SituationName.SHIPPING: ("Ich musste drei Wochen auf mein Paket warten.", "nie angekommen, niemand antwortet", "!"),
    SituationName.SIZING: ("Die Hose passt mir nicht.", "viel zu eng, fällt klein aus", "Größe"),
    SituationName.MISUNDERSTANDING: ("Der Mixer ist lauter, als ich dachte.", "kleiner als erwartet", "Hm."),
    SituationName.WRONG_ITEM: ("Ich habe die falsche Größe bekommen.", "falsche Farbe, Schrauben fehlen", "?"),
    SituationName.SERVICE: ("Ich habe drei Mal geschrieben.", "keine Antwort, Erstattung fehlt", "Service"),
    SituationName.SAFETY: ("Ich habe mich daran verbrannt.", "Akku wurde heiß", "Gefährlich"),
    SituationName.OTHER: ("Ich nutze es jeden Tag.", "Preis zu hoch", "Geht so."),
    SituationName.POSITIVE: ("Ich bin sehr zufrieden und meine Tochter liebt das Kleid.", "schnell da, weich", "Gut"),
}
CHANNELS = {
    SituationName.SAFETY: (Channel.PRIVATE,),
    SituationName.POSITIVE: (Channel.PUBLIC,),
    SituationName.OTHER: (Channel.PUBLIC,),
}


def read(name: SituationName, text: str, channel: Channel, *, quotes: bool = False) -> Situation:
    spirit = 1 if name is SituationName.POSITIVE else -1
    complaint = name not in (SituationName.POSITIVE, SituationName.SAFETY)
    return Situation(
        situation=name,
        secondary=(SituationName.SERVICE,) if complaint and name is not SituationName.SERVICE and quotes else (),
        language="de",
        sentiment=spirit,
        details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
        channel=channel,
        confidence=0.9,
        reader="scripted",
    )


async def written(
    name: SituationName,
    text: str,
    channel: Channel,
    *,
    number: str = "1",
    voice: BrandVoice = FORMAL,
    brief: Brief = Brief(),
    quotes: bool = False,
) -> tuple[Case, Situation, Draft]:
    review = Review(
        external_id=number,
        text=text,
        author=None if number == "3" else "Jana M.",
        product=Product(name="Deine Lampe") if quotes else Product(),
        language="de",
    )
    case = Case(review=review, shop=Shop(default_language="de", brand_voice=voice))
    situation = read(name, text, channel, quotes=quotes)
    return case, situation, await WRITER.write(case, situation, brief)


def of_the_shop(draft: Draft) -> str:
    """Return what the shop says itself, without what it quotes."""
    return QUOTED.sub("„“", f"{draft.public_reply}\n{draft.private_message or ''}")


@pytest.mark.parametrize("name", TEXTS)
async def test_no_sentence_of_the_shop_says_du(name: SituationName) -> None:
    for channel, text in product(CHANNELS.get(name, tuple(Channel)), TEXTS[name]):
        for attempt, person in ((1, "we"), (2, "I"), (3, "we")):
            voice = BrandVoice.model_validate({"tone": "formal", "person": person})
            brief = Brief(attempt=attempt)
            drafted = await written(
                name, text, channel, number=str(attempt), voice=voice, brief=brief, quotes=person == "I"
            )
            said = of_the_shop(drafted[2])
            assert not INFORMAL.search(said), said
            assert drafted[2].provenance.fallback_reason is None


@pytest.mark.parametrize(
    ("told", "formal"),
    [
        ("du es dir anders vorgestellt hattest", "Sie es sich anders vorgestellt hatten"),
        ("du dich sehr gefreut hast", "Sie sich sehr gefreut haben"),
        ("du den Knopf nicht zubekommst", "Sie den Knopf nicht zubekommen"),
        (
            "die Hose zu eng ist, obwohl du Größe L bestellt hast",
            "die Hose zu eng ist, obwohl Sie Größe L bestellt haben",
        ),
        ("dir deine Lampe gefällt", "Ihnen Ihre Lampe gefällt"),
        ("sie schick ist und es dir gut passt", "sie schick ist und es Ihnen gut passt"),
        ("dich der Geruch stört", "der Geruch Sie stört"),
    ],
)
def test_what_is_told_again_is_told_formally(told: str, formal: str) -> None:
    assert VOICING.in_tone(told) == formal


def test_each_verb_that_is_told_of_the_customer_has_a_formal_form() -> None:
    rules = LIBRARY.retelling("de")
    assert rules is not None
    assert rules.verb_last is not None
    assert [verb for verb in rules.verb_last.second.values() if VOICING.in_tone(verb) == verb] == []
    assert [said for said in rules.persons.values() if INFORMAL.search(VOICING.in_tone(said))] == []


def test_each_listed_point_is_told_formally() -> None:
    points = LIBRARY.points("de")
    assert points is not None
    listed = [point.says for group in (points.complaints, points.praise) for found in group.values() for point in found]
    assert [said for said in listed if INFORMAL.search(VOICING.in_tone(said))] == []


@pytest.mark.parametrize("name", TEXTS)
async def test_formal_drafts_pass_the_guardrails(name: SituationName) -> None:
    guardrails = Guardrails(languages=Languages())
    for channel, text in product(CHANNELS.get(name, (Channel.PUBLIC, Channel.HYBRID)), TEXTS[name][:2]):
        case, situation, draft = await written(name, text, channel)
        found = guardrails.inspect(reply_to_check(case, situation, draft))
        assert [finding for finding in found if finding.blocks] == [], draft


async def test_quotations_and_products_stay_as_they_are() -> None:
    case_, _, draft = await written(SituationName.OTHER, "Ist dein Laden neu", Channel.PUBLIC, quotes=True)
    assert case_.review.product is not None
    assert "„Ist dein Laden neu“" in str(draft.public_reply) or "„Deine Lampe“" in str(draft.public_reply)


@pytest.mark.parametrize(
    ("name", "text", "channel", "public", "private"),
    [
        (
            SituationName.QUALITY,
            "Ich habe mich sehr gefreut, aber der Stoff ist dünner, als ich es mir vorgestellt hatte.",
            Channel.PUBLIC,
            (
                "Guten Tag Jana, dass der Stoff dünner ist, tut uns leid, und danke für Ihre offenen "
                "Worte. Schön finden wir, dass Sie sich sehr gefreut haben. Wenn noch etwas offen ist, "
                "erreichen Sie uns im Shop-Chat."
            ),
            None,
        ),
        (
            SituationName.SIZING,
            "Die Hose passt mir nicht.",
            Channel.HYBRID,
            (
                "Guten Tag Jana, es tut uns leid, dass Ihnen die Hose nicht passt. Danke, dass Sie uns "
                "Bescheid geben. Schicken Sie uns eine kurze Nachricht im Shop-Chat, dann gehen wir es "
                "mit Ihnen durch."
            ),
            (
                "Guten Tag Jana, Sie haben geschrieben, dass Ihnen die Hose nicht passt, und wir möchten "
                "uns das mit Ihnen ansehen. Können Sie uns hier sagen, um welche Bestellung es geht und "
                "welche Größe Sie sonst tragen?"
            ),
        ),
        (
            SituationName.SAFETY,
            "Ich habe mich daran verbrannt.",
            Channel.PRIVATE,
            ("Guten Tag Jana, melden Sie sich bitte im Shop-Chat, damit ein Mensch mit Ihnen darüber sprechen kann."),
            (
                "Guten Tag Jana, wir hoffen, dass bei Ihnen alles in Ordnung ist, und danken Ihnen für "
                "Ihre Rückmeldung. Bis das geklärt ist, benutzen Sie den Artikel bitte nicht weiter. "
                "Sagen Sie uns bitte hier, um welche Bestellung es geht. Ein Mensch liest Ihre Antwort "
                "hier."
            ),
        ),
        (
            SituationName.POSITIVE,
            "Ich bin sehr zufrieden und meine Tochter liebt das Kleid.",
            Channel.PUBLIC,
            (
                "Guten Tag Jana, danke, es freut uns zu lesen, dass Sie sehr zufrieden sind. Schön ist "
                "auch, dass Ihre Tochter das Kleid liebt."
            ),
            None,
        ),
    ],
)
async def test_whole_drafts(name: SituationName, text: str, channel: Channel, public: str, private: str | None) -> None:
    _, _, draft = await written(name, text, channel)
    assert (draft.public_reply, draft.private_message) == (public, private)
