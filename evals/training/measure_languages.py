"""Measure the languages by halves: `python -m evals.training.measure_languages [FILE.jsonl]`.

The reviews and replies that we have written are split in two; a profile of each half is measured on the other one,
without a hint. Noise and single words are left out. A file of labelled reviews is measured with the profile that ships.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from drafter.languages import Languages
from drafter.languages.profile import Profile
from evals.training import texts as training_texts
from evals.training.train_languages import Sample, labelled, samples, train

Pairs = list[tuple[str, str]]  # the right language and the one found


def by_halves(written: list[Sample]) -> Pairs:
    """Return what profiles say of the half of the texts that they have not seen."""
    spoken = [sample for sample in written if len(sample.text.split()) > 1]
    halves = spoken[::2], spoken[1::2]
    return [
        (sample.language, found) for seen, unseen in (halves, halves[::-1]) for sample, found in _read(seen, unseen)
    ]


def _read(seen: list[Sample], unseen: list[Sample]) -> list[tuple[Sample, str]]:
    arrays, about = train(list(samples(seen)))
    profile = Profile(
        languages=tuple(about["languages"]),
        weights=arrays["weights"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
    )
    languages = Languages(profile=profile)
    return [(sample, languages.identify(sample.text)) for sample in unseen]


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
    print(json.dumps(shares(_of_file(file) if file else by_halves(labelled(training_texts.load())))))  # noqa: T201


if __name__ == "__main__":
    main()
