"""The further checks warn where they must, pass what they must, and never block."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import guardrails
from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.finding import Severity
from drafter.domain.review import Review
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel
from drafter.languages import Languages
from guardrails.runner import Guardrails

CASES = Path(guardrails.__file__).parent / "cases"
WARNINGS = ("rating_contradiction", "robotic_phrase", "unanswered_point", "wrong_name")
#: Greetings of Thai and Japanese join name and title, so that a wrong name is not told there.
UNCLAIMED = {"wrong_name": {"th", "ja"}}


def cases(kind: str) -> Iterator[Any]:
    for code in WARNINGS:
        content = yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))
        for language, kinds in content.items():
            for number, entry in enumerate(kinds[kind]):
                case = entry if isinstance(entry, dict) else {"text": entry}
                yield pytest.param(code, language, case, id=f"{code}-{language}-{number}")


@cache
def inspector() -> Guardrails:
    return Guardrails(languages=Languages())


def severities(code: str, language: str, case: dict[str, Any]) -> set[Severity]:
    review = Review(external_id="1", text=case.get("review", ""), author=case.get("author"), rating=case.get("rating"))
    reply = ReplyToCheck(case=Case(review=review), channel=Channel.PUBLIC, language=language, public_reply=case["text"])
    return {finding.severity for finding in inspector().inspect(reply) if finding.code == code}


@pytest.mark.parametrize(("code", "language", "case"), list(cases("flag")))
def test_what_must_be_noticed_is_and_only_warns(code: str, language: str, case: dict[str, Any]) -> None:
    assert severities(code, language, case) == {Severity.WARN}


@pytest.mark.parametrize(("code", "language", "case"), list(cases("pass")))
def test_what_is_right_is_not_noticed(code: str, language: str, case: dict[str, Any]) -> None:
    assert severities(code, language, case) == set()


@pytest.mark.parametrize("code", WARNINGS)
def test_each_warning_has_cases_in_each_language_that_it_claims(code: str) -> None:
    content = yaml.safe_load((CASES / f"{code}.yaml").read_text(encoding="utf-8"))
    assert set(content) == set(SUPPORTED_LANGUAGES) - UNCLAIMED.get(code, set())
    assert all(kinds["flag"] and kinds["pass"] for kinds in content.values())


def codes(reply: str, *, language: str = "en", **review: Any) -> set[str]:
    written = Review.model_validate({"external_id": "1", **review})
    checked = ReplyToCheck(case=Case(review=written), channel=Channel.PUBLIC, language=language, public_reply=reply)
    return {finding.code for finding in inspector().inspect(checked)}


@pytest.mark.parametrize(
    ("author", "noticed"), [("Dr. Nelson", False), ("Bu Tini", False), ("user_4711x", True), ("j***n Smith", True)]
)
def test_a_title_before_a_name_is_no_handle(author: str, noticed: bool) -> None:
    assert ("unusable_name" in codes(f"Hi {author}, thank you. It was a pleasure.", author=author)) is noticed


def test_the_short_words_of_a_language_are_no_detail() -> None:
    review = "Dây kéo của túi bị kẹt không mở được"
    empty = "Cảm ơn bạn đã viết cho chúng tôi. Chúc bạn một ngày vui."
    assert "no_detail" in codes(empty, language="vi", text=review)
    assert "no_detail" not in codes("Cảm ơn bạn. Xin lỗi vì dây kéo bị kẹt.", language="vi", text=review)


def test_a_reply_that_its_writer_made_from_the_review_is_not_doubted() -> None:
    review = Review(external_id="1", text="Never got my parcel, two weeks gone")
    reply = ReplyToCheck(
        case=Case(review=review),
        channel=Channel.PUBLIC,
        language="en",
        public_reply="Sorry that your order hasn't reached you. Thanks for writing to us.",
    )
    assert "no_detail" in {finding.code for finding in inspector().inspect(reply)}
    known = reply.with_changes(takes_up=True)
    assert "no_detail" not in {finding.code for finding in inspector().inspect(known)}
