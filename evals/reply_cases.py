"""Cases of replies: a reply goes in, the codes of what is wrong with it are expected.

The cases of the guardrails themselves (`guardrails/cases`: what each rule must flag and must let pass, by language)
are such a dataset; they are read where they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_evals import Case as EvalCase
from pydantic_evals import Dataset

import guardrails
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.draft import Attempt
from drafter.domain.finding import CODES, Finding, blocking
from drafter.domain.record import Record
from drafter.domain.review import Product, Review
from drafter.domain.situation import Channel
from drafter.domain.yaml_files import parsed

GUARDRAIL_CASES = Path(guardrails.__file__).parent / "cases"
GUARDRAILS = "guardrails"  # the dataset's name
_ALL_BUT_LENGTH = tuple(code for code in CODES if code != "length")


class Checked(Record):
    """What the guardrails said of a reply."""

    findings: tuple[Finding, ...] = ()
    attempts: tuple[Attempt, ...] = ()  # of a judge's models, where one was asked

    @property
    def codes(self) -> frozenset[str]:
        """The codes of what blocks."""
        return frozenset(finding.code for finding in blocking(self.findings))


class ExpectedCodes(Record):
    """Which codes a reply has; only codes that were judged are scored."""

    codes: tuple[str, ...] = ()
    judged: tuple[str, ...] = CODES
    language: str | None = None  # of the reply
    tags: tuple[str, ...] = ()


CheckDataset = Dataset[ReplyToCheck, Checked, ExpectedCodes]
ReplyCase = EvalCase[ReplyToCheck, Checked, ExpectedCodes]


def slices_of_reply(inputs: ReplyToCheck, expected: ExpectedCodes | None) -> tuple[str, ...]:
    """Return the slices of a report that a case belongs to: `language:es`, `code:tone` or `clean`, and its tags."""
    expected = expected or ExpectedCodes()
    language = (f"language:{expected.language}",) if expected.language else ()
    codes = tuple(f"code:{code}" for code in expected.codes) or ("clean",)
    return (*language, *codes, f"platform:{inputs.case.review.platform}", *expected.tags)


def guardrail_dataset() -> CheckDataset:
    """Return what every rule must flag and must let pass, and whole replies with all their codes."""
    return CheckDataset(name=GUARDRAILS, cases=[*_single_sentences(), *_whole_replies()])


def _single_sentences() -> Iterator[ReplyCase]:
    for code in CODES:
        for language, kinds in _yaml(code).items():
            for kind, texts in kinds.items():
                for number, entry in enumerate(texts, start=1):
                    # a single sentence is too short for a reply: only the cases of `length` judge that
                    judged = CODES if code == "length" else _ALL_BUT_LENGTH
                    codes = (code,) if kind == "flag" else ()
                    expected = ExpectedCodes(codes=codes, judged=judged, language=language, tags=(kind, f"rule_{code}"))
                    yield _case(f"{code}-{language}-{kind}-{number}", entry, expected)


def _whole_replies() -> Iterator[ReplyCase]:
    for number, entry in enumerate(_yaml("whole_replies"), start=1):
        expected = ExpectedCodes(codes=tuple(entry["codes"]), language=entry["language"], tags=("whole_reply",))
        yield _case(f"whole-{entry['language']}-{number}", entry, expected)


def _case(name: str, entry: str | Mapping[str, Any], expected: ExpectedCodes) -> ReplyCase:
    fields = {"text": entry} if isinstance(entry, str) else entry
    review = Review(
        external_id=name,
        text=fields.get("review", ""),
        author=fields.get("author"),
        product=Product(name=fields.get("product")),
    )
    reply = ReplyToCheck(
        case=Case(review=review, case_facts=fields.get("facts", {})),
        channel=Channel.PUBLIC,
        language=expected.language,
        public_reply=fields["text"],
    )
    return ReplyCase(name=name, inputs=reply, metadata=expected)


def _yaml(name: str) -> Any:  # noqa: ANN401  # a mapping by language, or a list of whole replies
    return parsed((GUARDRAIL_CASES / f"{name}.yaml").read_text(encoding="utf-8"))
