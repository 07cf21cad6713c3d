"""The semantic layer: what a sentence does, where no pattern can hold the words that say it.

Each sentence of a reply becomes a vector and the pieces of its words; a linear head gives each code a chance. The heads
know sentences only. What a sentence states is then compared with the facts and the review (`statements`), and what
stands in a quotation, greets or signs is left out. `models/` holds what `evals.training.train_guardrails` learnt, and
the threshold of each code.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drafter import ngrams
from drafter.domain.finding import Finding
from drafter.domain.ports import Embedder
from drafter.domain.text import Span
from drafter.domain.visible import visible
from guardrails.kinds import excused_words
from guardrails.statements import is_from_review, is_known
from guardrails.subject import Subject

Floats = NDArray[np.float32]

MAX_CHARACTERS = 400  # of a sentence that are read: about 130 tokens
#: Codes of statements: a sentence breaks the rule only where nothing known bears it out.
_STATEMENTS = frozenset({"unverified_commitment", "unsupported_claim"})
_OF_THE_WHOLE = frozenset({"length", "language_mismatch"})
#: Codes of which good replies speak to refuse or to warn.
_REFUSED = frozenset({"incentive", "off_platform_contact"})
#: Codes of how a thing is said, which it may have beside that of what is said, and how sure a head must be of it.
_BESIDES = {"tone": 0.95}
_LEAST_LETTERS = 12  # a shorter sentence says too little, or is a piece of one
_BRACKETED = re.compile(r"[\[【［][^\]】］]*[\]】］]")
_DENSE = "\u3041"  # from here on, a letter says as much as two


class Suspicion(NamedTuple):
    """A sentence that most likely breaks a rule."""

    code: str
    span: Span
    chance: float


@dataclass(frozen=True, kw_only=True)
class SemanticHeads:
    """Two linear models whose scores add up: over the sentence's vector, and over the pieces of its words."""

    codes: tuple[str, ...]
    thresholds: Mapping[str, float]  # chance from which a code is taken to hold
    mean: Floats  # of the vectors over the training text
    scale: Floats  # one over their standard deviation
    weights: Floats  # codes x dimensions
    bias: Floats
    known: NDArray[np.uint32]  # hashes of the pieces that have a weight, in their order
    rarity: Floats  # of each piece
    word_weights: Floats  # codes x pieces

    def chances(self, vector: Floats, text: str) -> dict[str, float]:
        """Return the chance of each code by itself; a sentence may have several."""
        columns, values = ngrams.weighted(text, self.known, self.rarity)
        scores = self.weights @ ((vector - self.mean) * self.scale) + self.word_weights[:, columns] @ values + self.bias
        chances = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        return dict(zip(self.codes, map(float, chances), strict=True))

    @classmethod
    def load(cls, folder: Traversable | None = None) -> SemanticHeads:
        """Return the heads that come with the package, or those of another folder."""
        place = folder or resources.files("guardrails") / "models"
        about = json.loads(place.joinpath("heads.json").read_text(encoding="utf-8"))
        with place.joinpath("heads.npz").open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        known = arrays.pop("known")
        floats = {name: array.astype(np.float32) for name, array in arrays.items()}
        return cls(codes=tuple(about["thresholds"]), thresholds=about["thresholds"], known=known, **floats)


def encoder_tuning() -> Traversable:
    """Return where the tuning of the embedding model lies that goes with the heads of the package."""
    return resources.files("guardrails") / "models" / "encoder.npz"


class Semantics:
    """Reads the sentences of a reply; safe from several threads."""

    def __init__(self, embedder: Embedder, heads: SemanticHeads | None = None) -> None:
        self._embedder = embedder
        self._heads = heads or SemanticHeads.load()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that the heads know."""
        return self._heads.codes

    def suspicions(self, subject: Subject, found: Sequence[Finding] = ()) -> Iterator[Suspicion]:
        """Yield the sentences that most likely break a rule, and which.

        Where a rule has found something that blocks, the sentence is left to it: one act, one code. Only its tone may
        be an act of its own.
        """
        read = [(span, text) for span in subject.counted_sentences if (text := self._to_read(subject, span, found))]
        if not read:
            return
        for (span, text), vector in zip(read, self._embedder.embed([text for _, text in read]), strict=True):
            taken = _codes_found(span, found)
            for code, chance in self._heads.chances(vector, text).items():
                if chance >= self._limit(code, taken) and not _excused(code, subject, span):
                    yield Suspicion(code, span, chance)

    def _to_read(self, subject: Subject, span: Span, found: Sequence[Finding]) -> str:
        """Return the words of a sentence; empty where no head could add to what rules have found in it."""
        return own_words(subject, span) if not set(_BESIDES) <= _codes_found(span, found) else ""

    def _limit(self, code: str, taken: Set[str]) -> float:
        """Return the chance from which a code is taken to hold of a sentence in which rules have found some."""
        if not taken:
            return self._heads.thresholds[code]
        return max(_BESIDES[code], self._heads.thresholds[code]) if code in _BESIDES and code not in taken else math.inf


def own_words(subject: Subject, sentence: Span) -> str:
    """Return a sentence as a reader sees it, without quotations of the review and brackets of a product's name.

    It is empty where it says next to nothing.
    """
    text = sentence.of(subject.text)
    for quote in sorted(set(subject.quoted) - set(subject.product_spans), reverse=True):
        if quote.start >= sentence.start and quote.end <= sentence.end:
            text = text[: quote.start - sentence.start] + "“…”" + text[quote.end - sentence.start :]
    if any(sentence.start <= name.start < sentence.end for name in subject.product_spans):
        text = _BRACKETED.sub("", text)
    letters = sum(1 + (character >= _DENSE) for character in text if character.isalpha())
    return visible(text)[:MAX_CHARACTERS].strip() if letters >= _LEAST_LETTERS else ""


def _codes_found(span: Span, found: Sequence[Finding]) -> set[str]:
    """Return what rules have found in a sentence; what they found of the text as a whole is no word of it."""
    inside = (one for one in found if one.blocks and one.code not in _OF_THE_WHOLE)
    return {one.code for one in inside if one.start < span.end and span.start < one.end}


def _excused(code: str, subject: Subject, span: Span) -> bool:
    """Whether what a sentence states is known, or a rule saw what it talks about and let it pass, as a refusal."""
    if code in _STATEMENTS:
        return is_known(code, subject, span)
    if code == "personal_data":  # a remedy that is granted is no secret, nor is what the buyer wrote
        return is_known("unverified_commitment", subject, span) or is_from_review(subject, span)
    if code == "promotional":  # so are the buyer's words of a price or a code, taken up
        return is_from_review(subject, span)
    return code in _REFUSED and any(span.start <= words.start < span.end for words in excused_words(code, subject))
