"""The page about drafts: for leads, with figures that say how little few drafts tell, and safe against any text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from drafter.application import Application
from drafter.approvals import DecisionRequest
from drafter.domain.approval import DecisionKind
from drafter.domain.draft import Attempt, Provenance
from drafter.domain.review import Review
from drafter.domain.shop import Shop
from drafter.domain.situation import SituationName
from drafter.store import shops
from drafter.testing import QUIET_SITUATION, FixedClock
from drafter.web.testing import FormBrowser, place

Open = Callable[[str], FormBrowser]
Make = Callable[..., Review]
Decide = Callable[..., str]

MODEL = Provenance(writer="llm", model="openai:small", prompt="write_reply", prompt_hash="sha256:5f1c0a9e7b")
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'


@pytest.fixture
def decide(application: Application, review: Make) -> Decide:
    """Put a draft before a person and decide on it at once."""

    def take(kind: str, reply: str = "We are sorry for this.", shop: str = "default", **wishes: str) -> str:
        situation = QUIET_SITUATION.with_changes(situation=SituationName.QUALITY)
        tries = (
            Attempt(writer="llm", model="openai:small", number=1, outcome="blocked", codes=("tone",)),
            Attempt(writer="llm", model="openai:small", number=2, outcome="passed"),
        )
        item_id = place(application, review(shop=shop), reply, situation=situation, provenance=MODEL, attempts=tries)
        request = DecisionRequest.model_validate({"kind": DecisionKind(kind), **wishes})
        lea = application.people.actor_named("Lea")
        application.approvals.decide(item_id, request, actor=lea, expected_version=1)
        return item_id

    return take


@pytest.mark.parametrize(("name", "status"), [("Ada", 403), ("Lea", 200), ("Max", 200)])
def test_the_page_is_for_leads_and_admins(browser_of: Open, name: str, status: int) -> None:
    browser = browser_of(name)
    assert browser.get("/insights/drafts").status_code == status
    assert ("/insights/drafts" in browser.get("/queue").text) == (status == 200)


def test_without_decisions_the_page_says_so(browser_of: Open) -> None:
    text = browser_of("Lea").get("/insights/drafts").text
    assert "Nobody decided on a draft" in text
    assert "<table" not in text


def test_three_approvals_are_no_certainty(browser_of: Open, decide: Decide) -> None:
    for _ in range(3):
        decide("approve")
    text = browser_of("Lea").get("/insights/drafts").text
    assert "3 of 3" in text
    assert "likely 44 to 100%" in text
    assert "<b>100%" not in text


def test_figures_differences_and_reasons_are_shown(browser_of: Open, decide: Decide) -> None:
    edited = decide("approve", public_reply="We are very sorry for that.")
    decide("reject", reason="Too cold")
    decide("regenerate", instruction="Name the zipper")
    decide("dismiss", reason="spam")
    text = browser_of("Lea").get("/insights/drafts").text
    for shown in (
        "openai:small",
        '<code class="quiet" title="sha256:5f1c0a9e7b">',
        "Too cold",
        "Name the zipper",
        f'<a href="/items/{edited}">Quality</a>',
        "<ins> very</ins>",
        "<del>this</del><ins>that</ins>",
        "Tone",
    ):
        assert shown in text
    assert "spam" not in text


def test_a_shop_and_a_time_can_be_chosen(
    application: Application, browser_of: Open, decide: Decide, clock: FixedClock
) -> None:
    with application.database.writing() as session:
        shops.save(session, Shop(name="other", display_name="The other one"))
    decide("reject", reason="Ours alone")
    decide("reject", reason="Theirs alone", shop="other")
    browser = browser_of("Lea")
    assert "Theirs alone" in browser.get("/insights/drafts").text
    other = browser.get("/insights/drafts?shop=other").text
    assert "Theirs alone" in other
    assert "Ours alone" not in other
    clock.forward(timedelta(days=8))
    browser = browser_of("Lea")
    assert "Ours alone" not in browser.get("/insights/drafts?days=7").text
    assert "Ours alone" in browser.get("/insights/drafts?days=9").text


@pytest.mark.parametrize(("query", "status"), [("shop=nope", 422), ("days=0", 422), ("days=x", 422), ("shop=%00", 422)])
def test_what_cannot_be_chosen_is_told_on_a_page(browser_of: Open, query: str, status: int) -> None:
    answer = browser_of("Lea").get(f"/insights/drafts?{query}")
    assert answer.status_code == status
    assert "This cannot be used" in answer.text


def test_texts_of_people_and_drafts_stay_texts(browser_of: Open, decide: Decide) -> None:
    decide("reject", reply=f"Sorry {HOSTILE}", reason=HOSTILE)
    decide("approve", reply=f"Sorry {HOSTILE}", public_reply=f"Very sorry {HOSTILE}")
    text = browser_of("Lea").get("/insights/drafts").text
    assert "<script>alert" not in text
    assert "{{ 7*7 }}" in text
