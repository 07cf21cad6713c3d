"""Train the guardrails' heads: `python -m evals.training.train_guardrails`.

The same sentences give the same arrays: one solver, no shuffling, no random start. The template writer's own sentences
and those that the rules' cases let pass stand beside ours as clean ones. Where each threshold lies is decided on the
scores of sentences that tuning and heads had not seen (`tune_guardrails` keeps them), so that few clean ones are
flagged.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

import guardrails
from drafter.domain.errors import BadInput
from drafter.domain.ports import Embedder
from drafter.domain.visible import visible
from drafter.ngrams import pieces, weighted
from evals.training import replies as training_replies
from evals.training.replies import SEMANTIC_CODES, ReplySentence, labels
from guardrails.semantics import encoder_tuning

MODELS = Path(guardrails.__file__).parent / "models"
LEFT_OUT = Path(__file__).parent / "replies" / "left_out.npz"

#: Share of clean sentences left out that may be flagged. They are written to tempt, so that of plain replies, which
#: have two or three sentences each, hardly more are flagged.
FALSE_ALARMS = 0.02
#: Share of a code's violations left out that its head has to find, whatever that costs the others. The sentences were
#: written to be hard, and heads that have seen them all find more.
LEAST_FOUND = 0.3
_STRENGTH = 0.01  # inverse of the regularisation of the vector's head; between 0.003 and 0.02 little changes
_WORDS_STRENGTH = 3.0
_WORDS_WEIGHT = 0.5  # of what the words say beside what is meant
_OFTEN = 2  # times that a piece of a word has to stand in the training text to get a weight
_CASES_WEIGHT = 5  # of a sentence that must pass, beside our others: it stands for a kind
#: Our own sentences that the heads would flag are learnt again, with this weight beside others, so that they are not.
_AGAIN_WEIGHT = 4
_NEARLY = 1.5  # below its threshold, in the logarithm of the odds, from which a score is near it
_KNOWN = 0.85  # share of the sentences whose scores have to be known
#: Where rules find nearly all, a head that is not nearly sure only errs: so it was with the red team's open half.
_FLOORS = {"personal_data": 0.95}
_PRICES = np.geomspace(0.05, 50, 121)  # of a false alarm, in violations found

Floats = NDArray[np.float32]
Trained = dict[str, NDArray[Any]]


def train(sentences: Sequence[ReplySentence], embedder: Embedder) -> tuple[Trained, dict[str, Any]]:
    """Return the arrays and the description of heads trained on our sentences, and on what else is known as clean."""
    ours = [*training_replies.of_templates(), *training_replies.of_points()]
    learnt = [*sentences, *ours, *training_replies.of_cases() * _CASES_WEIGHT]
    vectors = embedded(learnt, embedder)
    chosen = thresholds(*kept_scores(sentences))
    arrays = fitted(learnt, vectors)
    again = len(sentences) + _nearly_flagged(arrays, ours, vectors[len(sentences) :][: len(ours)], chosen)
    learnt += [learnt[row] for row in again] * _AGAIN_WEIGHT
    arrays = fitted(learnt, np.vstack([vectors, *[vectors[again]] * _AGAIN_WEIGHT]))
    about = {"texts": len(sentences), "texts_hash": training_replies.hash_of(sentences), "thresholds": chosen}
    return arrays, about


def _nearly_flagged(
    arrays: Trained, sentences: Sequence[ReplySentence], vectors: Floats, chosen: Mapping[str, float]
) -> NDArray[np.int64]:
    """Return the rows of clean sentences that heads flag, or would at a little more."""
    limits = np.array([np.log(chosen[code] / (1 - chosen[code])) for code in SEMANTIC_CODES])
    return np.flatnonzero((scores(arrays, sentences, vectors) >= limits - _NEARLY).any(axis=1))


def fitted(sentences: Sequence[ReplySentence], vectors: Floats) -> Trained:
    """Return the arrays of the heads, whose two scores are already in their shares."""
    wanted = labels(sentences)
    mean, scale = vectors.mean(axis=0), 1 / np.maximum(vectors.std(axis=0), 1e-6)
    known, rarity = _known_pieces(sentences)
    rows = vstack([_word_row(sentence.text, known, rarity) for sentence in sentences]).tocsr()
    meant = [_model(_STRENGTH).fit((vectors - mean) * scale, column) for column in wanted.T]
    said = [_model(_WORDS_STRENGTH).fit(rows, column) for column in wanted.T]
    return {
        "mean": mean.astype(np.float32),
        "scale": scale.astype(np.float32),
        "weights": np.vstack([model.coef_ for model in meant]).astype(np.float16),
        "bias": np.array(
            [one.intercept_[0] + _WORDS_WEIGHT * other.intercept_[0] for one, other in zip(meant, said, strict=True)],
            np.float32,
        ),
        "known": known,
        "rarity": rarity.astype(np.float16),
        "word_weights": (_WORDS_WEIGHT * np.vstack([model.coef_ for model in said])).astype(np.float16),
    }


def scores(arrays: Mapping[str, NDArray[Any]], sentences: Sequence[ReplySentence], vectors: Floats) -> Floats:
    """Return each sentence's score for each code: the logarithm of the odds."""
    rarity = arrays["rarity"].astype(np.float32)
    rows = vstack([_word_row(sentence.text, arrays["known"], rarity) for sentence in sentences]).tocsr()
    said = rows @ arrays["word_weights"].astype(np.float32).T
    meant = (vectors - arrays["mean"]) * arrays["scale"] @ arrays["weights"].astype(np.float32).T
    return np.asarray(meant + said + arrays["bias"], np.float32)


def thresholds(sentences: Sequence[ReplySentence], left_out: Floats) -> dict[str, float]:
    """Return the chance from which each code is taken to hold.

    A false alarm has one price for all codes, the lowest at which no more clean sentences are flagged than may be; each
    threshold is the one that finds most at that price, or a lower one where that finds too few of a code's violations:
    what is hard to hear must not pay for what is easy.
    """
    wanted = labels(sentences)
    clean: NDArray[np.bool_] = np.logical_not(wanted.any(axis=1))
    columns = list(zip(left_out.T, wanted.T, strict=True))
    most = np.array([_finding_enough(column, truth) for column, truth in columns])
    for price in _PRICES:
        limits = np.array([_worth_most(column, truth, clean, price) for column, truth in columns])
        limits = np.minimum(limits, most)
        if (left_out >= limits)[clean].any(axis=1).mean() <= FALSE_ALARMS:
            break
    chances = 1 / (1 + np.exp(-limits))
    chosen = {code: round(float(chance), 4) for code, chance in zip(SEMANTIC_CODES, chances, strict=True)}
    return {code: max(chance, _FLOORS.get(code, 0.0)) for code, chance in chosen.items()}


def _finding_enough(found: Floats, truth: NDArray[np.bool_]) -> float:
    """Return the highest score from which enough of a code's violations are found; of a code without any, no limit."""
    return float(np.quantile(found[truth], 1 - LEAST_FOUND)) if truth.any() else np.inf


def _worth_most(found: Floats, truth: NDArray[np.bool_], clean: NDArray[np.bool_], price: float) -> float:
    """Return the score from which flagging pays most; a wrong code on a sentence with another costs half."""
    order = np.argsort(-found, kind="stable")
    gains = np.where(truth, 1.0, np.where(clean, -price, -price / 2))[order].cumsum()
    best = int(gains.argmax())
    if gains[best] <= 0:
        return float(found.max()) + 1.0
    return float(found[order[best]])


def _known_pieces(sentences: Sequence[ReplySentence]) -> tuple[NDArray[np.uint32], Floats]:
    often = Counter(piece for sentence in sentences for piece in pieces(visible(sentence.text)))
    known = np.array(sorted(piece for piece, times in often.items() if times >= _OFTEN), np.uint32)
    times = np.array([often[int(piece)] for piece in known], np.float32)
    return known, np.asarray(np.log((1 + len(sentences)) / (1 + times)) + 1, np.float32)


def _word_row(text: str, known: NDArray[np.uint32], rarity: Floats) -> csr_matrix:
    columns, values = weighted(visible(text), known, rarity)
    return csr_matrix((values, columns, [0, len(columns)]), shape=(1, len(known)))


def _model(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, class_weight="balanced", max_iter=1_000)


def embedded(sentences: Sequence[ReplySentence], embedder: Embedder) -> Floats:
    """Return the vectors of all sentences."""
    return np.vstack([embedder.embed([visible(sentence.text)]) for sentence in sentences])


def kept_scores(sentences: Sequence[ReplySentence], path: Path = LEFT_OUT) -> tuple[list[ReplySentence], Floats]:
    """Return the sentences that were left out once, and their scores by heads that had not seen them.

    Raises:
        BadInput: too many of the sentences are new or changed since.
    """
    with np.load(path, allow_pickle=False) as kept:
        known = dict(zip(kept["texts"].tolist(), kept["scores"].astype(np.float32), strict=True))
    found = [sentence for sentence in sentences if training_replies.hash_of([sentence]) in known]
    if len(found) < _KNOWN * len(sentences):
        raise BadInput("The sentences have changed: run python -m evals.training.tune_guardrails first.")
    return found, np.array([known[training_replies.hash_of([sentence])] for sentence in found])


def keep_scores(found: Floats, sentences: Sequence[ReplySentence], path: Path = LEFT_OUT) -> None:
    """Keep the scores, by the hash of each sentence, for the choice of thresholds."""
    texts = np.array([training_replies.hash_of([sentence]) for sentence in sentences])
    np.savez_compressed(path, allow_pickle=False, scores=found.astype(np.float16), texts=texts)


def save(arrays: Trained, about: dict[str, Any], folder: Path) -> None:
    """Write arrays and description into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "heads.npz", allow_pickle=False, **arrays)
    (folder / "heads.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Train on all sentences and write the heads into the package."""
    from drafter.embeddings import E5Embedder  # noqa: PLC0415  # a test trains without the model

    parser = argparse.ArgumentParser(description="Train the guardrails' heads on our own sentences of replies.")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder for heads.npz and heads.json")
    folder = parser.parse_args().into
    arrays, about = train(training_replies.load(), E5Embedder(tuning=encoder_tuning()))
    save(arrays, about, folder)
    print(json.dumps(about))  # noqa: T201


if __name__ == "__main__":
    main()
