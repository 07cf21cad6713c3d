"""What reviews in Filipino and Taglish say, said again in a reply."""

from __future__ import annotations

import asyncio

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()

RETOLD = {
    "natanggal po agad yung strap ng bag ko": "natanggal agad yung strap ng bag ninyo",
    "di ko maisara ung zipper sa likod": "hindi ninyo maisara yung zipper sa likod",
    "hnd ko na magamit ung charger": "hindi na ninyo magamit yung charger",
    "ang nipis ng tela": "manipis ang tela",
    "pero ang ganda ng tahi nya": "maganda ang tahi nito",
    "ang lambot nya sa loob": "malambot ito sa loob",
    "nagustuhan ng anak ko yung kulay": "nagustuhan ng anak ninyo yung kulay",
    "kulang ng dalawang turnilyo at wala ung manual": "kulang ng dalawang turnilyo at wala yung manual",
    "kasya sya sakin": "kasya ito sa inyo",
    "wala pa rin ang order ko": "wala pa ang order ninyo",
    "super bilis dumating": "sobrang bilis dumating",
    "isang gamit lng sira na": "isang gamit lang sira na",
    "yung handle ng payong maluwag": "yung handle ng payong maluwag",
    "mas maliit sya kesa sa picture": "mas maliit ito kaysa sa picture",
}

NEVER = [
    "sira zipper",  # without a marker it is chat, no sentence
    "ang ganda ng shop nyo",  # to the shop
    "sana makapal ang tela",
    "maganda ba ang tela",
    "bukas pa darating ang isa",
    "nangati ang braso ko sa tela",
    "mas maganda ang tela sa ibang shop",
    "pangit ang tela sa loob",
    "mabait ang rider ninyo",
    "hindi ako nagalit sa tahi",
    "maganda ang tela ng gawa ni Bernalyn",
    "ibalik ninyo ang bayad ko sa order",
    "the zipper is broken",
]


@pytest.mark.parametrize(("clause", "said"), RETOLD.items())
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str) -> None:
    """The customer is "kayo", chat spellings and the customer's own "po" go, "ang ganda ng" is "maganda ang"."""
    assert retold(clause, "fil", LIBRARY) == said


@pytest.mark.parametrize("clause", NEVER)
def test_what_would_not_read_well_is_left_to_our_own_words(clause: str) -> None:
    """Clauses without markers, to the shop, on other shops, bodies, wishes and people are not said again."""
    assert retold(clause, "fil", LIBRARY) is None


def test_a_draft_repeats_what_the_customer_reports() -> None:
    """The public reply and the private message hold the customer's own particulars."""
    review = Review(
        external_id="1", text="Natanggal agad ung strap ng bag ko. Malambot naman ang tela.", rating=2, language="fil"
    )
    read = Situation(
        situation=SituationName.QUALITY,
        language="fil",
        sentiment=-1,
        channel=Channel.HYBRID,
        confidence=0.9,
        reader="test",
        details=(),
    )
    draft = asyncio.run(TemplateWriter(LIBRARY).write(Case(review=review), read, Brief()))
    assert "natanggal agad yung strap ng bag ninyo" in (draft.public_reply or "").lower()
    assert "natanggal agad yung strap ng bag ninyo" in (draft.private_message or "").lower()
