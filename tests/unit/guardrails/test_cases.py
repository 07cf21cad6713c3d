"""Every rule flags what it must and lets pass what it must, in every language that it claims."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import guardrails
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import CODES, Finding
from drafter.domain.review import Product, Review
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.runner import Guardrails

CASES = Path(guardrails.__file__).parent / "cases"
#: Codes that a case of another code may have too: cases are single sentences, and some are in a foreign language.
_BESIDES = {"length"}


@cache
def _file(code: str) -> dict[str, dict[str, list[Any]]]:
    content: dict[str, dict[str, list[Any]]] = yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))
    return content


def _cases(kind: str) -> Iterator[Any]:
    for code in CODES:
        for language, kinds in _file(code).items():
            for number, entry in enumerate(kinds[kind]):
                case = entry if isinstance(entry, dict) else {"text": entry}
                yield pytest.param(code, language, case, id=f"{code}-{language}-{number}")


@cache
def _guardrails() -> Guardrails:
    return Guardrails(languages=Languages())


def _blocking(language: str, case: dict[str, Any]) -> tuple[Finding, ...]:
    review = Review(
        external_id="1",
        text=case.get("review", ""),
        author=case.get("author"),
        product=Product(name=case.get("product")),
    )
    reply = ReplyToCheck(
        case=Case(review=review, case_facts=case.get("facts", {})),
        channel=Channel.PUBLIC,
        language=language,
        public_reply=case["text"],
    )
    return tuple(finding for finding in _guardrails().inspect(reply) if finding.blocks)


@pytest.mark.parametrize(("code", "language", "case"), list(_cases("flag")))
def test_what_must_be_flagged_is_flagged_under_one_code(code: str, language: str, case: dict[str, Any]) -> None:
    codes = {finding.code for finding in _blocking(language, case)}
    assert code in codes
    assert codes <= {code} | _BESIDES


@pytest.mark.parametrize(("code", "language", "case"), list(_cases("pass")))
def test_what_must_pass_has_no_finding_of_any_code(code: str, language: str, case: dict[str, Any]) -> None:
    allowed = set() if code == "length" else _BESIDES
    assert {finding.code for finding in _blocking(language, case)} <= allowed


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_both_kinds_of_cases_in_every_language(code: str) -> None:
    assert set(_file(code)) == set(SUPPORTED_LANGUAGES)
    assert all(kinds["flag"] and kinds["pass"] for kinds in _file(code).values())


def _whole_replies() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((CASES / "whole_replies.yaml").read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize("case", _whole_replies(), ids=lambda case: f"{case['language']}-{case['text'][:30]}")
def test_a_whole_reply_has_exactly_its_codes(case: dict[str, Any]) -> None:
    assert {finding.code for finding in _blocking(case["language"], case)} == set(case["codes"])
