"""The short form of the storm (`make storm`), on both databases."""

from __future__ import annotations

from evals.storm.storm import Size, run_storm


def test_whatever_is_killed_every_review_ends_once_and_no_kept_answer_is_asked_for_again(
    database_address: str,
) -> None:
    outcome = run_storm(database_address, Size(reviews=20, workers=2, kills=3, silent_seconds=3))
    assert outcome.faults() == []
    assert outcome.jobs_hit > 0
