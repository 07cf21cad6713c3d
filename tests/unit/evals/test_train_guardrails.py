"""Training of the guardrails' heads: the same text gives the same heads, and thresholds keep clean sentences free."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drafter.domain.errors import BadInput
from evals.training import replies, train_guardrails
from evals.training.replies import SEMANTIC_CODES, ReplySentence
from guardrails.semantics import SemanticHeads


def sentences() -> list[ReplySentence]:
    """Return sentences of which each code has four, and a dozen clean ones."""
    coded = [
        ReplySentence(text=f"the {code} sentence {number} of it", codes=(code,), language="en")
        for code in SEMANTIC_CODES
        for number in range(4)
    ]
    return coded + [ReplySentence(text=f"thank you {number}", codes=(), language="en") for number in range(12)]


class Hashed:
    """Embeds a text as its code's own direction, with a little noise that the text decides."""

    dimensions = 16

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row a text."""
        return np.array([self._row(text) for text in texts], np.float32)

    def _row(self, text: str) -> NDArray[np.float64]:
        row = np.random.default_rng(sum(text.encode())).normal(0, 0.05, self.dimensions)
        for at, code in enumerate(SEMANTIC_CODES):
            row[at] += code in text
        return row


def test_the_same_sentences_give_the_same_heads_which_know_them(tmp_path: Path) -> None:
    taught = sentences()
    vectors = train_guardrails.embedded(taught, Hashed())
    arrays, again = (train_guardrails.fitted(taught, vectors) for _ in range(2))
    assert all((arrays[name] == again[name]).all() for name in arrays)
    train_guardrails.save(arrays, {"thresholds": dict.fromkeys(SEMANTIC_CODES, 0.5)}, tmp_path)
    heads = SemanticHeads.load(tmp_path)
    for sentence, vector in zip(taught, vectors, strict=True):
        chances = heads.chances(vector, sentence.text)
        assert tuple(code for code in heads.codes if chances[code] >= heads.thresholds[code]) == sentence.codes
        scores = train_guardrails.scores(arrays, [sentence], vector[None])[0]
        assert np.allclose(1 / (1 + np.exp(-scores)), list(chances.values()), atol=1e-3)  # both sides score alike


def test_thresholds_flag_no_more_clean_sentences_than_may_be() -> None:
    chance = np.random.default_rng(0)
    taught = [
        ReplySentence(text=f"{number}", codes=SEMANTIC_CODES[:1] if number % 2 else (), language="en")
        for number in range(1_000)
    ]
    wanted = replies.labels(taught)
    scores = np.asarray(chance.normal(0, 1, wanted.shape) + 2.0 * wanted, np.float32)
    chosen = train_guardrails.thresholds(taught, scores)
    flagged = 1 / (1 + np.exp(-scores)) >= np.array(list(chosen.values())) - 1e-4
    clean = ~wanted.any(axis=1)
    assert 0 < flagged[clean].any(axis=1).mean() <= train_guardrails.FALSE_ALARMS + 0.002
    assert flagged[~clean, 0].mean() > 0.3
    assert not flagged[:, 1:].any()  # codes that nothing has are never found


def test_a_code_that_is_hard_to_hear_gets_its_share_of_the_false_alarms() -> None:
    chance = np.random.default_rng(0)
    codes = ((), (), SEMANTIC_CODES[:1], SEMANTIC_CODES[1:2])
    taught = [ReplySentence(text=f"{number}", codes=codes[number % 4], language="en") for number in range(4_000)]
    wanted = replies.labels(taught)
    heard = np.array([1.5, 4.0, *[4.0] * (len(SEMANTIC_CODES) - 2)])  # how far a code's violations stand from the rest
    scores = np.asarray(chance.normal(0, 1, wanted.shape) + heard * wanted, np.float32)
    chosen = train_guardrails.thresholds(taught, scores)
    found = 1 / (1 + np.exp(-scores)) >= np.array(list(chosen.values())) - 1e-4
    assert found[wanted[:, 0], 0].mean() >= train_guardrails.LEAST_FOUND
    assert found[wanted[:, 1], 1].mean() > 0.8


def test_scores_of_other_sentences_are_refused(tmp_path: Path) -> None:
    taught = sentences()
    scores = np.zeros((len(taught), len(SEMANTIC_CODES)), np.float32)
    train_guardrails.keep_scores(scores, taught, tmp_path / "kept.npz")
    known, kept = train_guardrails.kept_scores(taught[:-1], tmp_path / "kept.npz")
    assert (len(known), kept.shape) == (len(taught) - 1, (len(taught) - 1, len(SEMANTIC_CODES)))
    others = [sentence.with_changes(text=f"other {sentence.text}") for sentence in taught]
    with pytest.raises(BadInput, match="tune_guardrails"):
        train_guardrails.kept_scores(others, tmp_path / "kept.npz")


def test_our_own_sentences_have_every_code_and_many_clean_ones_in_every_language() -> None:
    ours = replies.load()
    wanted = replies.labels(ours)
    languages = np.array([sentence.language for sentence in ours])
    for language in set(languages):
        of_it = wanted[languages == language]
        assert of_it.any(axis=0).all()
        assert (~of_it.any(axis=1)).mean() > 0.4
    assert len(set(languages)) == 12
    assert len({sentence.text for sentence in ours}) == len(ours)


def test_our_own_sentences_that_heads_would_flag_are_learnt_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taught = sentences()
    ours = [
        ReplySentence(text=f"a {SEMANTIC_CODES[0]} word of ours {number}", codes=(), language="en") for number in (1, 2)
    ]
    known = np.where(replies.labels(taught), 0.5, -3.0).astype(np.float32)
    monkeypatch.setattr(replies, "of_templates", lambda: ours)
    monkeypatch.setattr(replies, "of_points", list)
    monkeypatch.setattr(replies, "of_cases", list)
    monkeypatch.setattr(train_guardrails, "kept_scores", lambda all_: (list(all_), known))
    vectors = train_guardrails.embedded(ours, Hashed())
    once = train_guardrails.fitted([*taught, *ours], train_guardrails.embedded([*taught, *ours], Hashed()))
    again, _ = train_guardrails.train(taught, Hashed())
    before, after = (train_guardrails.scores(arrays, ours, vectors)[:, 0] for arrays in (once, again))
    assert (after < before).all()
