"""A draft that no model wrote because the shop's daily budget was used up says so, in the queue and beside it."""

from __future__ import annotations

from collections.abc import Callable

from drafter.application import Application
from drafter.domain.draft import OVER_BUDGET, Attempt, Provenance
from drafter.domain.review import Review
from drafter.web.testing import FormBrowser, place

WHY = "the shop's daily budget is used up (9,000 of 9,500 tokens are taken)"
TRIED = Attempt(writer="llm", model="openai:large", number=1, outcome="failed", codes=(OVER_BUDGET,), reason=f"{WHY}.")


def test_the_pages_say_that_the_budget_was_used_up(
    application: Application, browser_of: Callable[[str], FormBrowser], review: Callable[..., Review]
) -> None:
    provenance = Provenance(writer="template", fallback_reason=f"llm: {WHY}.", over_budget=True)
    item = place(
        application,
        review(),
        attempts=(TRIED, Attempt(writer="template", number=1, outcome="passed")),
        provenance=provenance,
        reason=provenance.fallback_reason,
    )
    page = browser_of("Ada").get(f"/items/{item}").text.replace("&#39;", "'")
    assert f"because {WHY}" in page
    assert "over budget" in page
    assert "Daily budget used up" in page
    assert "Over budget" in page, "in the queue"
    assert "tand-in" not in page
