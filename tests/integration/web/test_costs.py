"""The page about costs: for leads, by model and by day, and open about prices that nobody set."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from drafter.application import Application
from drafter.domain.draft import OVER_BUDGET, Attempt, Provenance, Usage
from drafter.domain.review import Review
from drafter.web.testing import FormBrowser, place

Open = Callable[[str], FormBrowser]
HOSTILE = 'openai:"><script>alert(1)</script>'


def asked(model: str, cost: float | None) -> Attempt:
    usage = Usage(calls=1, tokens_in=1_200, tokens_out=80, cost_usd=cost)
    return Attempt(writer="llm", model=model, number=1, outcome="passed", usage=usage)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(("name", "status"), [("Ada", 403), ("Lea", 200), ("Max", 200)])
def test_the_page_is_for_leads_and_admins(browser_of: Open, name: str, status: int) -> None:
    browser = browser_of(name)
    assert browser.get("/insights/costs").status_code == status
    assert ("/insights/costs" in browser.get("/queue").text) == (status == 200)


def test_without_a_model_the_page_says_so(browser_of: Open) -> None:
    text = browser_of("Lea").get("/insights/costs").text
    assert "No model was asked in this time" in text
    assert "<table" not in text


def test_costs_are_told_by_model_and_by_day(
    application: Application, browser_of: Open, review: Callable[..., Review]
) -> None:
    refused = Attempt(writer="llm", model="openai:a", number=1, outcome="failed", codes=(OVER_BUDGET,))
    template = Attempt(writer="template", number=1, outcome="passed")
    place(application, review(), attempts=(asked("openai:a", 0.002),))
    place(application, review(), attempts=(refused, template), provenance=Provenance(writer="template"))
    told = words(browser_of("Lea").get("/insights/costs").text)
    assert "$0.0020 for 2 drafts, $0.0010 each. A used-up daily budget left 1 of 2 to the template writer." in told
    assert "openai:a Writer 1 1 1,200 80 $0.0020" in told
    assert "2026-01-05 default 2 1 1,200 80 $0.0020 $0.0010 1 of 2" in told
    assert "usd_per_million_in" not in told


def test_a_price_that_nobody_set_is_told_with_the_options_to_set(
    application: Application, browser_of: Open, review: Callable[..., Review]
) -> None:
    place(application, review(), attempts=(asked(HOSTILE, None),))
    page = browser_of("Lea").get("/insights/costs").text
    assert "price of 1 request is not known: set usd_per_million_in" in page
    assert "<script>alert" not in page


def test_a_shop_that_there_is_not_is_told(browser_of: Open) -> None:
    assert browser_of("Lea").get("/insights/costs?shop=none").status_code in (400, 404, 422)
