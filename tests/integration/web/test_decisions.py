"""Deciding on the pages, without scripts: every step, every refusal, and what the person is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from drafter.application import Application
from drafter.domain.approval import ItemState
from drafter.domain.draft import Draft, Provenance
from drafter.domain.finding import Part
from drafter.domain.reply import ReplyState
from drafter.domain.review import Review
from drafter.domain.situation import Channel
from drafter.store import drafts, items, reviews
from drafter.store.testing import NOON
from drafter.testing import QUIET_SITUATION, FixedClock
from drafter.web.testing import FormBrowser, place

Open = Callable[[str], FormBrowser]
Make = Callable[..., Review]
BY_TEMPLATE = Provenance(writer="template")


def state(application: Application, item_id: str) -> ItemState:
    return application.approvals.item(item_id).item.state


def text(application: Application, item_id: str) -> str | None:
    draft = application.approvals.item(item_id).item.draft
    return draft.public_reply if draft else None


def test_approving_leads_to_the_next_item_and_offers_to_undo(
    application: Application, browser_of: Open, item: str, review: Make
) -> None:
    other = place(application, review())
    ada = browser_of("Ada")
    answer = ada.decide(item, "approve")
    assert answer.headers["location"] == f"/items/{other}?view=open&done={item}"
    page = ada.get(answer.headers["location"]).text
    assert 'data-countdown="15"' in page
    assert 'value="undo"' in page
    assert state(application, item) is ItemState.APPROVED


def test_the_next_item_is_the_one_below_and_not_one_that_somebody_else_has_open(
    application: Application, browser_of: Open, review: Make
) -> None:
    first, second, third, fourth = (place(application, review(rating=stars)) for stars in (1, 2, 3, 4))
    browser_of("Ben").decide(third, "claim")
    assert f"/items/{fourth}" in browser_of("Ada").decide(second, "approve").headers["location"]
    assert state(application, first) is ItemState.QUEUED


def test_after_the_last_item_the_queue_says_that_it_is_clear(browser_of: Open, item: str) -> None:
    ada = browser_of("Ada")
    answer = ada.decide(item, "dismiss", reason="Spam")
    assert answer.headers["location"].startswith("/queue?")
    assert "The queue is clear" in ada.get(answer.headers["location"]).text


def test_an_approval_can_be_taken_back_and_given_again(application: Application, browser_of: Open, item: str) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve", version=1)
    assert f"/items/{item}" in ada.decide(item, "undo", version=2).headers["location"]
    assert state(application, item) is ItemState.CLAIMED
    ada.decide(item, "approve", version=3)
    assert state(application, item) is ItemState.APPROVED


def test_undo_after_its_time_is_refused_in_words(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve")
    clock.forward(timedelta(seconds=16))
    answer = ada.decide(item, "undo", version=2)
    assert answer.status_code == 409
    assert "The time to undo is over" in answer.text
    assert state(application, item) is ItemState.APPROVED


def test_an_edit_is_stored_inspected_and_stays_open(application: Application, browser_of: Open, item: str) -> None:
    answer = browser_of("Ada").decide(item, "edit", public_reply="Thanks.\r\nA cheap line.")
    assert answer.headers["location"].startswith(f"/items/{item}?")
    assert text(application, item) == "Thanks.\nA cheap line."
    assert [finding.code for finding in application.approvals.item(item).item.findings] == ["odd_word"]


def test_approving_sends_the_text_as_it_stands_in_the_form(
    application: Application, browser_of: Open, item: str
) -> None:
    browser_of("Ada").decide(item, "approve", public_reply="Written by Ada.")
    reply = application.approvals.item(item).reply
    assert reply is not None
    assert [part.text for part in reply.parts] == ["Written by Ada."]


def test_an_emptied_private_message_is_dropped(application: Application, browser_of: Open, review: Make) -> None:
    hybrid = QUIET_SITUATION.with_changes(channel=Channel.HYBRID)
    item = place(application, review(), private_message="See the chat.", situation=hybrid)
    browser_of("Ada").decide(item, "approve", public_reply="Thanks.", private_message="")
    reply = application.approvals.item(item).reply
    assert reply is not None
    assert [part.part for part in reply.parts] == [Part.PUBLIC]


def test_a_blocked_text_is_not_approved_and_shown_with_its_findings(
    application: Application, browser_of: Open, item: str
) -> None:
    answer = browser_of("Ada").decide(item, "approve", public_reply="We refund you.")
    assert answer.status_code == 422
    assert '<mark class="block" data-findings="0"' in answer.text
    assert "We <mark" in answer.text
    assert "Approve anyway" not in answer.text
    assert state(application, item) is ItemState.QUEUED


def test_a_lead_may_overrule_some_findings_with_a_reason(application: Application, browser_of: Open, item: str) -> None:
    lea = browser_of("Lea")
    assert "Approve anyway" in lea.decide(item, "approve", public_reply="We refund you.").text
    lea.decide(item, "approve", public_reply="We refund you.", overrule_reason="The owner agreed by phone")
    assert state(application, item) is ItemState.APPROVED
    assert application.approvals.item(item).decisions[-1].details["overrule_reason"] == "The owner agreed by phone"


def test_not_even_a_lead_is_offered_to_overrule_an_incentive(
    application: Application, browser_of: Open, item: str
) -> None:
    answer = browser_of("Lea").decide(item, "approve", public_reply="Take a coupon.", overrule_reason="Please")
    assert answer.status_code == 422
    assert "Approve anyway" not in answer.text
    assert state(application, item) is ItemState.QUEUED


def test_an_approver_cannot_overrule_by_sending_a_reason(application: Application, browser_of: Open, item: str) -> None:
    answer = browser_of("Ada").decide(item, "approve", public_reply="We refund you.", overrule_reason="Mine")
    assert answer.status_code == 422
    assert state(application, item) is ItemState.QUEUED


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("reject", ItemState.REJECTED),
        ("dismiss", ItemState.DISMISSED),
        ("answered_elsewhere", ItemState.ANSWERED_ELSEWHERE),
        ("escalate", ItemState.ESCALATED),
    ],
)
def test_every_other_decision_is_one_form(
    application: Application, browser_of: Open, item: str, kind: str, after: ItemState
) -> None:
    assert browser_of("Ada").decide(item, kind, reason="Because").status_code == 303
    assert state(application, item) is after


def test_a_rejection_without_a_reason_is_refused_in_words(
    application: Application, browser_of: Open, item: str
) -> None:
    answer = browser_of("Ada").decide(item, "reject")
    assert answer.status_code == 409
    assert "needs a reason" in answer.text
    assert state(application, item) is ItemState.QUEUED


def test_a_new_draft_is_asked_for_and_the_page_says_that_it_is_on_its_way(browser_of: Open, item: str) -> None:
    ada = browser_of("Ada")
    answer = ada.decide(item, "regenerate", instruction="shorter")
    page = ada.get(answer.headers["location"]).text
    assert "A new draft is being written" in page
    assert "shorter" in page
    assert ada.get(f"/items/{item}?once=drafted").status_code == 204


def test_the_second_of_two_people_gets_a_refusal_and_keeps_what_they_wrote(
    application: Application, browser_of: Open, item: str
) -> None:
    ada, ben = browser_of("Ada"), browser_of("Ben")
    ada.decide(item, "approve", public_reply="Ada was first.")
    answer = ben.decide(item, "approve", public_reply="Ben wrote this with care.")
    assert answer.status_code == 409
    assert "Nothing of yours was applied" in answer.text
    assert "Ben wrote this with care." in answer.text
    assert "Ada approved it just now." in answer.text
    assert "Traceback" not in answer.text
    assert text(application, item) == "Ada was first."


def test_an_item_that_somebody_has_open_says_who_and_cannot_be_decided(
    application: Application, browser_of: Open, item: str
) -> None:
    browser_of("Ben").decide(item, "claim")
    ada = browser_of("Ada")
    assert "Ben has it open" in ada.get(f"/items/{item}").text
    answer = ada.decide(item, "approve", version=2)
    assert answer.status_code == 409
    assert "Another person has this item open" in answer.text
    assert state(application, item) is ItemState.CLAIMED


def test_the_persons_own_claim_does_not_make_their_page_stale(
    application: Application, browser_of: Open, item: str
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "claim", version=1)
    assert ada.decide(item, "approve", version=1).status_code == 303
    assert state(application, item) is ItemState.APPROVED


def test_a_draft_that_came_after_the_persons_own_claim_makes_their_page_stale(
    application: Application, browser_of: Open, item: str
) -> None:
    """Else they would approve a private message that their page has never shown."""
    ada = browser_of("Ada")
    ada.decide(item, "claim", version=1)
    with application.database.writing() as session:  # as the drafting job does
        seen = items.get(session, item)
        draft = Draft(public_reply="Thank you.", private_message="Unseen.", language="en", provenance=BY_TEMPLATE)
        draft_id = drafts.insert(session, seen.review_id, seen.review_version, draft, (), now=NOON)
        items.change(session, seen, draft_id=draft_id)
    for version in (1, 2):
        assert ada.decide(item, "approve", version=version).status_code == 409
    assert state(application, item) is ItemState.CLAIMED


def test_somebody_elses_change_does_make_it_stale(application: Application, browser_of: Open, item: str) -> None:
    ben = browser_of("Ben")
    ben.decide(item, "edit", version=1, public_reply="Ben's words.")
    ben.decide(item, "release", version=2)
    answer = browser_of("Ada").decide(item, "approve", version=1)
    assert answer.status_code == 409
    assert state(application, item) is ItemState.QUEUED


def test_a_claim_that_a_script_makes_answers_with_the_badge_alone(browser_of: Open, item: str) -> None:
    answer = browser_of("Ada").post(
        f"/items/{item}/decisions", {"kind": "claim", "version": "1"}, headers={"HX-Trigger": "claim"}
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<span id="claim"')
    assert "You have it open" in answer.text


def test_a_form_without_the_sessions_token_is_refused(application: Application, browser_of: Open, item: str) -> None:
    ada, ben = browser_of("Ada"), browser_of("Ben")
    fields = {"kind": "approve", "version": "1"}
    without = ada.http.post(f"/items/{item}/decisions", data=fields)
    strangers = ada.http.post(f"/items/{item}/decisions", data={**fields, "csrf": ben.token()})
    assert (without.status_code, strangers.status_code) == (403, 403)
    assert state(application, item) is ItemState.QUEUED


def test_scripts_may_send_the_token_as_a_header(application: Application, browser_of: Open, item: str) -> None:
    ada = browser_of("Ada")
    fields, header = {"kind": "approve", "version": "1"}, {"X-CSRF-Token": ada.token()}
    assert ada.http.post(f"/items/{item}/decisions", data=fields, headers=header).status_code == 303
    assert state(application, item) is ItemState.APPROVED


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "explode"},
        {"kind": "approve", "version": "x"},
        {"kind": "supersede"},
        {"kind": "approve", "public_reply": "x" * 20_000},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    application: Application, browser_of: Open, item: str, fields: dict[str, str]
) -> None:
    answer = browser_of("Ada").post(f"/items/{item}/decisions", {"version": "1", **fields})
    assert answer.status_code in (403, 409, 422)
    assert state(application, item) is ItemState.QUEUED


def test_a_form_of_megabytes_is_refused(application: Application, browser_of: Open, item: str) -> None:
    answer = browser_of("Ada").decide(item, "edit", public_reply="x" * 1_000_000)
    assert answer.status_code == 413
    assert state(application, item) is ItemState.QUEUED


def test_an_unknown_item_is_a_page_that_says_so(browser_of: Open) -> None:
    ada = browser_of("Ada")
    assert ada.get("/items/itm_none").status_code == 404
    answer = ada.decide("itm_none", "approve")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_preview_marks_the_text_and_stores_nothing(application: Application, browser_of: Open, item: str) -> None:
    before = application.approvals.item(item)
    answer = browser_of("Ada").post(f"/items/{item}/preview", {"public_reply": "A <b>cheap</b> refund."})
    assert '<mark class="warn"' in answer.text
    assert '<mark class="block"' in answer.text
    assert "&lt;b&gt;" in answer.text
    assert application.approvals.item(item).item == before.item


def test_a_person_posts_by_hand_and_confirms(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve")
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    page = ada.get(f"/items/{item}?view=decided").text
    assert "Copy text" in page
    assert "I have posted it" in page
    reply = application.approvals.item(item).reply
    assert reply is not None
    assert ada.post(f"/replies/{reply.id}/copied").status_code == 204
    ada.post(f"/replies/{reply.id}/posted", {"part": "public", "item": item})
    after = application.approvals.item(item).reply
    assert after is not None
    assert [part.state for part in after.parts] == [ReplyState.POSTED]


def test_a_reply_that_a_tool_took_is_not_given_to_a_person_as_well(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve")
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    taken = application.delivery.poll("default")[0].reply
    assert "data-copied" not in ada.get(f"/items/{item}?view=decided&done={item}").text
    answer = ada.post(f"/replies/{taken.id}/copied")
    assert answer.status_code == 409
    assert "A tool has been given this reply" in answer.text
    assert "A tool has been given this reply" in ada.get(f"/items/{item}?view=decided").text


def test_a_reply_that_did_not_arrive_has_a_tab_with_its_number(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve")
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    taken = application.delivery.poll("default")[0].reply
    assert "Every reply has arrived" in ada.get("/queue?view=failed").text
    application.delivery.failed(taken.delivery_id, "default", "The platform is down")
    page = ada.get("/queue?view=failed").text
    assert re.search(r'view=failed" aria-current="true">Not delivered <b>1</b>', page)
    assert "<b>1</b> not delivered" in page
    assert "The platform is down" in page
    assert f"/replies/{taken.id}/copied" in page
    ada.post(f"/replies/{taken.id}/posted?view=failed", {"item": item})
    assert "Every reply has arrived" in ada.get("/queue?view=failed").text


def test_both_parts_of_a_reply_are_copied_one_after_the_other(
    application: Application, browser_of: Open, review: Make, clock: FixedClock
) -> None:
    hybrid = QUIET_SITUATION.with_changes(channel=Channel.HYBRID)
    item = place(application, review(), private_message="Tell us your size.", situation=hybrid)
    ada, ben = browser_of("Ada"), browser_of("Ben")
    ada.decide(item, "approve")
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    reply = application.approvals.item(item).reply
    assert reply is not None
    for part in ("public", "private"):
        assert ada.get(f"/items/{item}?view=decided&done={item}").text.count("data-copied") in (4, 2)
        assert ada.post(f"/replies/{reply.id}/copied").status_code == 204
        ada.post(f"/replies/{reply.id}/posted", {"part": part, "item": item})
        assert "data-copied" not in ben.get(f"/items/{item}?view=decided&done={item}").text
    assert "data-copied" not in ada.get(f"/items/{item}?view=decided").text


def test_the_toast_says_what_became_of_a_reply(
    application: Application, browser_of: Open, item: str, clock: FixedClock
) -> None:
    ada = browser_of("Ada")
    ada.decide(item, "approve")
    assert "Approved" in ada.get(f"/items/{item}/outcome").text
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    ready = ada.get(f"/items/{item}/outcome").text
    assert "Ready to hand over" in ready
    assert 'value="undo"' not in ready
    reply = application.approvals.item(item).reply
    assert reply is not None
    application.delivery.posted_by_person(reply.id, application.people.actor_named("Ada"))
    posted = ada.get(f"/items/{item}/outcome").text
    assert "Posted" in posted
    assert "data-leaves" in posted
    assert "hx-get" not in posted


def test_a_step_that_drafter_took_by_itself_is_told_as_its_own(
    application: Application, browser_of: Open, item: str
) -> None:
    """The name of a part of the program means nothing to who reads the page."""
    review_id = application.approvals.item(item).item.review_id
    with application.database.reading() as session:
        before = reviews.get(session, review_id).review
    application.intake.receive(before.shop, before.with_changes(text="It broke after all"), {})
    page = browser_of("Ada").get(f"/items/{item}?view=decided").text
    assert "Drafter saw that the customer changed the review" in " ".join(re.sub("<[^>]+>", " ", page).split())
    assert "intake" not in page
