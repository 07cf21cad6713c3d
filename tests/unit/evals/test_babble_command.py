"""`python -m evals.babble` takes reviews from a file or the sample, and says where it has no model."""

import json
from pathlib import Path

import pytest

from evals.babble import llama_server
from evals.babble.__main__ import cases_from, main


def test_cases_are_spread_over_the_sample() -> None:
    languages = {case.review.region for case in cases_from(None, 8)}
    assert len(languages) > 3


def test_reviews_come_again_under_other_ids_and_texts_when_they_are_used_up(tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    rows = [{"id": str(number), "text": f"Bag number {number}.", "rating": 5} for number in range(3)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    cases = list(cases_from(file, 7))
    assert len({case.review.external_id for case in cases}) == 7
    assert len({case.review.text for case in cases}) == 7


def test_a_machine_without_the_model_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(llama_server, "find_spec", lambda _: None)
    assert llama_server.missing() is not None
    assert main(["--count", "1"]) == 2
    assert "xllamacpp" in capsys.readouterr().err
