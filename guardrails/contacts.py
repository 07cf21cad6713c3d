"""Contact data in a reply, and whose they are: a way to the seller, or the buyer's own."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from drafter.domain.personal_data import PersonalDatum
from drafter.domain.text import Span
from guardrails.kinds import mentions
from guardrails.normalise import View, seen
from guardrails.subject import Subject

_REACHES = frozenset({"email", "url", "handle", "phone"})


class Owner(Enum):
    """Whose datum it is: one act, one code."""

    SELLER = "seller"  # a way to reach the seller elsewhere
    BUYER = "buyer"


class Contact(NamedTuple):
    """A datum with its owner, in code points of the text as written."""

    start: int
    end: int
    owner: Owner


def contacts(subject: Subject) -> Iterator[Contact]:
    """Yield the data of a text. A number or address that is said to be the buyer's belongs to the buyer."""
    for datum, view in subject.data:
        span = view.span(datum.start, datum.end)
        if not _is_of_product(subject, span):
            yield Contact(*span, _owner(subject, view, datum))


def _is_of_product(subject: Subject, span: Span) -> bool:
    return span.of(subject.text).lower() in subject.product_name


def _owner(subject: Subject, view: View, datum: PersonalDatum) -> Owner:
    if datum.kind not in _REACHES and not view.text[datum.start : datum.end].startswith("0"):  # a bare 09... rings
        return Owner.BUYER
    if datum.kind == "url":
        return Owner.SELLER
    before = seen(view.text[max(0, datum.start - 60) : datum.start]).text
    is_buyers = any(mentions("buyers_own", language, before) for language in subject.languages)
    return Owner.BUYER if is_buyers else Owner.SELLER
