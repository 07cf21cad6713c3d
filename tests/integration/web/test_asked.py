"""Another draft: what was asked for, in which tone, and the drafts before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from drafter.application import Application
from drafter.domain.approval import DecisionKind
from drafter.domain.draft import Attempt, Draft, Provenance
from drafter.store import attempts, drafts, items
from drafter.testing import FixedClock
from drafter.web.testing import FormBrowser

Open = Callable[[str], FormBrowser]
MINUTE = timedelta(minutes=1)
UNMET = "These wordings have one tone, warm; formal needs a model."


def come(application: Application, item_id: str, text: str, *, unmet: str | None = None) -> None:
    """Let the draft come that was asked for, as the drafting job would."""
    now = application.clock.now()
    with application.database.writing() as session:
        item = items.get(session, item_id)
        origin = Provenance(writer="template", fallback_reason=unmet)
        made = Draft(public_reply=text, language="en", provenance=origin)
        draft_id = drafts.insert(session, item.review_id, item.review_version, made, (), now=now)
        tried = [Attempt(writer="template", number=1, outcome="passed")]
        attempts.insert(session, item.review_id, item.review_version, tried, shop=item.shop, revision=2, now=now)
        items.change(session, item, draft_id=draft_id, regenerating=False)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"instruction": "shorter", "tone": "formal"}, {"instruction": "shorter", "tone": "formal"}),
        ({"tone": "neutral"}, {"tone": "neutral"}),
        ({"tone": "warm"}, {}),  # where the slider stood
        ({}, {}),
    ],
)
def test_a_wish_is_kept_with_the_tone_only_where_it_is_another_one(
    application: Application, browser_of: Open, item: str, sent: dict[str, str], kept: dict[str, str]
) -> None:
    assert browser_of("Ada").decide(item, "regenerate", 1, "open", own_tone="warm", **sent).status_code == 303
    (asked,) = [one for one in application.approvals.item(item).decisions if one.kind is DecisionKind.REGENERATE]
    assert {name: wish for name, wish in asked.details.items() if name != "revision"} == kept


def test_a_tone_that_there_is_not_is_refused(application: Application, browser_of: Open, item: str) -> None:
    answer = browser_of("Ada").decide(item, "regenerate", tone="sultry")
    assert (answer.status_code, "look at tone" in answer.text) == (422, True)
    assert not application.approvals.item(item).item.regenerating


def test_the_page_tells_what_each_draft_was_asked_to_be(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    assert "Earlier drafts" not in ada.get(f"/items/{item}").text
    clock.forward(MINUTE)
    ada.decide(item, "regenerate", instruction="<b>shorter</b>", tone="formal", own_tone="warm")
    assert '<q dir="auto">&lt;b&gt;shorter&lt;/b&gt;</q> in a formal tone' in ada.get(f"/items/{item}").text
    clock.forward(MINUTE)
    come(application, item, "Good day. Thank you.", unmet=UNMET)
    page = ada.get(f"/items/{item}").text
    assert "Earlier drafts (1)" in page
    shown, earlier = page.split('class="origin earlier"')
    assert UNMET in shown.split('id="draft-form"')[0]
    assert "in a formal tone" in shown
    assert "Nobody asked for anything" in earlier
    assert "We are glad that you like it" in earlier
    assert 'value="formal" checked' in page  # the next one goes on from here


def test_a_persons_own_text_was_asked_for_by_nobody(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    clock.forward(MINUTE)
    ada.decide(item, "regenerate", instruction="shorter")
    clock.forward(MINUTE)
    come(application, item, "Thank you.")
    clock.forward(MINUTE)
    ada.decide(item, "edit", version=application.approvals.item(item).version, public_reply="Thanks a lot, Ana.")
    page = ada.get(f"/items/{item}").text
    assert 'id="asked"' not in page
    assert "Earlier drafts (2)" in page
    assert page.count("asked for <q") == 1


def test_a_writer_that_could_not_do_all_is_no_stand_in(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "regenerate", instruction="mention the size chart")
    clock.forward(MINUTE)
    come(application, item, "Thank you.", unmet=UNMET)
    page = ada.get(f"/items/{item}").text
    assert UNMET in page
    assert "stand-in" not in page
    assert "Stand-in" not in page
