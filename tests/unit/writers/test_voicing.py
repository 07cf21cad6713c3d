"""The voice of a shop over the wordings: person, tone, phrases to avoid and to use, emoji."""

from __future__ import annotations

import re

import pytest

from drafter.domain.case import Brief, Case
from drafter.domain.review import Review
from drafter.domain.shop import BrandVoice, Shop
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.writers.template import TemplateWriter
from drafter.writers.voicing import Voicing
from prompts.library import Common, Library

LIBRARY = Library()
SHIPPED = Voicing(common=LIBRARY.common("en"), voice=BrandVoice())
SHORT_FORM = re.compile(r"\b(?:we|you|it|that|there|i)['’](?:re|ve|d|ll|s|m)\b|n['’]t\b|\bThanks\b", re.IGNORECASE)


def common(**fields: object) -> Common:
    greeting = {"with_name": ["Hi {name},"], "without_name": [""]}
    return Common.model_validate({"language": "en", "greeting": greeting, "also": {}} | fields)


def voicing(voice: dict[str, object], **fields: object) -> Voicing:
    return Voicing(common=common(**fields), voice=BrandVoice.model_validate(voice))


async def reply(voice: dict[str, object], text: str, *, name: str = "positive", brief: Brief = Brief()) -> str:
    read = Situation(
        situation=SituationName(name),
        language="en",
        sentiment=1,
        channel=Channel.PUBLIC,
        confidence=0.9,
        reader="scripted",
    )
    shop = Shop(brand_voice=BrandVoice.model_validate(voice))
    case = Case(review=Review(external_id="1", text=text, author="Ana M."), shop=shop)
    return str((await TemplateWriter(LIBRARY).write(case, read, brief)).public_reply)


def test_a_phrase_is_exchanged_whole_and_keeps_its_capital() -> None:
    own = voicing({"person": "I"}, first_person={"we are": "I am", "we": "I", "us": "me"})
    assert own.said("We are glad that we know, because you told us.") == "I am glad that I know, because you told me."
    assert own.said("A bus went west.") == "A bus went west."


def test_scripts_without_spaces_are_exchanged_anywhere() -> None:
    own = voicing({"person": "I"}, first_person={"私ども": "私"})
    assert own.said("これは私どもの店です。") == "これは私の店です。"


def test_a_wording_that_still_says_we_is_not_used_for_one_person() -> None:
    own = voicing({"person": "I"}, first_person={"lamentamos": "lamento"}, plural=["nos", "*amos"])
    assert own.usable(["Lo lamentamos.", "Estamos contentos.", "Nos alegra."]) == ["Lo lamentamos."]


def test_where_no_wording_is_left_all_are_used() -> None:
    own = voicing({"avoid": ["glad"]})
    assert own.usable(["We are glad.", "So glad about {topic}."]) == ["We are glad.", "So glad about {topic}."]


def test_a_wish_that_the_wordings_do_not_meet_is_told() -> None:
    told = voicing({"person": "I", "tone": "formal", "use": ["happy crafting"], "avoid": ["glad"]}).shortfalls(
        [["We are glad."]]
    )
    assert [word in line for word, line in zip(("avoids", "“I”", "“formal”", "phrases"), told, strict=True)] == [
        True
    ] * 4


def test_wordings_that_never_say_we_speak_as_one_too() -> None:
    assert voicing({"person": "I"}, first_person={}).shortfalls([["Danke."]]) == ()


@pytest.mark.parametrize("tone", ["neutral", "formal"])
async def test_english_that_is_not_warm_has_no_short_forms(tone: str) -> None:
    for number in range(20):
        text = await reply({"tone": tone}, f"The zipper broke, {number}.", name="quality")
        assert not SHORT_FORM.search(text), text
        assert text.startswith("Dear Ana," if tone == "formal" else "Hello Ana,")


async def test_a_draft_may_ask_for_another_tone_than_the_shops() -> None:
    assert (await reply({}, "Good.", brief=Brief(tone="formal"))).startswith("Dear Ana,")


@pytest.mark.parametrize(
    ("name", "emoji", "count"), [("positive", True, 1), ("quality", True, 0), ("positive", False, 0)]
)
async def test_praise_may_be_answered_with_one_emoji(name: str, emoji: bool, count: int) -> None:
    text = await reply({"emoji": emoji}, "Lovely.", name=name)
    assert sum(text.count(mark) for mark in LIBRARY.words("emoji").every) == count


async def test_a_phrase_that_the_shop_likes_ends_some_replies() -> None:
    texts = [await reply({"use": ["Happy sewing!"]}, f"Lovely, {number}.") for number in range(20)]
    assert 0 < sum(text.endswith("Happy sewing!") for text in texts) < 20


def test_only_whole_sentences_can_end_a_reply() -> None:
    assert voicing({"use": ["Happy sewing!", "crafted with care", "One. Two."]}).closings == ("Happy sewing!",)
