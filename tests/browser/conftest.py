"""A real browser before a real server on this machine; passed over with a reason where there is no chromium."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from drafter.application import Application
from drafter.domain.approval import Role
from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Finding, Part, Severity
from drafter.settings import Settings
from drafter.store.database import Database
from drafter.testing import FixedClock, ScriptedInspector, ScriptedTranslator
from drafter.web import install
from drafter.web.testing import desk_application

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "there is no chromium: `apt-get install chromium fonts-noto-core fonts-noto-cjk` (or your system's package)"
#: Chromium's own note about an answer that is a refusal; the page says the rest.
REFUSAL_NOTE = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


def find_coupons(reply: ReplyToCheck) -> tuple[Finding, ...]:
    """Block the word `coupon`."""
    return tuple(
        Finding(
            code="incentive",
            check="guardrails.checks.incentive",
            severity=Severity.BLOCK,
            part=Part.PUBLIC,
            start=hit.start(),
            end=hit.end(),
            message="A coupon is offered in a reply to a review.",
            suggestion="Take the offer out.",
        )
        for hit in re.finditer("coupon", reply.public_reply or "")
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests: Playwright holds the thread's event loop as long as it lives."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def application(sqlite_address: str, clock: FixedClock, tmp_path: Path) -> Iterator[Application]:
    database = Database(sqlite_address)
    settings = Settings(data_dir=tmp_path / "data", _env_file=None)
    translators = (ScriptedTranslator(),)
    made = desk_application(database, clock, ScriptedInspector(find_coupons), settings, translators=translators)
    for name in ("Ada", "Ben"):
        made.people.create(name, Role.APPROVER)
    yield made
    database.close()


@pytest.fixture
def address(application: Application) -> Iterator[str]:
    """The address of a server that is up."""
    app = FastAPI(openapi_url=None)
    install(app, application)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


class Watch:
    """Takes down what a page should not do."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.strange_hosts: set[str] = set()

    def over(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"a dialog: {dialog.message}"))
        page.on("request", lambda request: self._host(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSAL_NOTE.match(message.text):
            self.errors.append(message.text)

    def _host(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            self.strange_hosts.add(url)


@pytest.fixture
def signed_in(chromium: Browser, application: Application, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page for a person, who signs in by their link; at the end nothing strange may have happened on any."""
    watch, contexts = Watch(), []

    def open_page(name: str, *, scripts: bool = True, width: int = 1440) -> Page:
        context = chromium.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        token = application.people.link(application.people.named(name).id)
        page.goto(f"{address}/sign-in/{token}")
        if not scripts:
            page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/queue*")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.errors == []
    assert watch.strange_hosts == set()
