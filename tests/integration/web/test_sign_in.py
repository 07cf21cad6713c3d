"""Coming in and going out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from drafter.application import Application
from drafter.domain.approval import Role
from drafter.web.testing import FormBrowser

PASSWORD = "a long password"


def test_without_a_sign_in_every_page_leads_to_the_form(visitor: Callable[[], FormBrowser]) -> None:
    answer = visitor().get("/items/itm_1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/items/itm_1")


def test_a_script_that_lost_its_session_is_sent_to_the_form(visitor: Callable[[], FormBrowser]) -> None:
    answer = visitor().get("/queue/rows", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in?next=/queue")


@pytest.fixture(autouse=True)
def _somebody_with_a_password(application: Application) -> None:
    application.people.create("Pat", Role.APPROVER, password=PASSWORD)


def test_name_and_password_open_the_queue(visitor: Callable[[], FormBrowser]) -> None:
    browser = visitor()
    browser.post("/sign-in", {"name": "Pat", "password": PASSWORD}, page="/sign-in")
    assert "The queue is clear" in browser.get("/queue").text


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(visitor: Callable[[], FormBrowser]) -> None:
    browser = visitor()
    fields = {"name": "Pat", "password": PASSWORD}
    cookie = browser.post("/sign-in", fields, page="/sign-in").headers["set-cookie"].lower()
    assert "drafter_session=" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_gets_the_form_again_with_the_reason(visitor: Callable[[], FormBrowser]) -> None:
    browser = visitor()
    fields = {"name": "Pat", "password": "wrong wrong wrong"}
    answer = browser.post("/sign-in", fields, page="/sign-in")
    assert answer.status_code == 403
    assert "do not belong together" in answer.text
    assert "wrong wrong" not in answer.text


def test_too_many_wrong_passwords_make_one_wait(visitor: Callable[[], FormBrowser]) -> None:
    browser = visitor()
    fields = {"name": "Nobody", "password": "wrong wrong wrong"}
    answers = [browser.post("/sign-in", fields, page="/sign-in") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert "Try again in about" in answers[-1].text


def test_a_sign_in_without_the_forms_token_is_refused(visitor: Callable[[], FormBrowser]) -> None:
    answer = visitor().http.post("/sign-in", data={"name": "Pat", "password": PASSWORD})
    assert answer.status_code == 403
    assert "drafter_session" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example"])
def test_sign_in_leads_to_no_other_host(visitor: Callable[[], FormBrowser], wish: str) -> None:
    browser = visitor()
    fields = {"name": "Pat", "password": PASSWORD, "next": wish}
    assert browser.post("/sign-in", fields, page="/sign-in").headers["location"] == "/queue"


def test_looking_at_a_link_does_not_use_it_up(application: Application, visitor: Callable[[], FormBrowser]) -> None:
    token = application.people.link(application.people.named("Ada").id)
    for _ in range(3):  # a mail program, a chat preview, the person
        assert "data-posts-itself" in visitor().get(f"/sign-in/{token}").text
    browser = visitor()
    answer = browser.post("/sign-in/link", {"token": token}, page=f"/sign-in/{token}")
    assert answer.headers["location"] == "/queue"
    assert browser.get("/queue").status_code == 200


def test_a_link_works_once(application: Application, visitor: Callable[[], FormBrowser]) -> None:
    token = application.people.link(application.people.named("Ada").id)
    answers = [visitor().post("/sign-in/link", {"token": token}, page=f"/sign-in/{token}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 403]
    assert "does not work any more" in answers[1].text


def test_signing_out_ends_the_session_on_the_server(browser_of: Callable[[str], FormBrowser]) -> None:
    browser = browser_of("Ada")
    session = browser.http.cookies["drafter_session"]
    browser.post("/sign-out")
    browser.http.cookies.set("drafter_session", session)
    assert browser.get("/queue").status_code == 303


@pytest.mark.parametrize("path", ["/people", "/keys"])
@pytest.mark.parametrize("name", ["Ada", "Lea"])
def test_only_admins_see_people_and_keys(browser_of: Callable[[str], FormBrowser], path: str, name: str) -> None:
    browser = browser_of(name)
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"name": "Eve", "role": "admin"}).status_code == 403


def test_an_admin_adds_links_and_keeps_out_people(
    application: Application, browser_of: Callable[[str], FormBrowser], visitor: Callable[[], FormBrowser]
) -> None:
    admin = browser_of("Max")
    assert admin.post("/people", {"name": "Eve", "role": "lead", "password": ""}).status_code == 303
    eve = application.people.named("Eve")
    assert eve.role is Role.LEAD
    link = re.search(r"http://127.0.0.1/sign-in/([\w-]+)", admin.post(f"/people/{eve.id}/link").text)
    assert link
    browser = visitor()
    browser.post("/sign-in/link", {"token": link[1]}, page=f"/sign-in/{link[1]}")
    assert browser.get("/queue").status_code == 200
    admin.post(f"/people/{eve.id}/deactivate")
    assert browser.get("/queue").status_code == 303


def test_an_admin_cannot_lock_themselves_out(
    application: Application, browser_of: Callable[[str], FormBrowser]
) -> None:
    answer = browser_of("Max").post(f"/people/{application.people.named('Max').id}/deactivate")
    assert answer.status_code == 409
    assert application.people.named("Max").active


def test_a_taken_name_is_refused_on_the_page(browser_of: Callable[[str], FormBrowser]) -> None:
    answer = browser_of("Max").post("/people", {"name": "Ada", "role": "lead", "password": ""})
    assert answer.status_code == 409
    assert "Add a person" in answer.text


def test_a_keys_secret_is_shown_once_and_the_key_can_be_revoked(
    application: Application, browser_of: Callable[[str], FormBrowser]
) -> None:
    admin = browser_of("Max")
    made = admin.post("/keys", {"name": "Desk", "shop": "default", "scopes": ["items:read", "replies:read"]})
    token = re.search(r"drf_[\w-]+", made.text)
    assert token
    assert token[0] not in admin.get("/keys").text
    key = application.people.key_of(token[0])
    assert [scope.value for scope in key.scopes] == ["items:read", "replies:read"]
    admin.post(f"/keys/{key.id}/revoke")
    assert application.people.keys()[0].revoked_at is not None


def test_a_key_without_a_scope_is_refused_on_the_page(browser_of: Callable[[str], FormBrowser]) -> None:
    answer = browser_of("Max").post("/keys", {"name": "Desk", "shop": "default"})
    assert answer.status_code == 422
    assert "needs a scope" in answer.text
