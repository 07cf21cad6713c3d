"""Portuguese in the formal tone: the shop chats in no sentence of its own; "você" stays, which is polite."""

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
VOICING = Voicing(common=LIBRARY.common("pt"), voice=FORMAL)
QUOTED = re.compile("“[^”]*”")
#: What is chatty, the familiar second person, and the exclamation mark.
INFORMAL = re.compile(
    r"!|\b(?:oi|te|ti|teu|tua|contigo|a gente|pra|tá|tempinho|carinho|chato|chatea\w+|legal|bacana|alegria|"
    r"que bom|que pena|que ótimo|de outro jeito|dá para|se der|em que pé|na mão|é só|mande|chame|chamar|fale com a|"
    r"fale comigo|todo mundo)\b",
    re.IGNORECASE,
)
TEXTS = {  # what is told of the customer again, what is found by listed words, and what is neither
    SituationName.QUALITY: ("O zíper quebrou quando abri.", "difícil de montar, não carrega", "Regular."),
    SituationName.SHIPPING: ("O pacote chegou com a caixa aberta.", "nunca chegou, demorou muito", "Entrega"),
    SituationName.SIZING: ("A calça não me serviu.", "ficou pequeno, ficou apertado", "Tamanho"),
    SituationName.MISUNDERSTANDING: ("É menor do que eu esperava.", "não é compatível", "Hm."),
    SituationName.WRONG_ITEM: ("Não é a cor que pedi.", "tamanho errado, faltou peça", "Outro"),
    SituationName.SERVICE: ("Não me enviaram o cabo.", "ninguém respondeu, reembolso", "Atendimento"),
    SituationName.SAFETY: ("Queimei a mão com a bateria.", "pegou fogo", "Perigo"),
    SituationName.OTHER: ("O preço é justo.", "preço alto", "Normal."),
    SituationName.POSITIVE: ("Amei o tecido e minha filha adorou a cor.", "confortável, chegou rápido", "Bom"),
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
        language="pt",
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
        product=Product(name="Pra Casa") if quotes else Product(),
    )
    case = Case(review=review, shop=Shop(default_language="pt", brand_voice=voice))
    return case, situation, await WRITER.write(case, situation, Brief(attempt=attempt))


def by_the_shop(draft: Draft) -> str:
    """Return what the shop says itself, without what it quotes."""
    return QUOTED.sub("“”", f"{draft.public_reply}\n{draft.private_message or ''}")


@pytest.mark.parametrize("person", ["we", "I"])
async def test_no_sentence_of_the_shop_is_chatty(person: str) -> None:
    voice = BrandVoice.model_validate({"tone": "formal", "person": person})
    for (name, channel, text), number in product(CASES if person == "we" else CASES[::3], (1, 2)):
        _, _, draft = await written(name, channel, text, voice=voice, attempt=number, number=number)
        said = by_the_shop(draft)
        assert not INFORMAL.search(said), said
        assert draft.provenance.fallback_reason is None


def test_each_wording_of_the_customer_is_formal() -> None:
    rules, points = LIBRARY.retelling("pt"), LIBRARY.points("pt")
    assert rules is not None
    assert points is not None
    told = [*rules.persons.values()]
    told += [point.says for side in (points.complaints, points.praise) for group in side.values() for point in group]
    assert [said for said in told if INFORMAL.search(VOICING.in_tone(said))] == []


@pytest.mark.parametrize(
    ("told", "formal"),
    [
        ("em casa todo mundo gostou", "em casa todos gostaram"),
        ("a montagem deu trabalho", "a montagem foi trabalhosa"),
        ("a tampa tá solta e não serve pra viagem", "a tampa está solta e não serve para viagem"),
        ("ficou grande em você", "ficou grande em você"),
    ],
)
def test_what_is_told_again_is_told_formally(told: str, formal: str) -> None:
    assert VOICING.in_tone(told) == formal


async def test_formal_drafts_pass_the_guardrails() -> None:
    for name, channel, text in CASES[::2]:
        case, situation, draft = await written(name, channel, text)
        found = GUARDRAILS.inspect(reply_to_check(case, situation, draft))
        assert [finding for finding in found if finding.blocks] == [], draft


def test_what_is_quoted_stays_as_it_is() -> None:
    given = {"product": "Pra Casa", "detail": "que pena ler", "point": "em casa todo mundo gostou"}
    assert VOICING.filled(given) == given | {"point": "em casa todos gostaram"}


@pytest.mark.parametrize(
    ("name", "channel", "reply"),
    [
        (
            SituationName.QUALITY,
            Channel.HYBRID,
            "Olá, Ana, obrigado pela sinceridade. Lamentamos muito saber que o zíper quebrou quando você abriu. "
            "Entre em contato conosco no chat da loja, com uma foto se quiser, e vemos isso com você.\n"
            "Olá, Ana, no seu comentário você conta que o zíper quebrou quando você abriu, e queremos ajudar. "
            "Você pode dizer qual é o pedido e se há mais alguma coisa que devemos saber?",
        ),
        (
            SituationName.MISUNDERSTANDING,
            Channel.PUBLIC,
            "Olá, Ana. É uma pena saber que é menor do que você esperava. Pedimos desculpas, e obrigado pelo aviso. "
            "Se pudermos ajudar em algo, basta escrever no chat da loja.",
        ),
        (
            SituationName.POSITIVE,
            Channel.PUBLIC,
            "Olá, Ana, é bom saber que você amou o tecido e sua filha adorou a cor, obrigado por contar. "
            "Que você aproveite muito.",
        ),
        (
            SituationName.SAFETY,
            Channel.PRIVATE,
            "Olá, Ana, lemos tudo com atenção e gostaríamos de falar com você no chat da loja.\n"
            "Olá, Ana, agradecemos por nos contar isso, e esperamos que você esteja bem. "
            "Até que isso fique claro, não use mais o item. Diga aqui, por favor, qual é o pedido. "
            "Vamos ler a sua resposta com atenção.",
        ),
    ],
)
async def test_whole_drafts(name: SituationName, channel: Channel, reply: str) -> None:
    _, _, draft = await written(name, channel, TEXTS[name][0])
    assert "\n".join(filter(None, (draft.public_reply, draft.private_message))) == reply
