"""Measure the languages by halves: `python -m evals.training.measure_languages [FILE.jsonl]`.

The training texts are split in two; a profile of each half is measured on the other one, without a hint. Noise has no
language and is left out. A file of labelled reviews is measured with the profile that ships.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from drafter.domain.situation import SituationName
from drafter.languages import Languages, looks_like_noise
from drafter.languages.profile import Profile
from evals.training import texts as training_texts
from evals.training.texts import TrainingText
from evals.training.train_languages import samples, train

Pairs = list[tuple[str, str]]  # the right language and the one found


def by_halves(texts: list[TrainingText]) -> Pairs:
    """Return what profiles say of the half of the texts that they have not seen."""
    spoken = [text for text in texts if text.situation is not SituationName.SPAM_ABUSE or not _is_noise(text)]
    halves = spoken[::2], spoken[1::2]
    return [(text.language, found) for seen, unseen in (halves, halves[::-1]) for text, found in _read(seen, unseen)]


def _read(seen: list[TrainingText], unseen: list[TrainingText]) -> list[tuple[TrainingText, str]]:
    arrays, about = train(list(samples(seen)))
    profile = Profile(
        languages=tuple(about["languages"]),
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
    )
    languages = Languages(profile=profile)
    return [(text, languages.identify(text.text)) for text in unseen]


def _is_noise(text: TrainingText) -> bool:
    return looks_like_noise(text.text) or len(text.text.split()) == 1


def _of_file(file: Path) -> Pairs:
    languages = Languages()
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]
    return [(row["language"], languages.identify(row["text"])) for row in rows]


def shares(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Return the share of texts whose language was found, for each language and over all."""
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    for right, found in pairs:
        hits["all"].append(right == found)
        hits[right].append(right == found)
    return {language: round(sum(each) / len(each), 4) for language, each in sorted(hits.items())}


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description="Measure how well languages are told.")
    parser.add_argument("file", type=Path, nargs="?", help="labelled reviews; without it, the training texts by halves")
    file = parser.parse_args().file
    print(json.dumps(shares(_of_file(file) if file else by_halves(training_texts.load()))))  # noqa: T201


if __name__ == "__main__":
    main()
