"""What reviews in Filipino and Taglish say, said again in a reply."""

from __future__ import annotations

import asyncio

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.points import reported
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
    "may konting gasgas lang sa gilid": "may kaunting gasgas sa gilid",  # a shop does not make light of it
    "ang luwag sa akin": "maluwag ito sa inyo",
    "kulang lang ng turnilyo": "kulang ng turnilyo",
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
    "hindi dumidikit ang pancake",  # praise of a pan
]

DENIED = [
    "Hindi agad kumukupas ang kulay.",
    "Hindi siya lumiit kahit labhan.",
    "Hindi naghihimulmol yung kumot.",
    "Hindi dumidikit ang itlog sa kawali.",
]


def situation_of(name: SituationName) -> Situation:
    glad = name is SituationName.POSITIVE
    return Situation(
        situation=name,
        language="fil",
        sentiment=1 if glad else -1,
        channel=Channel.PUBLIC if glad else Channel.HYBRID,
        confidence=0.9,
        reader="test",
        details=(),
    )


@pytest.mark.parametrize(("clause", "said"), RETOLD.items())
def test_a_clause_is_said_again_about_the_customer(clause: str, said: str) -> None:
    """The customer is "kayo", chat spellings and the customer's own "po" go, "ang ganda ng" is "maganda ang"."""
    assert retold(clause, "fil", LIBRARY) == said


@pytest.mark.parametrize("clause", NEVER)
def test_what_would_not_read_well_is_left_to_our_own_words(clause: str) -> None:
    """Clauses without markers, to the shop, on other shops, bodies, wishes and people are not said again."""
    assert retold(clause, "fil", LIBRARY) is None


@pytest.mark.parametrize("text", DENIED)
def test_a_fault_that_is_denied_is_no_complaint(text: str) -> None:
    """What does not fade or shrink is praised; the words alone tell so little that a reply says nothing of it."""
    review = Review(external_id="1", text=text, rating=3, language="fil")
    report = reported(Case(review=review), situation_of(SituationName.QUALITY), "fil", LIBRARY)
    assert not report.complaints
    assert report.glad or not report.main


def test_further_praise_gets_a_sentence_of_its_own() -> None:
    """A reply to praise thanks for the first point and is glad of the others after that."""
    text = "Malambot ang tela ng kumot. Mabilis dumating ang order ko."
    review = Review(external_id="1", text=text, rating=5, language="fil")
    read = situation_of(SituationName.POSITIVE)
    reply = asyncio.run(TemplateWriter(LIBRARY).write(Case(review=review), read, Brief())).public_reply or ""
    first, second = "malambot ang tela ng kumot", "mabilis dumating ang order"
    assert reply.lower().index(first) < reply.index(".") < reply.lower().index(second)


def test_a_draft_repeats_what_the_customer_reports() -> None:
    """The public reply and the private message hold the customer's own particulars."""
    review = Review(
        external_id="1", text="Natanggal agad ung strap ng bag ko. Malambot naman ang tela.", rating=2, language="fil"
    )
    read = situation_of(SituationName.QUALITY)
    draft = asyncio.run(TemplateWriter(LIBRARY).write(Case(review=review), read, Brief()))
    assert "natanggal agad yung strap ng bag ninyo" in (draft.public_reply or "").lower()
    assert "natanggal agad yung strap ng bag ninyo" in (draft.private_message or "").lower()
