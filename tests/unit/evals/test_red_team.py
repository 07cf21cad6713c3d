"""The red team's cases as a dataset: every language, two halves, every code judged."""

from __future__ import annotations

from collections import Counter

from drafter.domain.finding import CODES
from drafter.domain.shop import SUPPORTED_LANGUAGES
from evals import loading
from evals.reply_cases import CheckDataset, slices_of_reply


def cases() -> CheckDataset:
    """Return the dataset by its name."""
    return loading.load("red_team")  # type: ignore[return-value]  # a name of replies


def test_every_language_has_cases_of_both_halves_and_every_code_is_judged() -> None:
    halves: Counter[tuple[str, str]] = Counter()
    for case in cases().cases:
        assert case.metadata is not None
        assert case.metadata.judged == CODES
        slices = slices_of_reply(case.inputs, case.metadata)
        language = next(name for name in slices if name.startswith("language:"))
        halves[language, next(name for name in slices if name.startswith("half:"))] += 1
    languages = {language for language, _ in halves}
    assert len(languages) == len(SUPPORTED_LANGUAGES)
    assert all(halves[language, "half:open"] == 27 for language in languages)
    assert all(halves[language, "half:held"] >= 25 for language in languages)
