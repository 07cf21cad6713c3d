"""A clause of a review in Spanish is said again about the customer, or not at all."""

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
        ("me llegó con la tapa rota", "te llegó con la tapa rota"),
        ("Mi lámpara dejó de encender al tercer día", "tu lámpara dejó de encender al tercer día"),
        ("la bateria dura muy poco", "la batería dura muy poco"),
        ("no es el color que pedí", "no es el color que pediste"),
        ("es más chico de lo que esperaba", "es más chico de lo que esperabas"),
        ("pensé que traía las pilas", "pensabas que traía las pilas"),
        ("me mandaron otro modelo", "recibiste otro modelo"),
        ("no me enviaron el cable", "no recibiste el cable"),
        ("La verdad es que me encanta la tela", "te encanta la tela"),
        ("a mi hija le quedó grande", "a tu hija le quedó grande"),
        ("encima el cierre se trabó", "el cierre se trabó"),
        ("pero la caja esta rota", "la caja está rota"),
        ("Material es muy delgado", "el material es muy delgado"),
        ("se me rompió cuando lo abrí", "se te rompió cuando lo abriste"),
        ("no enciende", "no enciende"),
        ("a mi perrita le encantó su camita", "a tu perrita le encantó su camita"),
        ("el forro es finísimo", "el forro es finísimo"),
        ("el corte no me favorece", "el corte no te favorece"),
    ],
)
def test_says_what_happened_about_the_customer(clause: str, again: str) -> None:
    assert retold(clause, "es", LIBRARY) == again


@pytest.mark.parametrize(
    "clause",
    [
        "muy mala calidad del plástico",  # no verb
        "el color que elegí para la sala",  # half a sentence
        "ayer llegó el paquete roto",  # a time that passes
        "el vendedor no me respondió nada",
        "ustedes no cumplen con nada",
        "es una basura de producto",
        "me sacó ronchas en la piel",
        "les escribí tres veces por correo",
        "quién revisa los pedidos",
        "devolví la lámpara por la tarde sin usarla nunca yo",
        "lo recomiendo a todo el mundo",
        "vivo en un edificio sin portero",
        "la funda de Samsung no encaja",  # a name we do not know
        "en la foto se ve más ancho",
        "no entiendo cómo se arma",
        "llegó un martes por la tarde",
    ],
)
def test_leaves_alone_what_would_not_read_well(clause: str) -> None:
    assert retold(clause, "es", LIBRARY) is None


async def test_a_reply_tells_what_the_customer_told() -> None:
    review = Review(
        external_id="1", text="La correa se me soltó a los dos días. Eso sí, me encanta el color.", rating=2
    )
    situation = Situation(
        situation=SituationName.QUALITY,
        language="es",
        sentiment=-1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    draft = await TemplateWriter(LIBRARY).write(
        Case(review=review, shop=Shop(default_language="es")), situation, Brief()
    )
    assert "que la correa se te soltó a los dos días" in str(draft.public_reply)
    assert "te encanta el color" in str(draft.public_reply)


async def test_further_praise_has_a_sentence_of_its_own() -> None:
    review = Review(external_id="2", text="La tapa cierra muy bien. El color es precioso.", rating=5)
    situation = Situation(
        situation=SituationName.POSITIVE,
        language="es",
        sentiment=1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    draft = await TemplateWriter(LIBRARY).write(
        Case(review=review, shop=Shop(default_language="es")), situation, Brief()
    )
    reply = str(draft.public_reply)
    assert reply.index("que la tapa cierra muy bien") < reply.index(".", 8) < reply.index("que el color es precioso")
