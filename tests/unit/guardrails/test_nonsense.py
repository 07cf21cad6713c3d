"""What a weak model babbles is in no language, and so not in the review's."""

from __future__ import annotations

from functools import cache

import pytest

from drafter.domain.case import Case, ReplyToCheck
from drafter.domain.review import Review
from drafter.domain.shop import SUPPORTED_LANGUAGES
from drafter.domain.situation import Channel
from drafter.languages import Languages
from drafter.testing.faults import nonsense
from guardrails.runner import Guardrails


@cache
def _guardrails() -> Guardrails:
    return Guardrails(languages=Languages())


def is_blocked(reply: str, language: str) -> bool:
    case = Case(review=Review(external_id="1", text="", rating=5))
    found = _guardrails().inspect(
        ReplyToCheck(case=case, channel=Channel.PUBLIC, language=language, public_reply=reply)
    )
    return any(finding.code == "language_mismatch" for finding in found)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_made_up_words_are_in_no_language(language: str) -> None:
    """A few made-up words may be real ones by chance, so that not each text can be told."""
    blocked = sum(is_blocked(nonsense(str(seed)), language) for seed in range(50))
    assert blocked >= 42


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("id", "A lot of good, very good, good. Very good. A lot of good, very much good."),
        ("th", "Boring table nice. Nice table boring, nice table."),
    ],
)
def test_words_of_another_language_without_its_short_words_are_foreign(language: str, reply: str) -> None:
    assert is_blocked(reply, language)


@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("en", "Thank you, Ana. Glad the zipper runs smoothly and the canvas tote holds everything."),
        ("de", "Vielen Dank für Ihre Worte. Schön, dass die Tasche gefällt und alles hineinpasst."),
        ("id", "Terima kasih kak. Senang sekali tasnya cocok, semoga awet dan selalu nyaman dipakai."),
        ("es", "Gracias, Luis. Nos alegra que el bolso le guste y que llegara a tiempo."),
    ],
)
def test_a_reply_that_speaks_its_language_passes(language: str, reply: str) -> None:
    assert not is_blocked(reply, language)
