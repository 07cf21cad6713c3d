"""Retelling in English: a clause of a review is said again about the customer, or not at all."""

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


@pytest.mark.parametrize(
    ("clause", "again"),
    [
        ("my umbrella bent in the first wind", "your umbrella bent in the first wind"),
        ("It isnt as sturdy as I was hoping for", None),  # a wish is not repeated
        ("It isnt as warm as I was expecting", "it isn't as warm as you were expecting"),
        ("arrived two weeks late", "it arrived two weeks late"),
        ("unfortunately the lid doesn't close", "the lid doesn't close"),
        ("fabric feels rough", "the fabric feels rough"),
        ("This runs way to small", "it runs way too small"),
        ("These fit perfectly", "they fit perfectly"),
        ("I found a hole in the sleeve", "you found a hole in the sleeve"),
        ("its handle came loose", "its handle came loose"),
        ("its too heavy for me", "it's too heavy for you"),
        ("it fits well", "it fits well"),
        ("I love how it looks on our wall", "you love how it looks on your wall"),
        ("They sent me the wrong size", "you were sent the wrong size"),
        ("I can't close the zipper", "you couldn't close the zipper"),
        ("I cannot use it", "you couldn't use it"),
        ("run half a size small", "they run half a size small"),
        ("headphones keep falling out", "the headphones keep falling out"),
        ("Color is not like photo", "the color is not like the photo"),
        ("Their packaging is lovely", "the packaging is lovely"),
    ],
)
def test_a_clause_is_said_again_about_the_customer(clause: str, again: str | None) -> None:
    """What a customer says of the article and of themselves is said to them, in standard spelling."""
    assert retold(clause, "en", LIBRARY) == again


@pytest.mark.parametrize(
    "clause",
    [
        "I ordered the lamp in black",  # what the customer did is no complaint
        "I opened the box on the table",
        "they are very rude on the phone",  # "they" is the shop
        "they have no idea what they sell",
        "I will never order from them again",
        "their support takes weeks",
        "I wanted to love it",
        "it would've been perfect",
        "the colour is not too bright",  # praise by a denial
        "it doesn't slip",
        "very cheap material",  # no verb
        "the smell of plastic",  # nor here
        "if it breaks I will be sad",
        "it was on sale",
        "the delivery took weeks ago",
        "it smells like a wet dog but it's your fault",
        "it's a nice lamp it's just too dim",  # two statements without a mark between them
        "I love summer dresses",  # not about the article
        "it's too tight on my hips",
        "this is not the lamp for you",  # said to other customers
        "I was really happy with the first two",  # no praise of this one
        "the strap hurts after an hour",
    ],
)
def test_what_would_read_oddly_is_left_to_words_of_ours(clause: str) -> None:
    """A clause about the shop, the body or the past, and one that is none, is not said again."""
    assert retold(clause, "en", LIBRARY) is None


def draft_of(text: str, situation: SituationName, channel: Channel) -> tuple[str, str]:
    """Return the public reply and the private message that the template writer drafts."""
    read = Situation(
        situation=situation, language="en", sentiment=-1, channel=channel, confidence=0.9, reader="test", details=()
    )
    case = Case(review=Review(external_id="1", text=text, rating=2, language="en"))
    draft = asyncio.run(TemplateWriter(LIBRARY).write(case, read, Brief()))
    return draft.public_reply or "", draft.private_message or ""


def test_a_draft_says_the_complaint_and_the_praise_as_the_customer_did() -> None:
    """Both texts repeat what broke, and the public one what was liked."""
    text = "My kettle leaked on the second day. The handle is comfortable, I ordered it in red."
    public, private = draft_of(text, SituationName.QUALITY, Channel.HYBRID)

    assert "your kettle leaked on the second day" in public
    assert "the handle is comfortable" in public
    assert "your kettle leaked on the second day" in private
    assert "ordered" not in public


def test_a_draft_spells_a_colour_as_the_customer_does() -> None:
    """A point of ours takes the customer's spelling."""
    american, _ = draft_of("Wrong color!", SituationName.WRONG_ITEM, Channel.HYBRID)
    british, _ = draft_of("Wrong colour!", SituationName.WRONG_ITEM, Channel.HYBRID)

    assert "the wrong color" in american
    assert "the wrong colour" in british


def test_a_clause_is_not_parted_within_so_much() -> None:
    """ "So" joins clauses, but not in "smells so bad"."""
    public, _ = draft_of("This kettle smells so bad.", SituationName.QUALITY, Channel.PUBLIC)

    assert "the kettle smells so bad" in public


def test_praise_of_several_things_is_said_in_two_sentences() -> None:
    """The first thanks for one point, the second repeats the others."""
    public, _ = draft_of("The handle is comfortable. I love the colour!", SituationName.POSITIVE, Channel.PUBLIC)
    first, second = public.split("the handle is comfortable")

    assert "hank" in first + second
    assert "you love the colour" in second


@pytest.mark.parametrize(
    ("text", "said"),
    [("Cute earrings!", "you find them cute"), ("Cute lamp!", "you find it cute")],
)
def test_more_than_one_article_is_told_from_one(text: str, said: str) -> None:
    """Clauses of ours speak of earrings as "them"."""
    public, _ = draft_of(text, SituationName.POSITIVE, Channel.PUBLIC)

    assert said in public
