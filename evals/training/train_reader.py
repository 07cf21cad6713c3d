"""Train the reader's heads: `python -m evals.training.train_reader`, after `tune_reader` has tuned the encoder.

The same texts give the same arrays: one solver, no shuffling, no random start. Each text counts twice, with its stars
and without, so that a review without stars is read as well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression

import drafter.readers
from drafter.domain.ports import Embedder
from drafter.domain.situation import Channel, SituationName
from drafter.languages import visible
from drafter.ngrams import pieces, weighted
from drafter.readers.features import MAX_CHARACTERS, features
from drafter.readers.heads import encoder_tuning
from evals.training import texts as training_texts
from evals.training.texts import TrainingText

MODELS = Path(drafter.readers.__file__).parent / "models"
CACHE = Path(".cache")

SITUATIONS = tuple(situation.value for situation in SituationName)
_STRENGTH = 0.006  # inverse of the regularisation
#: Of the situation's head and the remedy's. The encoder was tuned on these very texts and parts them almost without a
#: head, so a strong one would only learn them by heart.
_LIGHT = 0.0003
_OFTEN = 2  # times that a piece of a word has to stand in the training text to get a weight
_WORDS_STRENGTH = 3.0
_GROUPS = 3  # of languages, each left out of the training once for the calibration
#: How much humbler the head is than its training makes it. Its encoder has learnt from the same texts, so that no
#: part of them can tell; it was measured on the shipped cases, which no training sees, and on real reviews.
TEMPERATURE = 1.0
_THRESHOLDS = np.arange(0.1, 0.91, 0.02)
_FOUND = 0.94  # share of texts of harm in languages left out that the harm head has to find; words find the rest

Floats = NDArray[np.float32]
Trained = dict[str, NDArray[Any]]


def train(texts: Sequence[TrainingText], vectors: Floats) -> tuple[Trained, dict[str, Any]]:
    """Return the arrays and the description of heads trained on texts and their vectors."""
    rows = _features(texts, vectors)
    mean, scale = _standard(rows, vectors.shape[1])
    ready = (rows - mean) * scale
    twice = [*texts, *texts]
    situation = np.array([text.situation.value for text in twice])
    sentiment = np.array([str(text.sentiment) for text in twice])
    arrays: Trained = {"mean": mean, "scale": scale}
    heads: dict[str, Any] = {}
    # what is rare in the texts is rare among reviews, so the situations are not balanced
    _add(arrays, heads, "situation", *_one_of(ready, situation, SITUATIONS, _model(_LIGHT, None), _weights(twice)))
    _add(arrays, heads, "sentiment", *_one_of(ready, sentiment, ("-1", "0", "1"), _model()))
    shown = [[name in (text.situation, *text.secondary) for text in twice] for name in SituationName]
    _add(arrays, heads, "present", *_several(ready, shown), SITUATIONS)
    answered = np.array([text.channel in (Channel.PUBLIC, Channel.HYBRID) for text in twice])
    needed = [text.channel is Channel.HYBRID for text in twice if text.channel in (Channel.PUBLIC, Channel.HYBRID)]
    _add(arrays, heads, "remedy", *_several(ready[answered], [needed]), ("needed",))
    languages = np.array([text.language for text in twice])
    harm = np.array([SituationName.SAFETY in (text.situation, *text.secondary) for text in twice])
    _add(arrays, heads, "harm", *_several(ready, [harm]), ("told",))
    heads["harm"]["threshold"] = _threshold(ready, harm, languages)
    arrays |= word_head(texts)
    heads["situation"]["temperature"] = TEMPERATURE
    about = {"texts": len(texts), "texts_hash": training_texts.hash_of(texts), "heads": heads}
    return arrays, about


def word_head(texts: Sequence[TrainingText]) -> Trained:
    """Return the arrays of the head that sees the pieces of words, and the stars half of the time."""
    shown = [visible(text.text) for text in texts]
    often = Counter(piece for text in shown for piece in pieces(text))
    known = np.array(sorted(piece for piece, times in often.items() if times >= _OFTEN), np.uint32)
    times = np.array([often[int(piece)] for piece in known], np.float32)
    rarity = np.log((1 + len(texts)) / (1 + times)) + 1
    rows = [_word_row(text, known, rarity.astype(np.float32)) for text in shown]
    starred, starless = (
        hstack([vstack(rows), _stars([text.rating if kept else None for text in texts])]) for kept in (True, False)
    )
    labels = [text.situation.value for text in texts] * 2
    model = LogisticRegression(C=_WORDS_STRENGTH, max_iter=500).fit(vstack([starred, starless]).tocsr(), labels)
    at = [list(model.classes_).index(label) for label in SITUATIONS]
    return {
        "words_known": known,
        "words_rarity": rarity.astype(np.float16),
        "words_weights": model.coef_[at].astype(np.float16),
        "words_bias": model.intercept_[at].astype(np.float32),
    }


def _word_row(text: str, known: NDArray[np.uint32], rarity: Floats) -> csr_matrix:
    columns, weights = weighted(text, known, rarity)
    return csr_matrix((weights, columns, [0, len(columns)]), shape=(1, len(known)))


def _stars(ratings: Sequence[int | None]) -> csr_matrix:
    at = [rating or 0 for rating in ratings]
    return csr_matrix((np.ones(len(at)), (range(len(at)), at)), shape=(len(at), 6))


def _features(texts: Sequence[TrainingText], vectors: Floats) -> Floats:
    """Return the features of all texts with their stars, and then of all without."""
    return np.vstack(
        [
            features(vector, text=visible(text.text), language=text.language, rating=text.rating if starred else None)
            for starred in (True, False)
            for text, vector in zip(texts, vectors, strict=True)
        ]
    )


def _standard(rows: Floats, dimensions: int) -> tuple[Floats, Floats]:
    """Return mean and scale of the vector's columns; the others keep the weight that they were given."""
    mean = np.zeros(rows.shape[1], dtype=np.float32)
    scale = np.ones(rows.shape[1], dtype=np.float32)
    mean[:dimensions] = rows[:, :dimensions].mean(axis=0)
    scale[:dimensions] = 1 / np.maximum(rows[:, :dimensions].std(axis=0), 1e-6)
    return mean, scale


def _model(strength: float = _STRENGTH, weights: Literal["balanced"] | None = "balanced") -> LogisticRegression:
    return LogisticRegression(C=strength, class_weight=weights, max_iter=500)


def _one_of(
    rows: Floats,
    labels: NDArray[Any],
    order: tuple[str, ...],
    unfitted: LogisticRegression,
    weights: Floats | None = None,
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return weights, bias and labels of a head whose labels exclude each other."""
    model = unfitted.fit(rows, labels, sample_weight=weights)
    known = tuple(label for label in order if label in model.classes_)
    at = [list(model.classes_).index(label) for label in known]
    if len(known) == 2:  # one row serves both labels
        sign = 1.0 if at == [0, 1] else -1.0
        half = sign * model.coef_[0] / 2, sign * model.intercept_[0] / 2
        return np.stack([-half[0], half[0]]), np.array([-half[1], half[1]]), known
    return model.coef_[at], model.intercept_[at], known


def _weights(texts: Sequence[TrainingText]) -> Floats:
    """Return how much each text counts: long ones, which are as most real reviews are, up to four times as much."""
    return np.array([min(1.5, 0.4 + len(text.text) / 100) for text in texts], np.float32)


def _several(rows: Floats, columns: Sequence[Sequence[bool] | NDArray[Any]]) -> tuple[Floats, Floats]:
    """Return weights and bias of a head whose labels may hold together; one that never holds gets no chance."""
    weights, bias = [], []
    for column in columns:
        if len(set(column)) < 2:
            weights.append(np.zeros(rows.shape[1]))
            bias.append(10.0 if column and column[0] else -10.0)
            continue
        model = _model().fit(rows, np.array(column))
        weights.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
    return np.vstack(weights), np.array(bias)


def _add(
    arrays: Trained, heads: dict[str, Any], name: str, weights: Floats, bias: Floats, labels: tuple[str, ...]
) -> None:
    arrays[f"{name}_weights"] = weights.astype(np.float16)
    arrays[f"{name}_bias"] = bias.astype(np.float32)
    heads[name] = {"labels": list(labels), "temperature": 1.0}


def _threshold(rows: Floats, told: NDArray[Any], languages: NDArray[Any]) -> float:
    """Return the highest threshold at which enough of the harm told in languages left out is found."""
    chances: list[NDArray[Any]] = []
    names = sorted(set(languages))
    for group in range(_GROUPS):
        out = np.isin(languages, names[group::_GROUPS])
        if not (out & told).any() or len(set(told[~out])) < 2:
            continue
        weights, bias = _several(rows[~out], [told[~out]])
        chances.append(1 / (1 + np.exp(-(rows[out & told] @ weights[0] + bias[0]))))
    if not chances:
        return 0.5
    found = np.concatenate(chances)
    enough = [value for value in _THRESHOLDS if (found >= value).mean() >= _FOUND]
    return float(round(max(enough, default=_THRESHOLDS[0]), 2))


def embedded(texts: Sequence[TrainingText], embedder: Embedder, cache: Path | None) -> Floats:
    """Return the vectors of all texts; those of an earlier run come from the cache file."""
    known: dict[str, Floats] = {}
    if cache and cache.exists():
        with np.load(cache, allow_pickle=False) as file:
            known = dict(zip(file["texts"].tolist(), file["vectors"], strict=True))
    wanted = [visible(text.text)[:MAX_CHARACTERS] for text in texts]
    missing = [text for text in dict.fromkeys(wanted) if text not in known]
    with ThreadPoolExecutor() as threads:
        known |= zip(missing, threads.map(lambda text: embedder.embed([text])[0], missing), strict=True)
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        np.savez(cache, texts=np.array(list(known)), vectors=np.array(list(known.values())))
    return np.array([known[text] for text in wanted], dtype=np.float32)


def _cache() -> Path:
    """Return the file that keeps the vectors of one tuning."""
    return CACHE / f"training-vectors-{hashlib.blake2b(encoder_tuning().read_bytes(), digest_size=6).hexdigest()}.npz"


def save(arrays: Trained, about: dict[str, Any], folder: Path) -> None:
    """Write arrays and description into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "reader.npz", allow_pickle=False, **arrays)
    (folder / "reader.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all texts and write the heads into the package."""
    from drafter.embeddings import E5Embedder  # noqa: PLC0415  # a test trains without the model

    parser = argparse.ArgumentParser(description="Train the reader's heads on our own texts.")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder for reader.npz and reader.json")
    options = parser.parse_args()
    texts = training_texts.load()
    arrays, about = train(texts, embedded(texts, E5Embedder(tuning=encoder_tuning(), cached_texts=1), _cache()))
    save(arrays, about, options.into)
    print(f"{len(texts)} texts, hash {about['texts_hash']}, temperature {about['heads']['situation']['temperature']}")  # noqa: T201


if __name__ == "__main__":
    main()
