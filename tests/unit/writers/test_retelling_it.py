"""A clause of a review in Italian, said again about the customer."""

from __future__ import annotations

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("la mia borsa si è scucita dopo tre giorni", "la tua borsa si è scucita dopo tre giorni"),
        ("ho ricevuto una taglia M invece della L", "hai ricevuto una taglia M invece della L"),
        ("Mi aspettavo un tessuto più pesante", "ti aspettavi un tessuto più pesante"),
        ("non ho ancora ricevuto il pacco", "non hai ancora ricevuto il pacco"),
        ("arrivato con il vetro rotto", "è arrivato con il vetro rotto"),
        ("purtroppo la cerniera non scorre", "la cerniera non scorre"),
        ("le maniche mi arrivano alle dita", "le maniche ti arrivano alle dita"),
        ("troppo stretto per me", "è troppo stretto per te"),
        ("manca la terza mensola", "manca la terza mensola"),
        ("e la batteria dura poco", "la batteria dura poco"),
        ("il cuscino è morbidissimo", "il cuscino è morbidissimo"),
        ("ha lasciato il pacco sotto la pioggia", "il corriere ha lasciato il pacco sotto la pioggia"),
        ("nn si accende piu", "non si accende più"),
        ("i pantaloni che ho ricevuto hanno un buco in tasca", "i pantaloni hanno un buco in tasca"),
        ("all'inizio ha un odore di plastica", "all'inizio ha un odore di plastica"),
        ("scendono quando cammino", "scendono quando cammini"),
        ("il colore si abbina al mio divano", "il colore si abbina al tuo divano"),
    ],
)
def test_says_what_happened_about_the_customer(clause: str, said: str) -> None:
    """The first person becomes the second, and what customers leave out is put before."""
    assert retold(clause, "it", Library()) == said


@pytest.mark.parametrize(
    "clause",
    [
        "mi avete mandato il colore sbagliato",
        "il venditore non risponde",
        "molto bello e comodo",
        "lo ricomprerò di sicuro",
        "lo consiglio a tutti",
        "la qualità è pessima",
        "se fosse più grande sarebbe perfetto",
        "la maniglia che si stacca",
        "ieri il tostapane si è bloccato",
        "la crema mi ha irritato la pelle",
        "è una copia mal fatta",
        "la lampada funziona a batteria ?",
        "sono un tipo preciso",
        "il cavo è lungo e la luce è calda",
        "la stoffa non si stropiccia",
    ],
)
def test_leaves_a_clause_that_would_not_be_sure_to_read_well(clause: str) -> None:
    """The shop, wishes, verdicts, fragments, verbs of two persons and harm are not said again."""
    assert retold(clause, "it", Library()) is None


async def test_a_draft_says_what_the_review_says() -> None:
    """The reply repeats the customer's particulars with the apostrophe of its own sentences."""
    text = "L'anta si è staccata dopo una settimana e non ho avuto risposta."
    case = Case(review=Review(external_id="it-1", text=text, rating=1, language="it"))
    read = Situation(
        situation=SituationName.QUALITY,
        language="it",
        sentiment=-1,
        channel=Channel.HYBRID,
        confidence=0.9,
        reader="test",
        details=(),
    )
    draft = await TemplateWriter(Library()).write(case, read, Brief())
    assert draft.public_reply is not None
    assert "l’anta si è staccata dopo una settimana" in draft.public_reply
    assert "non hai avuto risposta" in draft.public_reply
