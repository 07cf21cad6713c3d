"""Tune the guardrails' encoder: `python -m evals.training.tune_guardrails`, then train its heads.

The upper layers of the embedding model learn to tell apart what sentences of replies do; what they learn is written
into `guardrails/models/encoder.npz`. The heads used here are thrown away: `train_guardrails` fits them anew to the
vectors that the engine itself gives, and chooses thresholds on scores that are kept here, of text that nothing has
seen: a part of each language's file is left out in turn, everything is learnt from the rest, and the part is read.
The same text gives the same tuning on the same machine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from drafter import weights
from drafter.domain.visible import visible
from evals.training import replies as training_replies
from evals.training.dealing import dealt, mask_of
from evals.training.descent import KEPT, Learnt, averaged, share_of_rate, stepped
from evals.training.encoder import WIDTH, Arrays, Encoder
from evals.training.replies import SEMANTIC_CODES, ReplySentence, blocks, labels
from evals.training.train_guardrails import MODELS, Floats, fitted, keep_scores, scores
from evals.training.vocabulary import Vocabulary

FIRST_LAYER = 3  # that learns
EPOCHS = 6
PARTS = 2  # of each language's file, left out in turn for the thresholds
_MOST_TOKENS = 128
_LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128)  # to which sentences are padded: each is compiled once
_TOKENS_A_STEP = 1536
_DROPPED = 0.2  # share of a vector's numbers left out at each step
_SMOOTHED = 0.03  # of the certainty of a label

Dealt = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]  # rows, lower layers' answer, mask


class Lesson:
    """Sentences with the answers of the layers that stay, dealt out in batches of about one length."""

    def __init__(self, texts: Sequence[str], encoder: Encoder, vocabulary: Vocabulary) -> None:
        self._tokens = [vocabulary.tokens(visible(text), most=_MOST_TOKENS) for text in texts]
        self._below: list[NDArray[np.float16]] = [np.zeros((0, WIDTH), np.float16)] * len(texts)
        for length, size, rows in self._groups(range(len(texts))):
            tokens = np.full((size, length), vocabulary.padding, np.int32)
            for at, row in enumerate(rows):
                tokens[at, : len(self._tokens[row])] = self._tokens[row]
            answer = encoder.below(tokens, mask_of(self._tokens, rows, size, length))
            for at, row in enumerate(rows):
                self._below[row] = answer[at, : len(self._tokens[row])].astype(np.float16)

    def steps(self, rows: Sequence[int]) -> int:
        """Return how many batches an epoch of these sentences has."""
        return len(self._groups(rows))

    def batches(self, rows: Sequence[int], chance: np.random.Generator | None = None) -> Iterator[Dealt]:
        """Yield these sentences, in an order of chance where one is given; -1 stands for a row that only fills up."""
        groups = self._groups(rows if chance is None else chance.permutation(rows).tolist())
        for at in range(len(groups)) if chance is None else chance.permutation(len(groups)):
            length, size, group = groups[at]
            x = np.zeros((size, length, WIDTH), np.float32)
            for place, row in enumerate(group):
                x[place, : len(self._below[row])] = self._below[row]
            yield np.array(group + [-1] * (size - len(group))), x, mask_of(self._tokens, group, size, length)

    def _groups(self, order: Sequence[int]) -> list[tuple[int, int, list[int]]]:
        return dealt(self._tokens, order, lengths=_LENGTHS, most=_TOKENS_A_STEP)


@dataclass(frozen=True, kw_only=True)
class Tuner:
    """Learns: the layers that are free, and a head of its own."""

    encoder: Encoder
    lesson: Lesson
    wanted: NDArray[np.float32]  # sentences x codes, and a last column for clean ones

    def learn(self, rows: Sequence[int], *, epochs: int) -> list[Arrays]:
        """Return what the layers learn from some sentences, as a moving average of the steps."""
        centre, spread = self._standard(rows)
        heads = {"weights": jnp.zeros((WIDTH, self.wanted.shape[1])), "bias": jnp.zeros(self.wanted.shape[1])}
        learnt: Learnt = {"layers": self.encoder.untuned(), "heads": heads}
        average = learnt
        first, second = (jax.tree.map(jnp.zeros_like, learnt) for _ in range(2))
        slope, step_on, mix = jax.jit(jax.value_and_grad(self._loss)), jax.jit(stepped), jax.jit(averaged)
        chance, key = np.random.default_rng(0), jax.random.PRNGKey(0)
        steps, step = self.lesson.steps(rows) * epochs, 0
        for epoch in range(epochs):
            begun, losses = time.monotonic(), []
            for group, x, mask in self.lesson.batches(rows, chance):
                step += 1
                key, part = jax.random.split(key)
                given = {"x": x, "mask": mask, "wanted": self.wanted[group], "counts": group >= 0}
                loss, down = slope(learnt, given, (centre, spread), part)
                learnt, first, second = step_on(learnt, first, second, down, step, share_of_rate(step, steps))
                average = mix(average, learnt, min(KEPT, (1 + step) / (10 + step)))
                losses.append(float(loss))
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
        return list(average["layers"])

    def vectors(self, learnt: Sequence[Arrays], rows: Sequence[int]) -> Floats:
        """Return the vectors of some sentences, in their order."""
        run = jax.jit(self.encoder.vectors)
        found: dict[int, Floats] = {}
        for group, x, mask in self.lesson.batches(rows):
            found |= dict(zip(group.tolist(), np.asarray(run(learnt, x, mask)), strict=True))
        return np.array([found[row] for row in rows], np.float32)

    def _standard(self, rows: Sequence[int]) -> tuple[Floats, float]:
        vectors = self.vectors(self.encoder.untuned(), rows[:: max(1, len(rows) // 600)])
        return vectors.mean(0), float(vectors.std(0).mean())

    def _loss(self, learnt: Learnt, given: dict[str, Array], standard: tuple[Array, float], key: Array) -> Array:
        """Return how wrong the head is about a batch."""
        vectors = self.encoder.vectors(learnt["layers"], given["x"], given["mask"])
        kept = jax.random.bernoulli(key, 1 - _DROPPED, vectors.shape) / (1 - _DROPPED)
        said = (vectors - standard[0]) / standard[1] * kept @ learnt["heads"]["weights"] + learnt["heads"]["bias"]
        wanted = given["wanted"] * (1 - 2 * _SMOOTHED) + _SMOOTHED
        wrong = (jnp.logaddexp(0, said) - wanted * said).sum(1)
        mean: Array = (wrong * given["counts"]).sum() / given["counts"].sum()
        return mean


def tuner_of(sentences: Sequence[ReplySentence]) -> Tuner:
    """Return what learns from sentences: their lower layers are computed here, once."""
    raw = weights.original()
    encoder = Encoder(raw, first=FIRST_LAYER)
    lesson = Lesson([sentence.text for sentence in sentences], encoder, Vocabulary(raw))
    codes = labels(sentences).astype(np.float32)
    return Tuner(encoder=encoder, lesson=lesson, wanted=np.hstack([codes, 1 - codes.max(1, keepdims=True)]))


def left_out_scores(tuner: Tuner, sentences: Sequence[ReplySentence], *, epochs: int) -> Floats:
    """Return the scores of each sentence by a tuning and heads that have not seen its part of the file."""
    parts = blocks(sentences, PARTS)
    found = np.zeros((len(sentences), len(SEMANTIC_CODES)), np.float32)
    for part in range(PARTS):
        seen, unseen = (np.flatnonzero(chosen).tolist() for chosen in (parts != part, parts == part))
        learnt = tuner.learn(seen, epochs=epochs)
        arrays = fitted([sentences[row] for row in seen], tuner.vectors(learnt, seen))
        found[unseen] = scores(arrays, [sentences[row] for row in unseen], tuner.vectors(learnt, unseen))
    return found


def main() -> None:
    """Tune on all sentences, and write the tuning into the package, and the scores that thresholds need."""
    parser = argparse.ArgumentParser(description="Tune the guardrails' encoder on our own sentences of replies.")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder for encoder.npz")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    sentences = training_replies.load()
    tuner = tuner_of(sentences)
    learnt = tuner.learn(range(len(sentences)), epochs=options.epochs)
    options.into.mkdir(parents=True, exist_ok=True)
    tuner.encoder.tuning(learnt).save(str(options.into / "encoder.npz"))
    keep_scores(left_out_scores(tuner, sentences, epochs=options.epochs), sentences)


if __name__ == "__main__":
    main()
