"""The open item says who wrote its draft and why, and what every try took."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from drafter.application import Application
from drafter.domain.draft import PERSON, Attempt, Provenance, Usage
from drafter.domain.reading import LLM_READER
from drafter.domain.review import Review
from drafter.store import attempts, items
from drafter.testing import QUIET_SITUATION
from drafter.web.testing import FormBrowser, place

Open = Callable[[str], FormBrowser]
Make = Callable[..., Review]

NO_QUOTA = "openai:large: the quota is used up: look at your plan with the provider."
BLOCKED = Attempt(
    writer="llm",
    model="openai:large",
    number=1,
    outcome="blocked",
    codes=("incentive", "unverified_commitment"),
    usage=Usage(calls=1, tokens_in=1742, tokens_out=96, cost_usd=0.000169),
    latency_ms=1840.0,
)
FAILED = Attempt(writer="llm", model="openai:large", number=2, outcome="failed", reason=NO_QUOTA, usage=Usage(calls=3))
LOCAL = Attempt(
    writer="llm",
    model="local",
    number=3,
    outcome="blocked",
    codes=("tone",),
    usage=Usage(calls=1, tokens_in=700, tokens_out=8, cost_usd=None),
)
TEMPLATE = Attempt(writer="template", number=1, outcome="passed")
STAND_IN = Provenance(writer="template", fallback_reason=f"llm: {NO_QUOTA}")


@pytest.fixture
def shown(application: Application, browser_of: Open, review: Make) -> Callable[..., str]:
    """Place an item and return the words of its page."""

    def show(*tries: Attempt, **fields: object) -> str:
        item = place(application, review(), attempts=tries, **fields)  # type: ignore[arg-type]  # what `place` takes
        return words(browser_of("Ada").get(f"/items/{item}").text)

    return show


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_stand_in_is_told_in_a_line_with_its_causes(shown: Callable[..., str]) -> None:
    page = shown(BLOCKED, FAILED, LOCAL, TEMPLATE, provenance=STAND_IN, reason=f"llm: {NO_QUOTA}")
    assert (
        "Written by templates, because openai:large: the quota is used up: look at your plan with the provider; "
        "local was blocked (Tone) stand-in"
    ) in page
    assert page.count("Stand-in") == 1, "in the queue"
    assert "llm:" not in page


def test_every_try_is_listed_with_what_came_of_it_and_what_it_took(shown: Callable[..., str]) -> None:
    page = shown(BLOCKED, FAILED, LOCAL, TEMPLATE, provenance=STAND_IN)
    for told in (
        "openai:large Blocked Incentive, Promise without a fact 1 request · 1,742 tokens in, 96 out · $0.00017 · 1.8 s",
        "openai:large Failed the quota is used up: look at your plan with the provider 3 requests · 0 ms",
        "local Blocked Tone 1 request · 700 tokens in, 8 out · price not known · 0 ms",
        "Template writer Passed the checks 0 ms",
        "In all: 5 requests · 2,442 tokens in, 104 out · $0.00017 and more, a price is not known",
    ):
        assert told in page


def test_a_model_that_mended_its_own_draft_is_no_stand_in(shown: Callable[..., str]) -> None:
    passed = BLOCKED.with_changes(number=2, outcome="passed", codes=())
    page = shown(BLOCKED, passed, provenance=Provenance(writer="llm", model="openai:large", attempt=2))
    assert "Written by openai:large, try 2 openai:large Blocked" in page
    assert "tand-in" not in page
    assert "$0.00034" in page


def test_templates_that_were_asked_alone_say_so(shown: Callable[..., str]) -> None:
    assert "Written by templates; no model was asked" in shown(TEMPLATE)


def test_a_model_that_read_is_listed_as_a_reader_and_is_no_cause_of_a_stand_in(shown: Callable[..., str]) -> None:
    read = BLOCKED.with_changes(writer=LLM_READER, outcome="passed", codes=())
    missed = FAILED.with_changes(writer=LLM_READER)
    page = shown(missed, read, TEMPLATE)
    assert "Written by templates; no model was asked" not in page
    assert "openai:large as reader Failed the quota is used up: look at your plan with the provider" in page
    assert "openai:large as reader Read it 1 request" in page
    assert "because" not in page


def test_the_page_says_who_read_the_review(shown: Callable[..., str]) -> None:
    situation = QUIET_SITUATION.with_changes(reader="cascade:llm")
    page = shown(TEMPLATE, situation=situation)
    assert "Read by a language model, since the embedded reader was unsure or a risk was near" in page


def test_a_draft_whose_tries_were_not_kept_says_what_is_known(shown: Callable[..., str]) -> None:
    assert f"Written by templates, because llm: {NO_QUOTA} stand-in" in shown(provenance=STAND_IN)


def test_an_item_without_a_draft_shows_its_reason_and_the_tries_unfolded(
    application: Application, browser_of: Open, review: Make
) -> None:
    reason = f"No writer's draft passed the checks. llm: {NO_QUOTA}"
    item = place(application, review(), None, attempts=(FAILED, LOCAL), reason=reason)
    page = browser_of("Ada").get(f"/items/{item}").text
    assert '<p class="why-draft">No writer&#39;s draft passed the checks.' in page
    assert re.search(r'<details class="origin" open>\s*<summary>What was tried', page)
    assert "local Blocked Tone" in words(page)


def test_a_new_draft_that_did_not_come_is_told_beside_the_old_one(
    application: Application, browser_of: Open, review: Make
) -> None:
    item = place(application, review(), attempts=(TEMPLATE,))
    before = application.approvals.item(item).item
    with application.database.writing() as session:
        reviewed = (before.review_id, before.review_version)
        now = application.clock.now()
        attempts.insert(session, *reviewed, (FAILED,), shop=before.shop, revision=2, now=now)
        items.change(session, before, reason="No new draft came.")
    page = words(browser_of("Ada").get(f"/items/{item}").text)
    assert "No new draft came." in page
    assert "Written by templates; no model was asked Asked again, just now" in page
    assert "First draft, just now" in page


def test_a_persons_text_is_theirs(shown: Callable[..., str]) -> None:
    page = shown(FAILED, TEMPLATE, provenance=Provenance(writer=PERSON))
    assert "Written by a person openai:large Failed" in page
