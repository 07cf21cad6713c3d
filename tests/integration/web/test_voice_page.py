"""The page of the brand voice: for leads, with everything kept that was typed, and a preview that stores nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from drafter.application import Application
from drafter.domain.draft import Usage
from drafter.domain.review import Review
from drafter.domain.shop import BrandVoice, Shop, VoiceExample
from drafter.domain.situation import Channel, SituationName
from drafter.store import shops
from drafter.store.attempts import spent
from drafter.store.database import Database
from drafter.testing import QUIET_SITUATION, FixedClock, ScriptedInspector, ScriptedWriter
from drafter.voices import Voices
from drafter.web.testing import DeskParts, FormBrowser, place

Open = Callable[[str], FormBrowser]
Make = Callable[..., Review]
ASKED: dict[str, str | Sequence[str]] = {
    "tone": "formal",
    "person": "I",
    "emoji": "on",
    "sign_off": " The Tote Team ",
    "use": "our workshop\r\n\r\n by hand ",
    "avoid": "unfortunately",
    "example_review": ["Lovely", ""],
    "example_reply": ["Thank you kindly.", ""],
}


def post(browser: FormBrowser, step: str, **fields: str | Sequence[str]) -> str:
    """Post the form as the page has it, and return the page, or where it leads."""
    page = browser.get("/voice?shop=default").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    answer = browser.post("/voice?shop=default", ASKED | {"step": step, "seen": seen[1]} | fields, page="/voice")
    return answer.headers.get("location", answer.text)


@pytest.mark.parametrize(("name", "status"), [("Ada", 403), ("Lea", 200), ("Max", 200)])
def test_leads_and_admins_see_it(browser_of: Open, name: str, status: int) -> None:
    browser = browser_of(name)
    assert browser.get("/voice").status_code == status
    assert browser.post("/voice?shop=default", {"step": "save", **ASKED}).status_code in (status, 303, 409)
    assert ("Brand voice" in browser.get("/queue").text) == (status == 200)


def test_what_is_saved_is_the_voice_and_shown_again(browser_of: Open, application: Application) -> None:
    lead = browser_of("Lea")
    assert post(lead, "save") == "/voice?shop=default&saved=1"
    assert application.voices.shop("default").brand_voice == BrandVoice(
        tone="formal",
        person="I",
        emoji=True,
        sign_off="The Tote Team",
        use=("our workshop", "by hand"),
        avoid=("unfortunately",),
        examples=(VoiceExample(review="Lovely", reply="Thank you kindly."),),
    )
    page = lead.get("/voice?shop=default&saved=1").text
    for shown in ('value="formal" checked', 'value="I" checked', "our workshop\nby hand", "Thank you kindly.", "Saved"):
        assert shown in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tone": "sultry"}, "one of the three tones"),
        ({"sign_off": "x" * 41}, "at most 40 characters"),
        ({"use": "\n".join(f"phrase {number}" for number in range(21))}, "at most 20 phrases to use"),
        ({"avoid": "x" * 121}, "phrases to avoid"),
        ({"example_review": ["<b>only</b>", ""]}, "An example needs a reply"),
        ({"example_reply": ["x" * 601, ""]}, "at most 600 characters"),
    ],
)
def test_what_cannot_be_a_voice_is_said_and_stays_in_the_form(
    browser_of: Open, application: Application, fields: dict[str, str], told: str
) -> None:
    extra = {"example_reply": ["", ""]} if "example_review" in fields else {}
    page = post(browser_of("Lea"), "save", **fields | extra)
    assert told in page
    assert "unfortunately" in page or "avoid" in fields
    assert "<b>only</b>" not in page
    assert application.voices.shop("default").brand_voice == BrandVoice()


def test_who_saves_over_a_newer_voice_is_told_first(browser_of: Open, application: Application) -> None:
    lead = browser_of("Lea")
    stale = lead.post("/voice?shop=default", {"step": "save", "seen": "0123456789abcdef", **ASKED}, page="/voice")
    assert stale.status_code == 409
    assert "Somebody else changed this voice" in stale.text
    assert "our workshop" in stale.text
    assert application.voices.shop("default").brand_voice.tone == "warm"


def test_an_unknown_shop_is_refused(browser_of: Open) -> None:
    assert browser_of("Lea").get("/voice?shop=nobody").status_code == 422


def test_the_preview_takes_the_shops_own_reviews_and_fills_up_with_ours(
    browser_of: Open, application: Application, review: Make
) -> None:
    bad = QUIET_SITUATION.with_changes(situation=SituationName.QUALITY, sentiment=-1, channel=Channel.HYBRID)
    place(application, review("<i>Zipper</i> broke", product={"name": "Tote"}), situation=bad)
    place(application, review("Lovely", rating=5))
    page = post(browser_of("Lea"), "preview")
    assert page.count("our sample, not your review") == 1
    assert "&lt;i&gt;Zipper&lt;/i&gt; broke" in page
    assert page.count(">As it is<") == page.count(">As it would be<") == 3
    assert page.count("No difference") == 3  # the scripted writer has one voice
    assert "our workshop" in page
    assert application.voices.shop("default").brand_voice == BrandVoice()


def test_findings_stand_under_each_draft(browser_of: Open, application: Application) -> None:
    writer = ScriptedWriter("Thank you, that is a cheap bag.", name="template")
    parts = DeskParts(writers=(writer,), inspector=application.approvals._inspector)
    application.voices._parts = parts
    page = post(browser_of("Lea"), "preview")
    assert page.count("The word cheap stands here.") >= 6


async def test_a_preview_by_a_model_says_what_it_takes_and_is_counted(sqlite_address: str, clock: FixedClock) -> None:
    database = Database(sqlite_address)
    with database.writing() as session:
        shops.save(session, Shop())
    writer = ScriptedWriter(name="llm", model="openai:m", usage=Usage(calls=1, tokens_in=100, tokens_out=10))
    parts = DeskParts(writers=(writer,), inspector=ScriptedInspector())
    voices = Voices(database=database, parts=parts, clock=clock)
    assert voices.calls == 6
    heard = await voices.preview("default", {"tone": "formal"})
    assert (heard.usage.calls, heard.usage.tokens_in) == (6, 600)
    with database.reading() as session:
        assert [(one.shop, one.calls) for one in spent(session, clock.now())] == [("default", 6)]
    database.close()
