"""Tune the reader's encoder: `python -m evals.training.tune_reader`, then train its heads.

The upper layers of the embedding model learn to tell situations apart from our own training texts; what they learn is
written into `drafter/readers/models/encoder.npz`. The heads used here are thrown away: `train_reader` fits them anew to
the vectors that the engine itself gives. The same texts give the same tuning on the same machine: one seed decides the
order, what is left out and which reviews come without their stars.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from drafter import weights
from drafter.domain.situation import Channel, SituationName
from drafter.languages import visible
from evals.training import texts as training_texts
from evals.training.dealing import dealt, mask_of
from evals.training.descent import KEPT, Learnt, averaged, share_of_rate, stepped
from evals.training.encoder import WIDTH, Arrays, Encoder
from evals.training.texts import TrainingText
from evals.training.train_reader import MODELS
from evals.training.vocabulary import Vocabulary

FIRST_LAYER = 3  # that learns; below it little is about situations
EPOCHS = 4
_MOST_TOKENS = 256
_LENGTHS = (12, 16, 24, 32, 48, 64, 96, 128, 192, 256)  # to which texts are padded: each is compiled once
_TOKENS_A_STEP = 2048
_DROPPED = 0.2  # share of a vector's numbers left out at each step
_STARLESS = 0.4  # share of reviews shown without their stars
_SMOOTHED = 0.05  # of the certainty of a label: two readers differ on one review in ten
_SHORT = 0.6  # weight of the texts of one point beside the longer ones, which are as real reviews are
_STARS = 6

SITUATIONS = tuple(name.value for name in SituationName)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some texts of one length, ready for a step; rows that only fill up have no weight."""

    x: NDArray[np.float32]  # the answer of the layers that stay
    mask: NDArray[np.bool_]
    stars: NDArray[np.float32]
    situation: NDArray[np.int64]
    shown: NDArray[np.float32]  # all situations that the text shows
    sentiment: NDArray[np.int64]
    remedy: NDArray[np.float32]
    answered: NDArray[np.float32]  # whether the need of a remedy is known
    weight: NDArray[np.float32]


class Lesson:
    """The training texts with the answers of the layers that stay, dealt out in batches."""

    def __init__(self, texts: Sequence[TrainingText], encoder: Encoder, vocabulary: Vocabulary) -> None:
        self._texts = texts
        self._tokens = [vocabulary.tokens(visible(text.text), most=_MOST_TOKENS) for text in texts]
        self._below: list[NDArray[np.float16]] = [np.zeros((0, WIDTH), np.float16)] * len(texts)
        for length, size, rows in self._dealt(list(range(len(texts)))):
            tokens = np.full((size, length), vocabulary.padding, np.int32)
            mask = mask_of(self._tokens, rows, size, length)
            for at, row in enumerate(rows):
                tokens[at, : len(self._tokens[row])] = self._tokens[row]
            answer = encoder.below(tokens, mask)
            for at, row in enumerate(rows):
                self._below[row] = answer[at, : len(self._tokens[row])].astype(np.float16)

    @property
    def steps(self) -> int:
        """Return how many batches an epoch has."""
        return len(self._dealt(list(range(len(self._texts)))))

    def batches(self, chance: np.random.Generator) -> Iterator[Batch]:
        """Yield all texts in an order of chance."""
        rows = list(range(len(self._texts)))
        chance.shuffle(rows)
        groups = self._dealt(rows)
        for at in chance.permutation(len(groups)):
            length, size, group = groups[at]
            yield self._batch(group, size, length, chance)

    def _dealt(self, order: list[int]) -> list[tuple[int, int, list[int]]]:
        return dealt(self._tokens, order, lengths=_LENGTHS, most=_TOKENS_A_STEP)

    def _batch(self, rows: list[int], size: int, length: int, chance: np.random.Generator) -> Batch:
        x = np.zeros((size, length, WIDTH), np.float32)
        stars = np.zeros((size, _STARS), np.float32)
        for at, row in enumerate(rows):
            x[at, : len(self._below[row])] = self._below[row]
            stars[at, 0 if chance.random() < _STARLESS else self._texts[row].rating or 0] = 1
        texts = [self._texts[row] for row in rows]
        return Batch(
            x=x,
            mask=mask_of(self._tokens, rows, size, length),
            stars=stars,
            situation=_filled([SITUATIONS.index(text.situation) for text in texts], size, np.int64),
            shown=_shown(texts, size),
            sentiment=_filled([text.sentiment + 1 for text in texts], size, np.int64),
            remedy=_filled([text.channel is Channel.HYBRID for text in texts], size, np.float32),
            answered=_filled([text.channel in (Channel.PUBLIC, Channel.HYBRID) for text in texts], size, np.float32),
            weight=_filled([_SHORT if text.of_one_point else 1.0 for text in texts], size, np.float32),
        )


def _filled(values: Sequence[float], size: int, kind: type[np.generic]) -> NDArray[Any]:
    column = np.zeros(size, kind)
    column[: len(values)] = values
    return column


def _shown(texts: Sequence[TrainingText], size: int) -> NDArray[np.float32]:
    shown = np.zeros((size, len(SITUATIONS)), np.float32)
    for at, text in enumerate(texts):
        for name in (text.situation, *text.secondary):
            shown[at, SITUATIONS.index(name)] = 1
    return shown


@dataclass(frozen=True, kw_only=True)
class Tuner:
    """Learns: the layers that are free and heads of its own, by steps down the slope (Adam)."""

    encoder: Encoder
    centre: NDArray[np.float32]  # of the vectors before learning
    spread: float

    def begin(self) -> Learnt:
        """Return where learning begins: the model as it is, and heads that know nothing."""
        wide = WIDTH + _STARS
        sizes = {"situation": len(SITUATIONS), "shown": len(SITUATIONS), "sentiment": 3, "remedy": 1}
        heads = {name: (jnp.zeros((wide, size)), jnp.zeros(size)) for name, size in sizes.items()}
        return {"layers": self.encoder.untuned(), "heads": heads}

    def loss(self, learnt: Learnt, batch: dict[str, Array], key: Array) -> Array:
        """Return how wrong the heads are about a batch."""
        vectors = self.encoder.vectors(learnt["layers"], batch["x"], batch["mask"])
        kept = jax.random.bernoulli(key, 1 - _DROPPED, vectors.shape) / (1 - _DROPPED)
        seen = jnp.concatenate([(vectors - self.centre) / self.spread * kept, batch["stars"]], axis=1)
        said = {name: seen @ weight + bias for name, (weight, bias) in learnt["heads"].items()}
        wrong = _surprise(said["situation"], batch["situation"], smoothed=_SMOOTHED)
        wrong += 0.5 * (jnp.logaddexp(0, said["shown"]) - batch["shown"] * said["shown"]).sum(1)
        wrong += 0.3 * _surprise(said["sentiment"], batch["sentiment"], smoothed=0.0)
        remedy = said["remedy"][:, 0]
        wrong += 0.3 * batch["answered"] * (jnp.logaddexp(0, remedy) - batch["remedy"] * remedy)
        mean: Array = (wrong * batch["weight"]).sum() / batch["weight"].sum()
        return mean

    def learn(self, lesson: Lesson, *, epochs: int) -> list[Arrays]:
        """Return what the layers have learnt, as a moving average of the steps."""
        slope, walk, smooth = jax.jit(jax.value_and_grad(self.loss)), jax.jit(stepped), jax.jit(averaged)
        learnt = average = self.begin()
        first, second = (jax.tree.map(jnp.zeros_like, learnt) for _ in range(2))
        chance, key = np.random.default_rng(0), jax.random.PRNGKey(0)
        steps, step = lesson.steps * epochs, 0
        for epoch in range(epochs):
            begun, losses = time.monotonic(), []
            for batch in lesson.batches(chance):
                step += 1
                key, part = jax.random.split(key)
                loss, down = slope(learnt, vars(batch), part)
                rate = share_of_rate(step, steps)
                learnt, first, second = walk(learnt, first, second, down, step, rate)
                average = smooth(average, learnt, min(KEPT, (1 + step) / (10 + step)))
                losses.append(float(loss))
            print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
        return list(average["layers"])


def _surprise(scores: Array, truth: Array, *, smoothed: float) -> Array:
    size = scores.shape[1]
    wanted = jax.nn.one_hot(truth, size) * (1 - smoothed) + smoothed / size
    return -(wanted * jax.nn.log_softmax(scores)).sum(1)


def tune(texts: Sequence[TrainingText], *, first: int = FIRST_LAYER, epochs: int = EPOCHS) -> weights.Tuning:
    """Return the tuning learnt from texts."""
    raw = weights.original()
    encoder = Encoder(raw, first=first)
    lesson = Lesson(texts, encoder, Vocabulary(raw))
    untuned = encoder.untuned()
    some = [
        np.asarray(encoder.vectors(untuned, jnp.asarray(batch.x), jnp.asarray(batch.mask)))[batch.weight > 0]
        for batch, _ in zip(lesson.batches(np.random.default_rng(0)), range(40), strict=False)
    ]
    vectors = np.concatenate(some)
    tuner = Tuner(encoder=encoder, centre=vectors.mean(0), spread=float(vectors.std(0).mean()))
    return encoder.tuning(tuner.learn(lesson, epochs=epochs))


def main() -> None:
    """Tune on all texts and write the tuning into the package."""
    parser = argparse.ArgumentParser(description="Tune the reader's encoder on our own texts.")
    parser.add_argument("--into", type=Path, default=MODELS, help="folder for encoder.npz")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    options = parser.parse_args()
    texts = training_texts.load()
    tune(texts, epochs=options.epochs).save(str(options.into / "encoder.npz"))


if __name__ == "__main__":
    main()
