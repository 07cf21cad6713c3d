"""Italian in the formal tone: a shop that says "lei" says it in every sentence of its own."""

from __future__ import annotations

import re
from itertools import product

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft
from drafter.domain.finding import blocking
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
VOICING = Voicing(common=LIBRARY.common("it"), voice=FORMAL)
QUOTED = re.compile("“[^”]*”")
#: Words of the second person singular: pronouns, verbs, requests, and pronouns at the end of a verb.
INFORMAL = re.compile(
    r"\b(?:tu|te|ti|tuo|tua|tuoi|tue|ciao|hai|puoi|devi|vuoi|sai|fai|vai|stai|vedi|senti|trovi|metti|prendi|tieni|"
    r"scrivi|dici|parli|pensi|racconti|segnali|aggiungi|intendi|preferisci|ricevi|paghi|riesci|indossi|"
    r"(?<!non )(?:lo|la|li|le) (?:usi|porti)|aspetti|\w+(?:avi|evi)|eri|\w+(?:resti|vessi|tassi)|\w+[aei]rti|"
    r"(?:scus|mand|contatt)(?:aci|ami)|"
    r"scriv(?:ici|imi)|dicci|dimmi|mandami|manda pure|fallo|tienilo|mettilo|non usar\w+|"
    r"sei (?:stat|content|soddisfatt|rimast|riuscit|molto|felice|entusiasta)\w*)\b",
    re.IGNORECASE,
)
TEXTS = {  # what is told of the customer again, what is found by listed words, and what is neither
    SituationName.QUALITY: ("La mia borsa si è scucita dopo tre giorni.", "cerniera rotta, troppo fragile", "Boh."),
    SituationName.SHIPPING: ("Non ho ancora ricevuto il pacco.", "corriere passato senza suonare, in ritardo", "!"),
    SituationName.SIZING: ("Le maniche mi arrivano alle dita.", "troppo stretto per me", "Taglia"),
    SituationName.MISUNDERSTANDING: ("Mi aspettavo un tessuto più pesante.", "diverso dalla foto", "Mah."),
    SituationName.WRONG_ITEM: ("Ho ricevuto una taglia M invece della L.", "colore sbagliato, mancano le viti", "?"),
    SituationName.SERVICE: ("Ho scritto tre volte.", "nessuna risposta, mai avuto il rimborso", "Servizio"),
    SituationName.SAFETY: ("Mi sono scottata con il caricatore.", "si surriscalda", "Pericoloso"),
    SituationName.OTHER: ("Lo uso da pochi giorni.", "prezzo alto", "Insomma."),
    SituationName.POSITIVE: ("Mi sta benissimo e sono molto contenta.", "bel colore, morbido", "Bene"),
}
CHANNELS = {
    SituationName.SAFETY: (Channel.PRIVATE,),
    SituationName.POSITIVE: (Channel.PUBLIC,),
    SituationName.OTHER: (Channel.PUBLIC,),
}


def read(name: SituationName, text: str, channel: Channel, *, quotes: bool = False) -> Situation:
    complaint = name not in (SituationName.POSITIVE, SituationName.SAFETY)
    return Situation(
        situation=name,
        secondary=(SituationName.SERVICE,) if complaint and name is not SituationName.SERVICE and quotes else (),
        language="it",
        sentiment=-1 if complaint else 1,
        details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
        channel=channel,
        confidence=0.9,
        reader="scripted",
    )


async def written(
    situation: Situation,
    text: str,
    *,
    number: str = "1",
    author: str | None = "Giulia M.",
    voice: BrandVoice = FORMAL,
    attempt: int = 1,
) -> tuple[Case, Draft]:
    product_named = Product(name="La tua lampada") if situation.details else Product()
    review = Review(external_id=number, text=text, author=author, product=product_named, language="it")
    case = Case(review=review, shop=Shop(default_language="it", brand_voice=voice))
    return case, await WRITER.write(case, situation, Brief(attempt=attempt))


@pytest.mark.parametrize("name", TEXTS)
async def test_no_sentence_of_the_shop_says_tu(name: SituationName) -> None:
    for (channel, text), seed in product(product(CHANNELS.get(name, tuple(Channel)), TEXTS[name]), range(3)):
        situation = read(name, text, channel, quotes=seed == 1)
        voice = BrandVoice(tone="formal", person="I" if seed == 1 else "we")
        author = None if seed == 2 else "Giulia M."
        _, draft = await written(situation, text, number=str(seed), author=author, voice=voice, attempt=seed + 1)
        said = QUOTED.sub("“”", f"{draft.public_reply}\n{draft.private_message or ''}")
        assert not INFORMAL.search(said), said
        assert draft.provenance.fallback_reason is None


def test_whatever_is_retold_of_a_customer_is_formal() -> None:
    """Each wording by which the first person becomes the second is said in the third."""
    rules = LIBRARY.retelling("it")
    assert rules
    for said in rules.persons.values():
        assert not INFORMAL.search(VOICING.in_tone(said)), said


def test_every_clause_of_ours_is_formal() -> None:
    points = LIBRARY.points("it")
    assert points
    for group in (*points.complaints.values(), *points.praise.values()):
        for point in group:
            assert not INFORMAL.search(VOICING.in_tone(f"{point.says} {point.of_thing}")), point.says


@pytest.mark.parametrize(
    ("told", "formal"),
    [
        ("ti aspettavi un tessuto più pesante", "si aspettava un tessuto più pesante"),
        ("hai ricevuto una taglia M e tua figlia ha pianto", "ha ricevuto una taglia M e sua figlia ha pianto"),
        ("ne volevi uno e te ne sono arrivati tre", "ne voleva uno e gliene sono arrivati tre"),
        ("l'hai scoperto dopo sei giorni", "l'ha scoperto dopo sei giorni"),
        ("sei molto contenta dopo due usi", "è molto contenta dopo due usi"),
        ("ti sta bene e sei molto contenta", "le sta bene ed è molto contenta"),
        ("lo usi sempre e ti sei trovata bene", "lo usa sempre e si è trovata bene"),
        ("il servizio ti ha contattato subito", "il servizio l’ha contattata subito"),
        ("l’audio non ti convince", "l’audio non la convince"),
        ("le maniche ti arrivano alle dita", "le maniche le arrivano alle dita"),
        ("Scrivici nella chat", "Ci scriva nella chat"),
    ],
)
def test_what_is_told_again_is_told_formally(told: str, formal: str) -> None:
    assert VOICING.in_tone(told) == formal


async def test_formal_drafts_pass_the_guardrails() -> None:
    guardrails = Guardrails(languages=Languages())
    for name, texts in TEXTS.items():
        for channel in CHANNELS.get(name, (Channel.HYBRID,)):
            situation = read(name, texts[0], channel)
            case, draft = await written(situation, texts[0])
            assert not blocking(guardrails.inspect(reply_to_check(case, situation, draft))), draft


@pytest.mark.parametrize(
    ("name", "channel", "public", "message"),
    [
        (
            SituationName.QUALITY,
            Channel.HYBRID,
            "Gentile Giulia, grazie del messaggio, ci dispiace leggere che la sua borsa si è scucita dopo tre giorni. "
            "La via più rapida è la chat del negozio, dove guardiamo volentieri il suo ordine con lei.",
            "Gentile Giulia, ci dispiace sapere che la sua borsa si è scucita dopo tre giorni. Vediamolo insieme qui. "
            "Ci dica qui, per favore, di quale ordine si tratta.",
        ),
        (
            SituationName.WRONG_ITEM,
            Channel.HYBRID,
            "Buongiorno Giulia, non dovrebbe nemmeno dover scrivere per questo, e ci dispiace per la taglia ricevuta. "
            "Grazie di averlo fatto; basta un breve messaggio nella chat del negozio e lo guardiamo insieme.",
            "Buongiorno Giulia, nella sua recensione parla della taglia ricevuta, e vorremmo capire meglio con lei. "
            "Ci serve sapere di quale ordine si tratta e, se vuole, una foto di quello che è arrivato. "
            "Può rispondere qui.",
        ),
        (
            SituationName.POSITIVE,
            Channel.PUBLIC,
            "Buongiorno Giulia, siamo lieti di leggere che le sta benissimo ed è molto contenta, grazie a lei. "
            "Ci fa piacere che l’acquisto sia di suo gradimento.",
            None,
        ),
    ],
)
async def test_whole_formal_drafts(name: SituationName, channel: Channel, public: str, message: str | None) -> None:
    text = TEXTS[name][0]
    _, draft = await written(read(name, text, channel), text)
    assert (draft.public_reply, draft.private_message) == (public, message)
