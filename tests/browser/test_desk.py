"""A person clears items in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from drafter.application import Application
from drafter.domain.approval import ItemState
from drafter.domain.draft import Attempt, Provenance
from drafter.domain.review import Product, Review
from drafter.testing import QUIET_SITUATION, FixedClock
from drafter.web.testing import place

pytestmark = pytest.mark.browser

SignIn = Callable[..., Page]


def put(
    application: Application, number: int, public_reply: str = "Thank you, Ana. We are glad.", **fields: Any
) -> str:
    review = Review(
        external_id=f"r-{number}",
        text=f"The zipper broke, number {number}",
        rating=2,
        product=Product(name=f"Tote {number}"),
    )
    return place(application, review, public_reply, **fields)


def approved_text(application: Application, item_id: str) -> str | None:
    view = application.approvals.item(item_id)
    if view.item.state is not ItemState.APPROVED or view.reply is None:
        return None
    return view.reply.parts[0].text


def test_an_item_is_edited_approved_taken_back_and_approved_again(application: Application, signed_in: SignIn) -> None:
    first, second = put(application, 1), put(application, 2)
    page = signed_in("Ada")
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator("h1")).to_have_text("Tote 1")

    page.keyboard.press("e")
    page.keyboard.type(" Enjoy it!")
    expect(page.locator("#count-public b")).to_have_text(str(500 - len("Thank you, Ana. We are glad. Enjoy it!")))
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    toast = page.locator(f"#toast-{first}")
    expect(toast).to_contain_text("Approved")
    expect(toast.locator("[data-countdown]")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Tote 2")
    expect(page.locator(".row")).to_have_count(1)
    assert approved_text(application, first) == "Thank you, Ana. We are glad. Enjoy it!"

    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text("Tote 1")
    expect(page.locator("#text-public")).to_have_value("Thank you, Ana. We are glad. Enjoy it!")
    expect(page.locator(".toast")).to_have_count(0)
    assert application.approvals.item(first).item.state is ItemState.CLAIMED

    page.keyboard.press("a")
    expect(page.locator("h1")).to_have_text("Tote 2")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="The queue is clear")).to_be_visible()
    assert approved_text(application, first) is not None
    assert approved_text(application, second) is not None


def test_findings_are_underlined_while_one_writes_and_keep_the_text_from_being_approved(
    application: Application, signed_in: SignIn
) -> None:
    item = put(application, 1)
    page = signed_in("Ada")
    page.locator("#text-public").fill("Thank you, Ana 👍🏽. Here is a coupon. Bye.")
    mark = page.locator("#marked-public mark.block")
    expect(mark).to_have_text("coupon")
    expect(page.locator("#findings-public")).to_contain_text("Take the offer out.")
    expect(page.locator("#verdict")).to_contain_text("1 finding keeps")

    page.keyboard.press("Control+Home")
    page.keyboard.type("Hello! ")
    expect(mark).to_have_text("coupon")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-notice]")).to_contain_text("cannot be approved yet")
    expect(page.locator("#text-public")).to_have_value("Hello! Thank you, Ana 👍🏽. Here is a coupon. Bye.")
    assert approved_text(application, item) is None

    page.locator("#text-public").fill("Hello! Thank you, Ana.")
    expect(mark).to_have_count(0)
    expect(page.locator("#verdict")).to_contain_text("Checks passed.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="The queue is clear")).to_be_visible()
    assert approved_text(application, item) == "Hello! Thank you, Ana."


def test_a_late_word_of_the_checks_does_not_reach_the_next_item(application: Application, signed_in: SignIn) -> None:
    """The places for findings have the same names in every item."""
    put(application, 1)
    put(application, 2)
    page = signed_in("Ada")
    held: list[Route] = []
    page.route("**/preview*", lambda route: held.append(route))  # noqa: PLW0108  # Playwright marks what it is given
    with page.expect_request("**/preview*"):
        page.locator("#text-public").fill("Thank you. Here is a coupon.")
    page.locator("summary", has_text="Reject").click()
    page.locator("#reject-why").fill("Not this one")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator("h1")).to_have_text("Tote 2")
    late = '<div id="verdict" hx-swap-oob="true">1 finding keeps this text</div>'
    held[0].fulfill(status=200, content_type="text/html", body=late)
    page.evaluate("async () => { await fetch('/queue/rows'); }")
    expect(page.locator("#verdict")).to_contain_text("Checks passed.")


def test_the_underlined_text_lies_exactly_behind_the_text_area(application: Application, signed_in: SignIn) -> None:
    thai = "ขอบคุณที่บอกเราเรื่องการจัดส่งนะคะ ขออภัยที่ต้องรอนานเกือบสามสัปดาห์และกล่องบุบ ทักแชทร้านค้าได้เลยค่ะ " * 3
    put(application, 1, thai.strip(), situation=QUIET_SITUATION.with_changes(language="th"))
    page = signed_in("Ada")
    area, layer = page.locator("#text-public"), page.locator("#marked-public")
    assert area.bounding_box() == layer.bounding_box()
    same = """(node) => { const s = getComputedStyle(node);
        return [s.font, s.lineHeight, s.padding, s.whiteSpace, s.wordBreak, s.overflowWrap]; }"""
    assert area.evaluate(same) == layer.evaluate(same)
    assert area.evaluate("(node) => node.scrollHeight <= node.clientHeight + 1")


def test_of_two_people_at_once_one_decides_and_the_other_is_told(application: Application, signed_in: SignIn) -> None:
    item = put(application, 1)
    ada, ben = signed_in("Ada"), signed_in("Ben")
    ben.locator("#text-public").fill("Ben wrote this with care.")
    for page in (ada, ben):
        page.evaluate("document.getElementById('approve').click()")
    expect(ada.locator(".toast, [data-notice]")).to_be_visible()
    expect(ben.locator(".toast, [data-notice]")).to_be_visible()
    assert ada.locator(".toast").count() + ben.locator(".toast").count() == 1
    loser = ben if ben.locator("[data-notice]").count() else ada
    expect(loser.locator("[data-notice]")).to_contain_text("Nothing of yours was applied")
    assert len([step for step in application.approvals.item(item).decisions if step.kind == "approve"]) == 1


def test_an_item_that_one_looks_at_is_claimed_and_given_back(application: Application, signed_in: SignIn) -> None:
    first = put(application, 1)
    put(application, 2)
    ada = signed_in("Ada")
    expect(ada.locator("#claim")).to_contain_text("You have it open")
    ben = signed_in("Ben")
    expect(ben.locator("h1")).to_have_text("Tote 2")
    expect(ben.locator(f"#row-{first}")).to_contain_text("Ada has it")
    with ada.expect_response(lambda answer: answer.request.method == "POST" and first in answer.url):
        ada.keyboard.press("j")
    assert application.approvals.item(first).item.state is ItemState.QUEUED


def test_new_items_appear_by_themselves(application: Application, signed_in: SignIn) -> None:
    put(application, 1)
    page = signed_in("Ada")
    page.clock.install()
    page.goto(page.url)
    expect(page.locator(".row")).to_have_count(1)
    put(application, 2)
    page.clock.fast_forward(11_000)
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row.here")).to_contain_text("Tote 1")


def test_keys_move_explain_themselves_and_do_nothing_while_one_writes(
    application: Application, signed_in: SignIn
) -> None:
    item = put(application, 1)
    put(application, 2)
    page = signed_in("Ada")
    page.locator("#text-public").evaluate("(area) => { area.style.height = '200px'; }")  # as dragging its corner does
    page.keyboard.press("j")
    expect(page.locator("h1")).to_have_text("Tote 2")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_have_text("Tote 1")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.type("Wrong tone and a j")
    expect(page.locator("#reject-why")).to_have_value("Wrong tone and a j")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator("h1")).to_have_text("Tote 2")
    assert application.approvals.item(item).decisions[-1].reason == "Wrong tone and a j"


def test_hostile_text_does_nothing(application: Application, signed_in: SignIn) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    place(application, Review(external_id="x", text=hostile, author=hostile, product=Product(name=hostile)), hostile)
    page = signed_in("Ada")
    expect(page.locator("blockquote")).to_have_text(hostile)
    expect(page.locator("h1")).to_have_text(hostile)
    expect(page.locator("main img, main script")).to_have_count(0)


def test_where_the_browser_does_not_let_one_copy_the_text_is_there_to_be_copied_by_hand(
    application: Application, signed_in: SignIn, clock: FixedClock
) -> None:
    item = put(application, 1)
    page = signed_in("Ada")
    page.locator("#approve").click()
    expect(page.locator(f"#toast-{item}")).to_contain_text("Approved")
    clock.forward(timedelta(seconds=16))
    application.delivery.tick()
    page.goto(f"{page.url}&again")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    toast = page.locator(f"#toast-{item}")
    for button in ("Copy", "Copy by hand"):
        toast.get_by_role("button", name=button, exact=True).click()
        expect(toast.get_by_role("button", name="Copy by hand")).to_be_visible()
        expect(page.locator("#toasts").get_by_text("Thank you, Ana.").last).to_be_visible()
        assert page.evaluate("String(getSelection())").strip() == "Thank you, Ana. We are glad."


def test_without_scripts_one_can_sign_in_approve_and_undo(application: Application, signed_in: SignIn) -> None:
    item = put(application, 1)
    page = signed_in("Ada", scripts=False)
    page.locator("#text-public").fill("Written without scripts.")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".toast")).to_contain_text("Approved")
    assert approved_text(application, item) == "Written without scripts."
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#text-public")).to_have_value("Written without scripts.")
    assert application.approvals.item(item).item.state is ItemState.CLAIMED


def test_on_a_narrow_screen_nothing_overflows_and_one_goes_back_and_forth(
    application: Application, signed_in: SignIn
) -> None:
    put(application, 1, "A-reply-with-one-very-long-word-" * 12)
    page = signed_in("Ada", width=420)
    expect(page.locator("h1")).to_be_hidden()
    page.locator(".row a").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.get_by_role("link", name="← Queue").click()
    expect(page.locator("h1")).to_be_hidden()
    expect(page.locator(".row")).to_be_visible()


def test_the_tries_at_a_draft_unfold_and_long_reasons_wrap(application: Application, signed_in: SignIn) -> None:
    reason = f"openai:large: the server cannot be reached: look at OPENAI_BASE_URL ({'x' * 200})."
    tries = (
        Attempt(writer="llm", model="openai:large", number=1, outcome="failed", reason=reason),
        Attempt(writer="template", number=1, outcome="passed"),
    )
    origin = Provenance(writer="template", fallback_reason=f"llm: {reason}")
    item = put(application, 1, attempts=tries, provenance=origin)
    page = signed_in("Ada", width=390)
    page.goto(f"{page.url.partition('/queue')[0]}/items/{item}")
    expect(page.locator(".tries")).to_be_hidden()
    page.locator(".origin summary").click()
    expect(page.locator(".tries li")).to_have_count(2)
    expect(page.locator(".tries li").first).to_contain_text("the server cannot be reached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_tone_of_another_draft_is_set_by_keyboard(application: Application, signed_in: SignIn) -> None:
    item = put(application, 1)
    page = signed_in("Ada")
    expect(page.locator("h1")).to_have_text("Tote 1")
    page.keyboard.press("g")
    expect(page.locator("#regenerate-why")).to_be_focused()
    page.keyboard.type("shorter")
    expect(page.locator("#regenerate-why")).to_have_value("shorter")
    page.keyboard.press("Tab")
    tone = page.locator("input[name=tone]:checked")
    expect(tone).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(tone).to_have_attribute("value", "neutral")
    page.keyboard.press("ArrowLeft")
    expect(tone).to_have_attribute("value", "formal")
    page.get_by_role("button", name="Write again").click()
    expect(page.locator("#asked")).to_contain_text("Ada asked for shorter in a formal tone")
    (asked,) = [step for step in application.approvals.item(item).decisions if step.kind == "regenerate"]
    assert (asked.details["instruction"], asked.details["tone"]) == ("shorter", "formal")


def test_a_translation_comes_beside_what_is_being_typed(application: Application, signed_in: SignIn) -> None:
    put(application, 1, "Lo sentimos.", situation=QUIET_SITUATION.with_changes(language="es"))
    page = signed_in("Ada")
    area = page.locator("#text-public")
    area.fill("Lo sentimos mucho.")
    page.get_by_role("button", name="Translate").click()
    expect(page.locator(".machine")).to_have_text(
        "Translated by a machine, for your understanding only; what is sent is the original."
    )
    expect(page.locator(".translated").nth(1)).to_have_text("[en] Lo sentimos.")
    expect(area).to_have_value("Lo sentimos mucho.")
