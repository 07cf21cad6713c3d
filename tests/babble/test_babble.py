"""A real model that talks nonsense meets the guardrails, through an installation as it serves."""

import pytest

from drafter.domain.case import Case
from evals.babble import llama_server
from evals.babble.drafting import draft_all
from evals.babble.figures import figures_of
from evals.bench.measure import sample_cases

pytestmark = pytest.mark.skipif(llama_server.missing() is not None, reason=str(llama_server.missing()))

REGIONS = ("US", "BR", "TH")


def praise() -> list[Case]:
    """Return a review of five stars for each region: as a public reply is enough, every text reaches the checks."""
    return [
        next(case for case in sample_cases() if case.review.region == region and case.review.rating == 5)
        for region in REGIONS
    ]


def test_babble_reaches_the_guardrails_and_none_that_they_block_reaches_the_queue() -> None:
    """`make babble` does the same with a hundred reviews."""
    with llama_server.serving() as address:
        outcomes = draft_all(praise(), address, answer_tokens=80, draft_seconds=300, patience=600)
    found = figures_of(outcomes)
    assert found.drafted == len(REGIONS)
    assert found.by_model + found.by_template + found.escalated == found.drafted
    assert found.texts_checked >= len(REGIONS)
    assert found.texts_blocked
    assert found.blocked_in_queue == 0
    assert found.unexplained == 0
