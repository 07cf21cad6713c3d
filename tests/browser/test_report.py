"""The report of a run in a real browser: it stands alone, filters, marks what differs, and runs nothing of a draft."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from drafter.compose import PipelineParts
from drafter.settings import Settings
from drafter.testing import ScriptedInspector, ScriptedReader, ScriptedWriter
from evals.loading import load
from evals.report import page
from evals.runs import Plan, Run, carry_out
from evals.runs.origin import origin_of

pytestmark = pytest.mark.browser

HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(2)> \u202e & \"'"
DATASET = """
name: small
cases:
  - name: zipper
    inputs: {review: {text: Love the zipper, rating: 5, author: "<b>Ana</b>"}}
    metadata: {situation: positive, language: en, channels: [public], route: draft, details: [zipper], tags: [praise]}
  - name: fan
    inputs: {review: {text: "</script><script>alert(3)</script>", rating: 1}}
    metadata: {situation: quality, language: de, channels: [hybrid], route: draft, tags: [hard]}
"""


def run_of(folder: Path, name: str, reply: str) -> Run:
    dataset = folder / "small.yaml"
    dataset.write_text(DATASET)
    parts = PipelineParts(reader=ScriptedReader(), writers=(ScriptedWriter(reply),), inspector=ScriptedInspector())
    origin = origin_of(Settings(writer="template", _env_file=None), parts)
    plan = Plan(name=name, origin=origin, folder=folder / name)
    return asyncio.run(carry_out(plan, load(str(dataset)), parts))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of two runs; made before the browser, which holds the thread's event loop."""
    folder = tmp_path_factory.mktemp("report")
    before = run_of(folder, "before", "Thank you, the zipper pleases us.")
    after = run_of(folder, "after", f"Thank you, the lamp pleases us. {HOSTILE}")
    file = folder / "report.html"
    file.write_text(page(after, before), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(report: str, chromium: Browser) -> Iterator[Page]:
    """The report in a browser; at the end nothing strange may have happened."""
    strange: list[str] = []
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    opened = context.new_page()
    opened.on("console", lambda message: strange.append(message.text))
    opened.on("pageerror", lambda error: strange.append(str(error)))
    opened.on("dialog", lambda dialog: strange.append(dialog.message))
    opened.on("request", lambda request: strange.append(request.url) if request.url.startswith("http") else None)
    opened.goto(report)
    yield opened
    context.close()
    assert strange == []


def test_cases_are_filtered_by_tag_score_and_text(opened: Page) -> None:
    count = opened.locator("#count")
    expect(count).to_have_text("2 of 2 cases")
    opened.get_by_label("tag").select_option("hard")
    expect(count).to_have_text("1 of 2 cases")
    expect(opened.locator(".case:visible b").first).to_have_text("fan")
    opened.get_by_label("tag").select_option("")
    opened.get_by_label("lost points in").select_option("detail_taken_up")
    expect(opened.locator(".case:visible b").first).to_have_text("zipper")
    expect(count).to_have_text("1 of 2 cases")
    opened.get_by_label("lost points in").select_option("")
    opened.get_by_role("searchbox").fill("LOVE THE ZIPPER")
    expect(count).to_have_text("1 of 2 cases")


def test_drafts_stand_side_by_side_with_marked_differences_and_run_nothing(opened: Page) -> None:
    case = opened.locator(".case", has_text="Love the zipper")
    case.locator("summary").click()
    expect(case.locator(".side")).to_have_count(2)
    expect(case.locator("del").first).to_have_text("zipper")
    expect(case.locator("ins").first).to_have_text("lamp")
    expect(case.locator(".side").last).to_contain_text("<script>alert(1)</script>")
    expect(case.locator("blockquote")).to_contain_text("<b>Ana</b>")
    assert opened.locator("script").count() == 1


def test_a_small_screen_needs_no_scrolling_sideways(opened: Page) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    assert opened.evaluate("document.documentElement.scrollWidth") == 360
