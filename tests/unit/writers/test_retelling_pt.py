"""A clause of a review in Portuguese is said again about the customer, or not at all."""

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()


@pytest.mark.parametrize(
    ("clause", "again"),
    [
        ("veio com a tampa quebrada", "veio com a tampa quebrada"),
        ("Meu relógio parou no terceiro dia", "seu relógio parou no terceiro dia"),
        ("nao recebi o cabo", "você não recebeu o cabo"),
        ("eu ainda não recebi o pedido", "você ainda não recebeu o pedido"),
        ("é menor do que eu esperava", "é menor do que você esperava"),
        ("a cor nao é a que comprei", "a cor não é a que você comprou"),
        ("só me mandaram uma peça", "você só recebeu uma peça"),
        ("minha filha adorou a boneca", "sua filha adorou a boneca"),
        ("não me serviu", "não serviu em você"),
        ("infelizmente a alça arrebentou na primeira semana", "a alça arrebentou na primeira semana"),
        ("mas o produto ta com defeito", "está com defeito"),
        ("Bateria dura mt pouco", "a bateria dura muito pouco"),
        ("gostei muito do tecido", "você gostou muito do tecido"),
        ("parou de funcionar quando lavei", "parou de funcionar quando você lavou"),
        ("não liga", "não liga"),
        ("os anéis escureceram em um mês", "os anéis escureceram em um mês"),
        ("só achei o fecho fraco", "você achou o fecho fraco"),
        ("a mochila é boa sim", "a mochila é boa"),
    ],
)
def test_says_what_happened_about_the_customer(clause: str, again: str) -> None:
    assert retold(clause, "pt", LIBRARY) == again


@pytest.mark.parametrize(
    "clause",
    [
        "péssimo material da capa",
        "tecido muito fino mesmo",  # no verb
        "a cor que escolhi para a sala",  # half a sentence
        "ontem chegou a caixa quebrada",  # a time that passes
        "vocês não mandaram o cabo",
        "a loja não resolve nada",
        "deu alergia na minha pele",
        "nunca mais compro aqui",
        "quem confere os pedidos",
        "me sinto em dúvida com ele",
        "recomendo para todo mundo",
        "moro em um prédio sem porteiro",
        "a capa da Samsung não encaixa",  # a name we do not know
        "na foto parece mais largo",
        "ou a etiqueta está errada ou o tecido encolheu",
        "não vazou nada na bolsa",
    ],
)
def test_leaves_alone_what_would_not_read_well(clause: str) -> None:
    assert retold(clause, "pt", LIBRARY) is None


async def test_a_reply_tells_what_the_customer_told() -> None:
    review = Review(external_id="1", text="A tampa quebrou na primeira semana. Mas adorei a cor da garrafa.", rating=2)
    situation = Situation(
        situation=SituationName.QUALITY,
        language="pt",
        sentiment=-1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    draft = await TemplateWriter(LIBRARY).write(
        Case(review=review, shop=Shop(default_language="pt")), situation, Brief()
    )
    assert "que a tampa quebrou na primeira semana" in str(draft.public_reply)
    assert "você adorou a cor da garrafa" in str(draft.public_reply)


async def test_further_praise_has_a_sentence_of_its_own() -> None:
    review = Review(external_id="2", text="A tampa fecha muito bem. A cor é linda.", rating=5)
    situation = Situation(
        situation=SituationName.POSITIVE,
        language="pt",
        sentiment=1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    draft = await TemplateWriter(LIBRARY).write(
        Case(review=review, shop=Shop(default_language="pt")), situation, Brief()
    )
    reply = str(draft.public_reply)
    assert reply.index("que a tampa fecha muito bem") < reply.index(".", 8) < reply.index("que a cor é linda")
