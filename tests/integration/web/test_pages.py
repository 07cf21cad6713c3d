"""What the pages show, and how they are served."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from drafter.application import Application
from drafter.domain.draft import Provenance
from drafter.domain.review import Media, Product, Review
from drafter.domain.situation import Flag, SituationName
from drafter.testing import QUIET_SITUATION, FixedClock
from drafter.web import create_pages
from drafter.web.guard import posted, posted_by_visitor, signed_in, signed_in_admin
from drafter.web.testing import FormBrowser, place

Open = Callable[[str], FormBrowser]
Make = Callable[..., Review]

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}</textarea>'
WITHOUT_SIGN_IN = {"/sign-in", "/sign-in/{token}", "/sign-in/link"}


def test_every_page_but_the_door_needs_a_sign_in_and_every_post_checks_its_token(application: Application) -> None:
    pages = create_pages(application)
    routes = [route for route in pages.routes if isinstance(route, APIRoute)]
    routes += [
        route for holder in pages.routes for route in getattr(getattr(holder, "original_router", None), "routes", [])
    ]
    assert len(routes) > 15
    for route in routes:
        calls = _calls(route.dependant)
        assert route.path in WITHOUT_SIGN_IN or signed_in in calls, route.path
        assert "POST" not in (route.methods or ()) or {posted, posted_by_visitor} & calls, route.path
        assert not route.path.startswith(("/people", "/keys")) or signed_in_admin in calls, route.path


def _calls(dependant: object) -> set[object]:
    found: set[object] = {getattr(dependant, "call", None)}
    for inner in getattr(dependant, "dependencies", []):
        found |= _calls(inner)
    return found


@pytest.mark.parametrize("path", ["/sign-in", "/queue", "/items/none", "/static/desk.js", "/static/none.js"])
def test_every_answer_carries_the_strict_headers(browser_of: Open, path: str) -> None:
    headers = browser_of("Ada").get(path).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_and_named_files_are(browser_of: Open) -> None:
    ada = browser_of("Ada")
    page = ada.get("/queue")
    assert page.headers["cache-control"] == "no-store"
    script = re.search(r'src="(/static/desk\.js\?\w+)"', page.text)
    assert script
    assert "immutable" in ada.get(script[1]).headers["cache-control"]


def test_a_page_holds_no_script_no_style_and_no_address_of_another_host(
    application: Application, browser_of: Open, review: Make
) -> None:
    page = browser_of("Ada").get(f"/items/{place(application, review())}").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|javascript:", page)
    assert not re.search(r"<script(?![^>]* src=\"/static/)", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_hostile_text_stays_text_wherever_it_is_shown(application: Application, browser_of: Open, review: Make) -> None:
    hostile = review(HOSTILE, title=HOSTILE, author=HOSTILE, product=Product(name=HOSTILE))
    item = place(
        application,
        hostile,
        HOSTILE,
        case_facts={HOSTILE: HOSTILE},
        reason=HOSTILE,
        provenance=Provenance(writer="template", prompt=HOSTILE, fallback_reason=HOSTILE),
    )
    ada = browser_of("Ada")
    ada.decide(item, "claim")
    ada.decide(item, "reject", version=2, reason=HOSTILE)
    for page in (
        ada.get(f"/items/{item}").text,
        ada.get("/queue?view=decided").text,
        ada.get(f"/items/{item}/outcome").text,
    ):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "49" not in re.sub(r"[0-9a-f]{16,}|\?\w+", "", page)


def test_an_open_item_shows_the_review_the_facts_and_who_wrote_the_draft(
    application: Application, browser_of: Open, review: Make, clock: FixedClock
) -> None:
    situation = QUIET_SITUATION.with_changes(
        situation=SituationName.QUALITY, secondary=(SituationName.SHIPPING,), confidence=0.87, flags=(Flag.HEALTH,)
    )
    item = place(
        application,
        review(
            "Broken", author="Ana", media=(Media(url="https://img.example.org/1.jpg"), Media(url="javascript:alert(1)"))
        ),
        situation=situation,
        case_facts={"return_policy": "30 days"},
        provenance=Provenance(writer="template", prompt="en/quality", attempt=2, fallback_reason="No model is set."),
        due=clock.now() - timedelta(hours=2),
    )
    page = browser_of("Ada").get(f"/items/{item}").text
    for shown in (
        "2 of 5 stars", "Ana", "Broken", "Quality", "87 % sure", "Shipping", "Health is mentioned", "Return policy",
        "30 days", "2 h overdue", "Written by templates, try 2, because No model is set.", "en/quality",
        "The draft did not use them",
    ):  # fmt: skip
        assert shown in page, shown
    assert '<a href="https://img.example.org/1.jpg" target="_blank" rel="noopener noreferrer nofollow">' in page
    assert "javascript:" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("th", "ขอบคุณค่ะ"), ("ja", "ありがとうございます。"), ("vi", "Cảm ơn bạn.")]
)
def test_customer_text_and_draft_name_their_language(
    application: Application, browser_of: Open, review: Make, language: str, words: str
) -> None:
    item = place(application, review(words), words, situation=QUIET_SITUATION.with_changes(language=language))
    page = browser_of("Ada").get(f"/items/{item}").text
    assert f'<blockquote class="customer" dir="auto" lang="{language}">{words}' in page
    assert re.search(rf'<textarea[^>]*dir="auto" lang="{language}"', page)
    assert f"<b>{500 - len(words)}</b> characters left of 500" in page


def test_the_queue_is_worst_first(application: Application, browser_of: Open, review: Make, clock: FixedClock) -> None:
    praise = place(application, review(rating=5))
    bad = place(application, review(rating=1))
    overdue = place(application, review(rating=5), due=clock.now() - timedelta(hours=1))
    page = browser_of("Ada").get("/queue").text
    assert re.findall(r'id="row-(\w+)"', page) == [overdue, bad, praise]
    assert "1</b> overdue" in page


def test_the_list_is_sent_again_only_when_it_changed(
    application: Application, browser_of: Open, item: str, review: Make
) -> None:
    ada = browser_of("Ada")
    seen = re.search(r"seen=(\w+)", ada.get("/queue").text)
    assert seen
    address = f"/queue/rows?view=open&open={item}&seen={seen[1]}"
    assert ada.get(address).status_code == 204
    new = place(application, review())
    again = ada.get(address)
    assert again.status_code == 200
    assert f'id="row-{new}"' in again.text


def test_a_long_queue_comes_in_pages(application: Application, browser_of: Open, review: Make) -> None:
    made = {place(application, review()) for _ in range(53)}
    ada = browser_of("Ada")
    first = ada.get("/queue").text
    further = re.search(r'href="([^"]+cursor=[^"]+)"', first)
    assert further
    second = ada.get(further[1].replace("&amp;", "&")).text
    assert set(re.findall(r'id="row-(\w+)"', first)) | set(re.findall(r'id="row-(\w+)"', second)) == made


def test_an_address_that_leads_nowhere_is_a_page(browser_of: Open) -> None:
    answer = browser_of("Ada").get("/wp-admin")
    assert answer.status_code == 404
    assert "This address leads nowhere" in answer.text


def test_what_nobody_expected_is_a_page_and_its_message_reaches_neither_the_page_nor_a_log(
    application: Application, browser_of: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A test client raises what reaches the server, which would log it."""

    def broken(**_: object) -> None:
        raise OperationalError("INSERT Zipper of Ana broke", {}, Exception("connection refused"))

    ada = browser_of("Ada")
    monkeypatch.setattr(application.approvals, "queue", broken)
    answer = ada.get("/queue")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    (record,) = [record for record in caplog.records if record.getMessage() == "web.failed"]
    assert record.__dict__["error"] == "OperationalError"
    assert f"incident {record.__dict__['incident']}" in answer.text
    told = answer.text + "".join(f"{record.__dict__} {record.exc_info}" for record in caplog.records)
    assert "Ana" not in told


def test_an_item_that_was_escalated_without_a_draft_can_be_answered_by_hand(
    application: Application, browser_of: Open, review: Make
) -> None:
    situation = QUIET_SITUATION.with_changes(situation=SituationName.SAFETY)
    item = place(application, review("It burned me"), None, situation=situation, reason="A person has to answer this.")
    ada = browser_of("Ada")
    page = ada.get(f"/items/{item}").text
    assert "A person has to answer this." in page
    assert "Write what everybody may read." in page
    assert ada.decide(item, "approve", public_reply="We are sorry to read this.").status_code == 303
