"""What a model's draft sends, counted over a few drafts: the figures that are promised hold."""

import json

import pytest

from evals.bench import drafts

DRAFTS = 20


def test_requests_begin_alike_give_nothing_away_and_are_few(capsys: pytest.CaptureFixture[str]) -> None:
    drafts.run(DRAFTS)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["drafts"] == DRAFTS
    assert told["long_plain_prefix_tokens"] >= 1_024
    assert told["long_speaking_prefix_tokens"] > told["long_plain_prefix_tokens"]
    assert told["short_plain_mean_tokens"] < 900 < told["long_plain_mean_tokens"]
    assert told["drafts_without_an_end"] == 0
    assert told["calls_per_draft"] * told["share_of_calls_good"] == pytest.approx(1.0)  # a fault costs one call
    assert told["judge_calls_per_draft"] > 0
    assert told["requests_scanned"] > DRAFTS
    assert told["requests_with_personal_data"] == 0
