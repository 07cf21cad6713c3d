"""The training of the languages' profile."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from drafter.domain.situation import Channel, SituationName
from drafter.languages import Languages
from drafter.languages.profile import Profile
from evals.training import train_languages
from evals.training.measure_languages import shares
from evals.training.texts import TrainingText
from evals.training.train_languages import Sample, labelled, samples, save, train, without_accents


def _text(text: str, language: str, situation: str = "quality") -> TrainingText:
    return TrainingText(
        text=text, language=language, situation=SituationName(situation), sentiment=-1, channel=Channel.HYBRID
    )


def _labelled(texts: list[TrainingText]) -> list[Sample]:
    return labelled(texts, Path("nowhere"))


TEXTS = [_text("kualiti teruk, zip rosak", "ms"), _text("kualitas jelek, resleting rusak", "id"), _text("ร้อน", "th")]


def test_a_text_is_learnt_with_and_without_its_accents() -> None:
    learnt = [tuple(sample) for sample in samples(_labelled([_text("déçue, tissu abîmé", "fr"), *TEXTS]))]
    assert ("déçue, tissu abîmé", "fr") in learnt
    assert ("decue, tissu abime", "fr") in learnt
    assert not [text for text, language in learnt if language == "th"], "its script tells"


def test_noise_is_no_example_of_the_language_of_its_file() -> None:
    assert not _labelled([_text("qwdqwd asdasf", "en", "spam_abuse"), _text("asdfgh", "de", "spam_abuse")])
    assert _labelled([_text("for points only, not related", "en", "spam_abuse")])


def test_replies_are_learnt_from_unless_they_are_in_a_wrong_language(tmp_path: Path) -> None:
    lines = [{"text": "Terima kasih, puan.", "codes": []}, {"text": "Thank you.", "codes": ["language_mismatch"]}]
    (tmp_path / "ms.jsonl").write_text("".join(json.dumps(line | {"language": "ms"}) + "\n" for line in lines))
    assert labelled([], tmp_path) == [Sample("Terima kasih, puan.", "ms")]


def test_a_vietnamese_d_loses_its_stroke() -> None:
    assert without_accents("Đẹp lắm, đúng mô tả") == "Dep lam, dung mo ta"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learn from the texts alone, which takes a moment."""
    monkeypatch.setattr(train_languages, "_listed", lambda: iter(()))
    monkeypatch.setattr(train_languages, "_templates", lambda: iter(()))
    monkeypatch.setattr(train_languages, "_STRUNG", 2)
    monkeypatch.setattr(train_languages, "_NOISE", 4)


@pytest.mark.usefixtures("small")
def test_training_gives_the_same_arrays_twice_and_they_can_be_loaded(tmp_path: Path) -> None:
    learnt = list(samples(_labelled(TEXTS)))
    (arrays, about), (again, _) = train(learnt), train(learnt)
    assert all(np.array_equal(arrays[name], again[name]) for name in arrays)
    save(arrays, about, tmp_path)
    shares_of = Profile.load(tmp_path).log_shares(["kualiti", "teruk"])
    assert shares_of["ms"] > shares_of["id"]
    assert json.loads((tmp_path / "profile.json").read_text())["samples"] == about["samples"]


@pytest.mark.usefixtures("small")
def test_another_profile_can_be_measured() -> None:
    arrays, about = train(list(samples(_labelled(TEXTS))))
    profile = Profile(
        languages=tuple(about["languages"]), weights=arrays["weights"].astype(np.float32), bias=arrays["bias"]
    )
    assert Languages(profile=profile).identify("zip rosak, kualiti teruk") == "ms"


def test_shares_are_counted_by_language_and_over_all() -> None:
    assert shares([("ms", "id"), ("ms", "ms"), ("id", "id"), ("id", "id")]) == {"all": 0.75, "id": 1.0, "ms": 0.5}
