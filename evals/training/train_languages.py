"""Train the languages' profile: `python -m evals.training.train_languages`.

Learnt from: the training texts of readers and guardrails, each also without its accents; the readers' word lists; the
sentences of the reply templates, since replies are identified too; for the languages that we only
have to recognise, sentences strung from their word lists; and made-up keyboard noise, so that noise is no language.
The same files give the same arrays: one solver, one seed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

import drafter.languages
import prompts
from drafter import data
from drafter.domain.situation import SituationName
from drafter.domain.visible import visible
from drafter.domain.yaml_files import parsed
from drafter.languages import SUPPORTED, UNDETERMINED
from drafter.languages.noise import is_mashed
from drafter.languages.profile import BUCKETS, buckets, weight
from drafter.languages.prose import words_of
from drafter.languages.words import is_known, word_lists
from evals.training import texts as training_texts
from evals.training.texts import TrainingText

MODELS = Path(drafter.languages.__file__).parent / "models"
REPLIES = Path(__file__).parent / "replies"  # what the guardrails learn from

_FOREIGN = "language_mismatch"  # code of a reply that is in another language than its file's

_OTHER_SCRIPTS = frozenset({"th", "ja"})
_STRENGTH = 10.0  # inverse of the regularisation; between 3 and 30 little changes
_STRUNG = 80  # sentences from the word list of each language that we only recognise
_NOISE = 500  # lines
_FEW_WORDS = 3
_VARIABLE = re.compile(r"\{\w+\}")
_SMALLEST = 0.02  # a weight below it is left out, and the array packs to a third

Trained = dict[str, NDArray[Any]]


class Sample(NamedTuple):
    """A text and its language."""

    text: str
    language: str


def labelled(texts: Iterable[TrainingText], replies: Path = REPLIES) -> list[Sample]:
    """Return the reviews and replies that we have written, with their languages; noise is in none."""
    reviews = [
        Sample(visible(text.text), text.language)
        for text in texts
        if text.situation is not SituationName.SPAM_ABUSE or not _is_noise(text.text)
    ]
    lines = [
        json.loads(line) for file in sorted(replies.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    return reviews + [Sample(line["text"], line["language"]) for line in lines if _FOREIGN not in line["codes"]]


def samples(written: Iterable[Sample]) -> Iterator[Sample]:
    """Yield what the profile learns from besides its own lists: Latin texts with and without their accents."""
    for sample in written:
        if sample.language in _OTHER_SCRIPTS:
            continue
        yield sample
        if (bare := without_accents(sample.text)) != sample.text:
            yield Sample(bare, sample.language)


def train(learnt: Sequence[Sample]) -> tuple[Trained, dict[str, Any]]:
    """Return the arrays and the description of a profile."""
    seeded = random.Random(0)  # noqa: S311  # nothing secret
    every = [*learnt, *_listed(), *_templates(), *_strung(seeded), *_noise(seeded)]
    model = LogisticRegression(C=_STRENGTH, max_iter=400)
    model.fit(_matrix([sample.text for sample in every]), [sample.language for sample in every])
    weights = np.where(np.abs(model.coef_) < _SMALLEST, 0, model.coef_).T
    arrays: Trained = {"weights": weights.astype(np.float16), "bias": model.intercept_.astype(np.float32)}
    return arrays, {"languages": [str(language) for language in model.classes_], "samples": len(every)}


def without_accents(text: str) -> str:
    """Return a text as typed in haste: Latin letters without their accents."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return bare.translate(str.maketrans("đĐłŁøØ", "dDlLoO"))


def _is_noise(text: str) -> bool:
    """Return whether a line of spam is no example of its file's language: noise, or a word or two that no list has."""
    words = words_of(text)
    return len(words) <= _FEW_WORDS and (is_mashed(words) or not any(map(is_known, words)))


def _listed() -> Iterator[Sample]:
    """Yield the entries of the readers' word lists."""
    for topic in data.names("reading"):
        for language, entries in data.load(f"reading/{topic}.yaml")["words"].items():
            if language not in _OTHER_SCRIPTS and language in SUPPORTED:
                for entry in str(entries).split(";"):
                    yield Sample(re.sub(r"\*| \.\.\. ", " ", entry), language)


def _templates() -> Iterator[Sample]:
    """Yield the sentences that the template writer puts replies together from."""
    for file in sorted(Path(prompts.__file__).parent.glob("templates/*/*.yaml")):
        content = parsed(file.read_text(encoding="utf-8"))
        if content["language"] not in _OTHER_SCRIPTS:
            for sentence in _sentences(content):
                yield Sample(_VARIABLE.sub(" ", sentence), content["language"])


def _sentences(content: object) -> Iterator[str]:
    """Yield the texts of more than one word in a file, however deep they lie."""
    if isinstance(content, str) and " " in content:
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _sentences(part)


def _strung(seeded: random.Random) -> Iterator[Sample]:
    """Yield sentences strung from the word lists of the languages that we only recognise."""
    for language, words in sorted(word_lists().items()):
        known = sorted(words.common | words.telling)
        count = _STRUNG if language not in SUPPORTED else 0
        for _ in range(count):
            yield Sample(" ".join(seeded.choices(known, k=seeded.randint(3, 9))), language)


def _noise(seeded: random.Random) -> Iterator[Sample]:
    """Yield keyboard noise: runs of neighbouring keys, and letters at random."""
    rows = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "asdfghjklñ")
    for at in range(_NOISE):
        source = seeded.choice(rows) if at % 2 else "abcdefghijklmnopqrstuvwxyz"
        words = ("".join(seeded.choices(source, k=seeded.randint(4, 14))) for _ in range(seeded.randint(1, 4)))
        yield Sample(" ".join(words), UNDETERMINED)


def _matrix(texts: Sequence[str]) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        words = words_of(text)
        each = weight(words)
        for bucket, count in Counter(bucket for word in words for bucket in buckets(word)).items():
            rows.append(row)
            columns.append(bucket)
            values.append(count * each)
    return csr_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS))


def save(arrays: Trained, about: dict[str, Any], folder: Path = MODELS) -> None:
    """Write a profile where it is loaded from."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "profile.npz", allow_pickle=False, **arrays)
    (folder / "profile.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all texts and write the profile."""
    parser = argparse.ArgumentParser(description="Train the languages' profile on our own texts.")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder to write")
    folder = parser.parse_args().into
    texts = training_texts.load()
    arrays, about = train(list(samples(labelled(texts))))
    save(arrays, about | {"texts_hash": training_texts.hash_of(texts)}, folder)
    print(f"{about['samples']} samples, {len(about['languages'])} languages, in {folder}")  # noqa: T201


if __name__ == "__main__":
    main()
