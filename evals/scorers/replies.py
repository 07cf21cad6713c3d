"""Is there a draft, may it be offered, and does it keep to language and length?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.draft import Draft
from drafter.domain.shop import Limits
from drafter.domain.situation import Channel, Route
from drafter.domain.text import UNSPACED_LANGUAGES, counted_sentences, words
from drafter.languages import UNDETERMINED, Languages
from evals.cases import Expected, Inputs
from evals.scorers.base import Scorer, graded


@dataclass
class ReplyIsThere(Scorer):
    """1 where a case that wants a reply got a draft, and one that wants none got none."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the draft."""
        if expected.route is None:
            return None
        wanted = expected.route is Route.DRAFT
        return graded((output.draft is not None) == wanted, output.reason)


@dataclass
class PassesGuardrails(Scorer):
    """1 where the draft has no blocking finding."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look at the findings of the draft."""
        if output.draft is None:
            return None
        return graded(not output.blocked, ", ".join(finding.code for finding in output.blocked) or None)


@dataclass
class Warnings(Scorer):
    """How many warnings a draft has."""

    better: ClassVar[Literal["higher", "lower"]] = "lower"
    unit: ClassVar[str | None] = "warnings"

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Count the findings that do not block."""
        if output.draft is None:
            return None
        codes = [finding.code for finding in output.findings if not finding.blocks]
        return graded(len(codes), ", ".join(codes) or None)


@dataclass
class LanguageKept(Scorer):
    """1 where every part of the draft is in the language in which the review is to be answered."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Tell the language of each part."""
        if output.draft is None or expected.language is None:
            return None
        wanted = inputs.shop.answers_in(expected.language)
        parts = (output.draft.public_reply, output.draft.private_message)
        told = [_languages().identify(part, hint=wanted) for part in parts if part]
        wrong = [language for language in told if language not in (wanted, UNDETERMINED)]
        return graded(not wrong, f"{', '.join(wrong)} for {wanted}" if wrong else None)


@dataclass
class LengthKept(Scorer):
    """1 where the public reply has two or three sentences (one in private) and both parts keep to the shop's limits."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Count sentences, words and characters."""
        if output.draft is None:
            return None
        limits = inputs.shop.limits
        most = 4 if limits.fourth_sentence and len(expected.points) > 1 else 3
        in_private = output.situation.channel is Channel.PRIVATE
        faults = [*_public_faults(output.draft, limits, (0, 1) if in_private else (2, most))]
        faults += _private_faults(output.draft, limits)
        return graded(not faults, "; ".join(faults) or None)


def _public_faults(draft: Draft, limits: Limits, sentences: tuple[int, int]) -> list[str]:
    text, (least, most) = draft.public_reply or "", sentences
    count, faults = len(counted_sentences(text, draft.language)), []
    if not least <= count <= most:
        faults.append(f"{count} sentences in public")
    unspaced = draft.language in UNSPACED_LANGUAGES
    if unspaced and len(text) > limits.public_characters_unspaced:
        faults.append(f"{len(text)} characters in public")
    if not unspaced and len(words(text)) > limits.public_words:
        faults.append(f"{len(words(text))} words in public")
    if len(text) > limits.public_characters:
        faults.append(f"{len(text)} characters: more than the platform takes")
    return faults


def _private_faults(draft: Draft, limits: Limits) -> list[str]:
    text = draft.private_message or ""
    count = len(counted_sentences(text, draft.language)) if text else 0
    too_many = [f"{count} sentences in private"] if count > limits.private_sentences else []
    return too_many + ([f"{len(text)} characters in private"] if len(text) > limits.private_characters else [])


@cache
def _languages() -> Languages:
    return Languages()
