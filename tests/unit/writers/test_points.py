"""A reply repeats what a review reports: found by words, not where they are denied, by clauses of our own."""

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.points import Report, Stated, joined, reported
from drafter.writers.template import TemplateWriter
from prompts.library import Library

LIBRARY = Library()


def read_as(name: str, *, channel: str = "public", language: str = "en", secondary: tuple[str, ...] = ()) -> Situation:
    return Situation(
        situation=SituationName(name),
        secondary=tuple(map(SituationName, secondary)),
        language=language,
        sentiment=0,
        channel=Channel(channel),
        confidence=0.9,
        reader="scripted",
    )


def case(text: str, rating: int | None = None) -> Case:
    return Case(review=Review(external_id="1", text=text, rating=rating), shop=Shop(default_language="en"))


def report(name: str, text: str, *, channel: str = "public", language: str = "en") -> Report:
    return reported(case(text), read_as(name, channel=channel, language=language), "en", LIBRARY)


def said(stated: tuple[Stated, ...]) -> list[str]:
    return [one.said for one in stated]


async def reply(name: str, text: str, **situation: object) -> str:
    draft = await TemplateWriter(LIBRARY).write(case(text), read_as(name, **situation), Brief())  # type: ignore[arg-type]
    return str(draft.public_reply)


@pytest.mark.parametrize(
    ("name", "text", "clauses"),
    [
        ("quality", "The zipper broke.", ["the zipper broke"]),
        ("quality", "It stopped working after 3 weeks!", ["it stopped working after 3 weeks"]),
        ("quality", "STOPPED WORKING after a few days", ["it stopped working after a few days"]),
        ("quality", "The colour faded, the strap tore.", ["the colour faded", "the strap tore"]),
        ("quality", "It doesn’t work.", ["it doesn't work"]),  # the denial is what it says
        (
            "shipping",
            "Box all crushed and it came weeks late",
            ["the parcel arrived in a bad state", "it came weeks late"],
        ),
        (
            "shipping",
            "Box was crushed and it came weeks late",
            ["the box was crushed and it came weeks late"],
        ),
        ("sizing", "Too small, way too small.", ["it's too small"]),  # once
    ],
)
def test_complaints_are_repeated_in_the_order_of_the_review(name: str, text: str, clauses: list[str]) -> None:
    assert said(report(name, text).main) == clauses


@pytest.mark.parametrize(
    "text",
    [
        "The zipper never broke.",
        "Nothing broken.",
        "I hope it is not broken.",
        "If it broke I would tell you.",
        "The gizmo wobbles.",
    ],
)
def test_what_is_denied_or_supposed_is_not_repeated(text: str) -> None:
    assert report("quality", text) == Report()


def test_no_more_than_three_are_repeated_and_those_of_the_situation_come_first() -> None:
    text = "Came weeks late. No reply. Too small. The seam opened. The colour faded. The strap tore."
    main = report("quality", text).main
    assert {about for one in main for about in one.about} == {"quality"}
    assert len(main) == 3


def test_what_is_said_in_general_is_left_out_beside_what_happened() -> None:
    assert said(report("quality", "Bad quality, the strap tore.").main) == ["the strap tore"]
    assert said(report("quality", "Bad quality.").main) == ["the quality isn't what you'd hoped for"]


def test_praise_stands_beside_a_complaint_unless_it_is_about_the_same() -> None:
    both = report("quality", "Great packaging but the strap tore")
    assert (said(both.main), said(both.praise)) == (["the strap tore"], ["it was packed with care"])
    late = report("shipping", "Well packed but it came weeks late")
    assert late.praise == ()


def test_praise_leads_where_the_review_is_praise() -> None:
    glad = report("positive", "Fits perfectly and so comfortable, but it came weeks late")
    assert said(glad.main) == ["it fits perfectly", "it's comfortable"]
    assert said(glad.complaints) == ["it came weeks late"]


def test_nothing_is_repeated_in_private_or_in_another_language() -> None:
    assert report("quality", "The zipper broke.", channel="private") == Report()
    assert report("quality", "The zipper broke.", language="fr") == Report()


@pytest.mark.parametrize(("number", "text"), [(1, "a"), (2, "a and that b"), (3, "a, that b and that c")])
def test_clauses_are_joined_as_the_language_does(number: int, text: str) -> None:
    points = LIBRARY.points("en")
    assert points is not None
    stated = [Stated(said, frozenset({"quality"}), said, said, broad=False) for said in "abc"[:number]]
    assert joined(stated, points) == text


async def test_a_point_that_is_repeated_is_not_named_as_a_topic_too() -> None:
    text = await reply("quality", "The strap tore and it came weeks late.", channel="hybrid", secondary=("shipping",))
    assert "that the strap tore and it came weeks late" in text
    assert "what you say about" not in text


async def test_a_complaint_about_something_else_stands_beside_what_the_reply_is_about() -> None:
    text = await reply("shipping", "The courier is a riddle. The strap tore.", channel="hybrid")
    assert "the courier" in text
    assert "that the strap tore" in text


async def test_a_reply_without_room_repeats_less() -> None:
    text = "It stopped working after 3 weeks, the colour faded after the first wash, the strap tore."
    long = await TemplateWriter(LIBRARY).write(case(text), read_as("quality"), Brief())
    limits = Shop(default_language="en").limits.with_changes(public_words=32)
    short_case = case(text).with_changes(shop=Shop(default_language="en", limits=limits))
    short = await TemplateWriter(LIBRARY).write(short_case, read_as("quality"), Brief())
    told = ("it stopped working after 3 weeks", "the colour faded after the first wash", "the strap tore")
    in_long, in_short = (sum(one in str(draft.public_reply) for one in told) for draft in (long, short))
    assert in_long > in_short >= 1
    assert len(str(short.public_reply).split()) <= 32


@pytest.mark.parametrize("name", ["quality", "shipping"])
def test_what_arrived_broken_is_the_point_of_either_situation(name: str) -> None:
    assert said(report(name, "The lamp arrived broken.").main) == ["the lamp arrived broken"]


async def test_what_is_read_as_praise_and_only_complains_is_answered_as_a_complaint() -> None:
    text = await reply("positive", "The lamp arrived broken, what a waste of effort.")
    assert "sorry" in text.casefold()
    assert "the lamp arrived broken" in text
    assert "chat" in text or "order page" in text
    assert "sorry" not in (await reply("positive", "Lovely, but it came weeks late.")).casefold()


def test_praise_is_not_taken_from_a_clause_that_denies_something_before_it() -> None:
    assert report("quality", "The sleeves are not as bell shaped as pictured.").praise == ()
    assert said(report("quality", "It looks just like the picture but the strap tore.").praise) == [
        "it looks just like the picture"
    ]


async def test_a_topic_is_rather_taken_from_a_clause_with_a_fault() -> None:
    text = await reply("quality", "It has a screen and a remote, but the gizmo and the hinge of the lid disappoint.")
    assert "the lid" in text
    assert "the screen" not in text
