"""A clause of a review in German, said again about the customer with its verb at the end."""

from __future__ import annotations

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.points import reported
from drafter.writers.retelling import retold
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("Der Henkel ist am dritten Tag gerissen", "der Henkel am dritten Tag gerissen ist"),
        ("Nach einer Woche ging der Schalter kaputt", "der Schalter nach einer Woche kaputtging"),
        ("Nach dem Waschen hat sich die Naht gelöst", "sich die Naht nach dem Waschen gelöst hat"),
        ("Mein Paket kam völlig durchnässt an", "dein Paket völlig durchnässt ankam"),
        ("Das Paket kam an nach drei Wochen", "das Paket ankam nach drei Wochen"),
        ("Der Deckel ist zerbrochen beim Auspacken", "der Deckel zerbrochen ist beim Auspacken"),
        ("Die Stiefel fallen kleiner aus als gedacht", "die Stiefel kleiner ausfallen als gedacht"),
        ("Der Mixer ist lauter als ich erwartet hatte", "der Mixer lauter ist, als du erwartet hattest"),
        ("Die Farbe ist nicht wie auf dem Bild", "die Farbe nicht wie auf dem Bild ist"),
        ("Man kann den Gurt nicht verstellen", "man den Gurt nicht verstellen kann"),
        ("Den Knopf bekomme ich nicht zu", "du den Knopf nicht zubekommst"),
        ("Ich musste zehn Tage auf die Lampe warten", "du zehn Tage auf die Lampe warten musstest"),
        ("Mir gefällt das Muster sehr gut", "dir das Muster sehr gut gefällt"),
        ("Meine Tochter liebt die Jacke", "deine Tochter die Jacke liebt"),
        ("leider ist der stoff sehr dünn", "der Stoff sehr dünn ist"),
        ("Qualität ist in Ordnung", "die Qualität in Ordnung ist"),
        ("riecht stark nach Gummi", "es stark nach Gummi riecht"),
        ("Es fehlen zwei Schrauben", "zwei Schrauben fehlen"),
        ("Es wurde die falsche Größe geliefert", "die falsche Größe geliefert wurde"),
        ("dass die Ärmel so kurz sind", "die Ärmel so kurz sind"),
        ("viel zu klein für meinen Hund", "es viel zu klein für deinen Hund ist"),
        ("Bluse knittert nach dem Waschen", "die Bluse nach dem Waschen knittert"),
        ("Vase kam mit Sprung an", "die Vase mit Sprung ankam"),
        ("Der Schal gefällt mir richtig gut", "dir der Schal richtig gut gefällt"),
        ("Die Folie löst sich an den Ecken", "sich die Folie an den Ecken löst"),
        ("Bin begeistert von der Lampe", "du begeistert von der Lampe bist"),
        ("Es kam nur ein Ohrring an", "nur ein Ohrring ankam"),
        ("Seit vier Wochen warte ich auf mein Paket", "du seit vier Wochen auf dein Paket wartest"),
        ("Nach dem Laden ging die Uhr nicht mehr an", "die Uhr nach dem Laden nicht mehr anging"),
        ("Die Lampe flackert und geht nach kurzer Zeit aus", "die Lampe flackert und nach kurzer Zeit ausgeht"),
        (
            "Die Hose ist zu eng, obwohl ich Größe L bestellt habe",
            "die Hose zu eng ist, obwohl du Größe L bestellt hast",
        ),
    ],
)
def test_says_what_happened_with_the_verb_at_the_end(clause: str, said: str) -> None:
    """The first person becomes the second, the subject comes first and prefixes join their verb."""
    assert retold(clause, "de", LIBRARY) == said


@pytest.mark.parametrize(
    "clause",
    [
        "Sie haben mir den falschen Artikel geschickt",
        "Ihr Kundendienst antwortet nicht",
        "sehr schöne Farbe",
        "die ich im Sommer bestellt habe",
        "der henkel ist am korpus abgerissen",  # a noun that may not be known
        "Die Jacke ist schön der Stoff kratzt",
        "und das Material sind toll",  # half a subject
        "Farbe sind nicht wie auf dem Bild",  # an article would not agree
        "Die Anleitung gibt es nur online",
        "Der Aufbau hat zu zweit ca",
        "Passt die Hose nicht",  # a condition
        "Ich würde die Tasche wieder bestellen",
        "Ich hoffe auf eine schnelle Lieferung",
        "Die Qualität ist unterirdisch",
        "Die Schuhe kamen gestern an",
        "Ist die Lampe kaputt?",
        "Im Laden ist die Tasche günstiger",
        "Das Kleid ist um die Hüfte zu eng",
        "Den Schuh hat der Hund zerbissen",
    ],
)
def test_leaves_a_clause_that_would_not_be_sure_to_read_well(clause: str) -> None:
    """The shop, wishes, verdicts, fragments, run-on clauses and the body are not said again."""
    assert retold(clause, "de", LIBRARY) is None


def read_as(name: str) -> Situation:
    return Situation(
        situation=SituationName(name),
        language="de",
        sentiment=0,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )


def case(text: str) -> Case:
    return Case(review=Review(external_id="1", text=text, language="de"))


def test_a_verb_with_but_is_one_statement() -> None:
    """An "aber" after a verb joins nothing, and is not said again."""
    report = reported(case("Der Stoff ist aber zu dünn."), read_as("quality"), "de", LIBRARY)
    assert [one.said for one in report.main] == ["der Stoff zu dünn ist"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Die Ware ist schnell und gut angekommen.", ["die Ware schnell und gut angekommen ist"]),
        ("Die Tasche ist schön und der Gurt fest.", ["die Tasche schön ist"]),  # the second verb was left out
    ],
)
def test_a_statement_parted_at_and_is_said_whole(text: str, said: list[str]) -> None:
    report = reported(case(text), read_as("positive"), "de", LIBRARY)
    assert [one.said for one in report.main][: len(said)] == said


def test_what_does_not_slip_is_no_complaint() -> None:
    report = reported(case("Die Mütze ist warm und rutscht beim Laufen nicht."), read_as("positive"), "de", LIBRARY)
    assert not report.complaints


def test_a_wrinkle_is_no_praise_for_speed() -> None:
    report = reported(case("Gut verpackt. Hemd knittert sehr schnell."), read_as("positive"), "de", LIBRARY)
    assert [one.said for one in report.complaints] == ["das Hemd sehr schnell knittert"]


async def test_further_praise_has_a_sentence_of_its_own() -> None:
    draft = await TemplateWriter(LIBRARY).write(
        case("Die Lampe macht ein gemütliches Licht. Der Aufbau ging super schnell."), read_as("positive"), Brief()
    )
    first, second = (draft.public_reply or "").lower().split("dass die lampe ein gemütliches licht macht")
    assert "dass der aufbau super schnell ging" in second
    assert "aufbau" not in first


async def test_a_draft_says_it_after_an_apology() -> None:
    review = case("Die Decke ist schön warm, leider verliert sie nach jeder Wäsche viele Fäden.")
    draft = await TemplateWriter(LIBRARY).write(review, read_as("quality"), Brief())
    assert "dass sie nach jeder wäsche viele fäden verliert" in (draft.public_reply or "").lower()


async def test_a_pronoun_is_said_once_for_two_points() -> None:
    draft = await TemplateWriter(LIBRARY).write(
        case("Viel zu klein. Riecht stark nach Gummi."), read_as("quality"), Brief()
    )
    assert "dass es viel zu klein ist und stark nach gummi riecht" in (draft.public_reply or "").lower()
