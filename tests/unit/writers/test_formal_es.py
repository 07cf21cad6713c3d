"""Spanish in the formal tone: a shop that says "usted" says it in every sentence of its own."""

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
GUARDRAILS = Guardrails(languages=Languages())
FORMAL = BrandVoice(tone="formal")
VOICING = Voicing(common=LIBRARY.common("es"), voice=FORMAL)
QUOTED = re.compile("“[^”]*”")
#: Words of the second person singular: pronouns, verbs by their ending or listed, requests, and the familiar greeting.
INFORMAL = re.compile(
    r"\b(?:hola|tú|tus?|te|ti|contigo|tuy[oa]s?|\w+(?:aste|iste|íste|ieras|eraras|(?<!\bp)arte|(?<!u)erte|irte)|"
    r"(?:esper|imagin|pens|busc|necesit|dese|us|est)abas|\w+ías(?<!días)|"
    r"escríbe\w+|mánda\w+|cuénta\w+|pregúnta\w+|contácta\w+|dinos|dime|apártalo|guárdalo|perdona|deja de|"
    r"has|eres|estás|tienes|dices|cuentas|comentas|escribes|mencionas|piensas|ves|quieres|puedes|necesitas|usas|"
    r"encuentras|quieras|puedas|tengas|hayas|digas|cuentes|compartas|expliques|describas|destaques|hables|sigas|"
    r"uses|disfrutes|aproveches)\b",
    re.IGNORECASE,
)
TEXTS = {  # what is told of the customer again, what is found by listed words, and what is neither
    SituationName.QUALITY: ("Se me rompió cuando lo abrí.", "mala calidad, no carga", "Regular."),
    SituationName.SHIPPING: ("Me llegó con la caja abierta.", "nunca llegó, figura como entregado", "Envío"),
    SituationName.SIZING: ("El corte no me favorece.", "muy pequeña, talla equivocada", "Talla"),
    SituationName.MISUNDERSTANDING: ("Es más chico de lo que esperaba.", "no es compatible", "Hm."),
    SituationName.WRONG_ITEM: ("No es el color que pedí.", "talla equivocada, solo llegó una", "Otro"),
    SituationName.SERVICE: ("No me enviaron el cable.", "no respondieron, devolver el dinero", "Atención"),
    SituationName.SAFETY: ("Me quemé con la batería.", "se puso caliente", "Peligro"),
    SituationName.OTHER: ("Lo uso todos los días.", "precio alto", "Normal."),
    SituationName.POSITIVE: ("Me encanta la tela y a mi hija le quedó perfecto.", "cómoda, llegó rápido", "Bien"),
}
CHANNELS = {
    SituationName.SAFETY: (Channel.PRIVATE,),
    SituationName.POSITIVE: (Channel.PUBLIC,),
    SituationName.OTHER: (Channel.PUBLIC,),
}
CASES = [
    (name, channel, text)
    for name, texts in TEXTS.items()
    for channel, text in product(CHANNELS.get(name, Channel), texts)
]


async def written(
    name: SituationName, channel: Channel, text: str, *, voice: BrandVoice = FORMAL, attempt: int = 1, number: int = 1
) -> tuple[Case, Situation, Draft]:
    """Return a draft; the first customer has a name, the second quotes and names a product."""
    quotes = number == 2
    situation = Situation(
        situation=name,
        language="es",
        sentiment=1 if name is SituationName.POSITIVE else -1,
        details=(Detail(text=text, start=0, end=len(text)),) if quotes else (),
        channel=channel,
        confidence=0.9,
        reader="scripted",
    )
    review = Review(
        external_id=str(number),
        text=text,
        author=None if quotes else "Ana M.",
        product=Product(name="Tu lámpara") if quotes else Product(),
    )
    case = Case(review=review, shop=Shop(default_language="es", brand_voice=voice))
    return case, situation, await WRITER.write(case, situation, Brief(attempt=attempt))


def by_the_shop(draft: Draft) -> str:
    """Return what the shop says itself, without what it quotes."""
    return QUOTED.sub("“”", f"{draft.public_reply}\n{draft.private_message or ''}")


@pytest.mark.parametrize("person", ["we", "I"])
async def test_no_sentence_of_the_shop_is_familiar(person: str) -> None:
    voice = BrandVoice.model_validate({"tone": "formal", "person": person})
    for (name, channel, text), number in product(CASES if person == "we" else CASES[::3], (1, 2)):
        _, _, draft = await written(name, channel, text, voice=voice, attempt=number, number=number)
        said = by_the_shop(draft)
        assert not INFORMAL.search(said), said
        assert draft.provenance.fallback_reason is None


def test_each_wording_of_the_customer_is_formal() -> None:
    rules, points = LIBRARY.retelling("es"), LIBRARY.points("es")
    assert rules is not None
    assert points is not None
    told = [*rules.persons.values()]
    told += [point.says for side in (points.complaints, points.praise) for group in side.values() for point in group]
    assert [said for said in told if INFORMAL.search(VOICING.in_tone(said))] == []


@pytest.mark.parametrize(
    ("told", "formal"),
    [
        ("se te rompió cuando lo abriste", "se le rompió cuando lo abrió"),
        ("te lo mandaron en otro color", "se lo mandaron en otro color"),
        ("te compraste dos y te quedaste con una", "se compró dos y se quedó con una"),
        ("es más chico de lo que esperabas", "es más chico de lo que usted esperaba"),
        ("a ti te gusta y a tu hija también", "a usted le gusta y a su hija también"),
        ("Tu bolsa sirve para las compras", "Su bolsa sirve para las compras"),
    ],
)
def test_what_is_told_again_is_told_formally(told: str, formal: str) -> None:
    assert VOICING.in_tone(told) == formal


async def test_formal_drafts_pass_the_guardrails() -> None:
    for name, channel, text in CASES[::2]:
        case, situation, draft = await written(name, channel, text)
        found = GUARDRAILS.inspect(reply_to_check(case, situation, draft))
        assert [finding for finding in found if finding.blocks] == [], draft


async def test_what_is_quoted_stays_as_it_is() -> None:
    replies = [
        (await written(SituationName.OTHER, Channel.PUBLIC, "Tu tienda", attempt=attempt, number=2))[2].public_reply
        for attempt in range(1, 6)
    ]
    assert any("“Tu tienda”" in str(reply) or "“Tu lámpara”" in str(reply) for reply in replies), replies


@pytest.mark.parametrize(
    ("name", "channel", "reply"),
    [
        (
            SituationName.QUALITY,
            Channel.HYBRID,
            "Buenos días, Ana. Sentimos la decepción, y gracias por contarnos que se le rompió cuando lo abrió. "
            "Mándenos un mensaje por el chat de la tienda y lo vemos con usted.\n"
            "Buenos días, Ana. Le escribimos porque nos cuenta que se le rompió cuando lo abrió. "
            "¿Nos dice, por favor, el número de pedido? Si se aprecia en una foto, también nos ayuda.",
        ),
        (
            SituationName.MISUNDERSTANDING,
            Channel.PUBLIC,
            "Buenos días, Ana. Vemos en su comentario que es más chico de lo que usted esperaba, y lo sentimos. "
            "Gracias por el aviso. ¿Hay algo que podamos hacer por usted en el chat de la tienda?",
        ),
        (
            SituationName.POSITIVE,
            Channel.PUBLIC,
            "Buenos días, Ana, es grato leer que le encanta la tela y a su hija le quedó perfecto, muchas gracias. "
            "Nos alegra que haya quedado a gusto.",
        ),
        (
            SituationName.SAFETY,
            Channel.PRIVATE,
            "Buenos días, Ana, gracias por contárnoslo, escríbanos por el chat de la tienda para que podamos "
            "hablarlo.\n"
            "Buenos días, Ana. Gracias por avisarnos, su seguridad es lo primero. "
            "Por ahora deje de usar el artículo, por favor, y guárdelo tal como está. "
            "¿Puede decirnos aquí de qué pedido se trata y qué pasó?",
        ),
    ],
)
async def test_whole_drafts(name: SituationName, channel: Channel, reply: str) -> None:
    _, _, draft = await written(name, channel, TEXTS[name][0])
    assert "\n".join(filter(None, (draft.public_reply, draft.private_message))) == reply
