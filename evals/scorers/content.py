"""Does the reply say what this case asks for, and nothing that it must not?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic_evals.evaluators import EvaluationReason

from drafter.domain.case import Prepared
from drafter.domain.personal_data import find_personal_data
from drafter.domain.text import UNSPACED_LANGUAGES
from evals.cases import Expected, Inputs, Words
from evals.scorers.base import Scorer, folded, graded, public_text, reply_text, says_any

_LONG_SPAN = 3  # words from which on a detail need not be repeated word for word
_SHARE = 1 / 3  # of a long span's telling words
_TELLING = re.compile(r"[^\W\d_]{4,}")
_FIGURE = re.compile(r"\d+(?:[.,:/]\d+)*")
_INVENTED = ("unverified_commitment", "unsupported_claim")
_GREETING = 60  # code points in which a greeting stands
_AFTER_NAME = r"\s*(?:[,.!！、，。:：\n]|さん|様|さま)"


@dataclass
class DetailTakenUp(Scorer):
    """1 where the reply takes up one of the details of the review."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the details: a word or two as they are, of a longer span a third of its telling words."""
        if output.draft is None or not expected.details:
            return None
        text = folded(reply_text(output))
        unspaced = output.draft.language in UNSPACED_LANGUAGES
        taken = any(_takes_up(text, folded(detail), unspaced=unspaced) for detail in expected.details)
        return graded(taken, None if taken else f"any of {list(expected.details)}")


@dataclass
class EveryPointAnswered(Scorer):
    """The share of the points of the review that the reply answers."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the words of each point in the reply's language."""
        if output.draft is None:
            return None
        text, language = reply_text(output), output.draft.language
        asked = [(point.says, point.words[language]) for point in expected.points if language in point.words]
        if not asked:
            return None
        missed = [says for says, words in asked if not says_any(text, words)]
        return graded(1 - len(missed) / len(asked), f"not answered: {', '.join(missed)}" if missed else None)


@dataclass
class FactTakenUp(Scorer):
    """1 where the reply uses one of the case facts that it may use."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the facts' words, or for what the writer says that it used."""
        if output.draft is None or not expected.facts_may:
            return None
        text = reply_text(output)
        used = [
            key
            for key, words in expected.facts_may.items()
            if says_any(text, words) or (not words and key in output.draft.facts_used)
        ]
        return graded(bool(used), f"used {used}" if used else f"none of {list(expected.facts_may)}")


@dataclass
class NoForbiddenFact(Scorer):
    """1 where the public reply gives away none of the facts that are true but not fit to publish."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the facts' words in the public reply."""
        if output.draft is None or not expected.facts_must_not:
            return None
        text = public_text(output)
        given_away = [key for key, words in expected.facts_must_not.items() if says_any(text, words)]
        return graded(not given_away, f"gives away {given_away}" if given_away else None)


@dataclass
class NothingInvented(Scorer):
    """1 where the reply has no figure, fact or commitment that neither the review nor the facts hold."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Compare figures and facts; the guardrails' word on commitments and claims counts too."""
        if output.draft is None:
            return None
        case = inputs.as_case()
        known = set(_figures([inputs.review.full_text, inputs.review.product.name or "", *case.facts.values()]))
        known.add(str(inputs.review.rating))
        invented = [figure for figure in _figures([reply_text(output)]) if figure not in known]
        invented += [f"fact {key}" for key in output.draft.facts_used if key not in case.facts]
        invented += [finding.code for finding in output.blocked if finding.code in _INVENTED]
        return graded(not invented, f"invents {invented}" if invented else None)


@dataclass
class NameUsedRightly(Scorer):
    """1 where the reply calls the customer by a right name, or by none where there is none; 0.5 for no name at all."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the names that are right, and for the parts of the shown name that are not."""
        if output.draft is None or expected.name is None:
            return None
        text, author = folded(reply_text(output)), folded(inputs.review.author or "")
        wrong = [part for part in _name_parts(author, expected.name) if _is_called(text, part)]
        if wrong:
            return graded(0, f"calls the customer {wrong[0]!r}")
        if not expected.name or any(_holds_word(text, folded(name)) for name in expected.name):
            return graded(1)
        return graded(0.5, f"does not call the customer {expected.name[0]!r}")


@dataclass
class SaysWhatItMust(Scorer):
    """The share of what the reply must say that it says."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for each text, or for one of its alternatives."""
        if output.draft is None or not expected.must_say:
            return None
        missed = [wanted for wanted in expected.must_say if not says_any(reply_text(output), wanted.split("|"))]
        return graded(1 - len(missed) / len(expected.must_say), f"does not say {missed}" if missed else None)


@dataclass
class NothingForbiddenSaid(Scorer):
    """1 where the reply holds none of the texts that the case forbids."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for the texts."""
        if output.draft is None or not expected.must_not_say:
            return None
        said = [words for words in expected.must_not_say if says_any(reply_text(output), [words])]
        return graded(not said, f"says {said}" if said else None)


@dataclass
class NoPrivateDataInPublic(Scorer):
    """1 where the public reply holds no personal data and no order number."""

    def score(self, inputs: Inputs, output: Prepared, expected: Expected) -> EvaluationReason | None:
        """Look for personal data by their form, and for the order number as we hold it."""
        text = public_text(output)
        if not text:
            return None
        found: list[str] = [datum.kind for datum in find_personal_data(text, region=inputs.review.region)]
        if inputs.review.order_ref and folded(inputs.review.order_ref) in folded(text):
            found.append("order_number")
        return graded(not found, f"holds {found}" if found else None)


def _takes_up(text: str, detail: str, *, unspaced: bool) -> bool:
    if detail in text:
        return True
    if unspaced:
        pieces = [detail[at : at + 3] for at in range(len(detail) - 2)]
        telling = [piece for piece in pieces if all(unicodedata.category(mark)[0] in "LM" for mark in piece)]
    elif len(detail.split()) < _LONG_SPAN:
        return False
    else:
        telling = _TELLING.findall(detail)
    return bool(telling) and sum(piece in text for piece in telling) >= max(1, len(telling) * _SHARE)


def _figures(texts: Iterable[str]) -> list[str]:
    return [figure for text in texts for figure in _FIGURE.findall(unicodedata.normalize("NFKC", text))]


def _name_parts(author: str, right: Words) -> list[str]:
    """Return the whole shown name and its parts, but for those that are right or too short to tell anything."""
    allowed = {folded(name) for name in right}
    parts = [author, *re.split(r"[^\w]|[\d_]", author)]
    return [part for part in dict.fromkeys(parts) if len(part) > 2 and part not in allowed]


def _is_called(text: str, part: str) -> bool:
    """Whether the greeting calls somebody by a part of a name."""
    head = text[: _GREETING + len(part)]
    return re.search(rf"(?<!\w){re.escape(part)}{_AFTER_NAME}", head) is not None


def _holds_word(text: str, word: str) -> bool:
    if any("THAI" in unicodedata.name(mark, "") or mark > "\u2fff" for mark in word):
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
