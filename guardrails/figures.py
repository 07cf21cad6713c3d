"""Figures in a reply that nothing known holds: dates, amounts of money, measures.

A figure is as plain a statement as there is: a date or an amount that stands in no case fact and not in the review
was made up, or belongs to another case, whatever words stand around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from drafter.domain.text import Span
from drafter.domain.yaml_files import parsed
from guardrails.normalise import View, seen
from guardrails.subject import Subject

_MONTHS = Path(__file__).parent / "words" / "months.yaml"
_NUMBER = r"\d{1,9}(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?(?!\d)"
_SIGN = r"(?:us|mx|r|s|a|c)?\$|[€£¥฿₱₫₩]|(?<!\w)(?:rp|rm|php|usd|eur|gbp|idr|myr|thb|vnd|jpy|brl|mxn|sgd)\.?(?!\w)"
_UNIT = (
    r"€|£|฿|₫|円|บาท|(?:us|u\.s\. )?dollars?|dolar\w*|euros?|pounds?|pesos?|reais|rupiah|ringgit|baht|yen|dong|vnd|piso"
    r"|usd|eur|gbp|idr|myr|thb|jpy|brl|mxn|php"
)
_MONEY = re.compile(rf"(?:{_SIGN}) ?(?P<before>{_NUMBER})|(?<![\d.,])(?P<after>{_NUMBER}) ?(?:{_UNIT})(?![^\W\d_])")
_MEASURE = re.compile(
    rf"(?<![\d.,-])(?P<size>{_NUMBER}) ?(?:mah|degrees?|grados|graus|degres?|grad|gradi|derajat|darjah|°|องศา|do c|度"
    r"|decibels?|decibeles|decibel|watts?|volts?|cm|mm|ml|kg)(?![^\W\d_])"
)
_ANY_NUMBER = re.compile(_NUMBER)
_ISO = re.compile(r"(?<!\d)(?:\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
_EAST = re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_SLASHED = re.compile(r"(?<![\d/.,-])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/\d{2,4})?(?![\d/-])")
_SOUTH = re.compile(r"(?<!\d)(?P<day>\d{1,2}) thang (?P<month>\d{1,2})(?!\d)")


class Figure(NamedTuple):
    """A figure of a view: where it stands."""

    start: int
    end: int


def unknown_dates(subject: Subject) -> Iterator[Span]:
    """Yield the dates of a text that stand neither in the facts nor in the review, in whatever form."""
    view = _searched(subject)
    if not any(character.isdigit() for character in view.text):
        return
    known = {day for _, days in _dates(seen(subject.known_text).folded.text) for day in days}
    created = subject.reply.case.review.created_at
    known |= {(created.month, created.day)} if created else set()
    for figure, days in _dates(view.text):
        if not days & known:
            yield view.span(figure.start, figure.end)


def unknown_amounts(subject: Subject) -> Iterator[Span]:
    """Yield the amounts of money of a text that stand neither in the facts nor in the review."""
    yield from _unknown(subject, _MONEY)


def unknown_measures(subject: Subject) -> Iterator[Span]:
    """Yield the measures of a text (degrees, lengths, weights) that nothing known holds."""
    yield from _unknown(subject, _MEASURE)


def _searched(subject: Subject) -> View:
    return subject.folded_views[0]


def _unknown(subject: Subject, pattern: re.Pattern[str]) -> Iterator[Span]:
    view = _searched(subject)
    found = list(pattern.finditer(view.text))
    if not found:
        return
    known = {_value(match[0]) for match in _ANY_NUMBER.finditer(subject.known_text)}
    for match in found:
        number = next(group for group in match.groups() if group)
        if _value(number) not in known:
            yield view.span(match.start(), match.end())


def _value(written: str) -> str:
    """Return a number without separators of thousands: "1.250,50" and "1,250.5" are the same."""
    whole, fraction = re.sub(r"[' ]", "", written), ""
    if part := re.search(r"[.,](\d{1,2})$", whole):
        whole, fraction = whole[: part.start()], part[1].rstrip("0")
    whole = re.sub(r"\D", "", whole).lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


def _dates(text: str) -> Iterator[tuple[Figure, set[tuple[int, int]]]]:
    """Yield each date with the pairs of month and day that it may mean."""
    for match in _named().finditer(text):
        month = next(int(name.lstrip("ma")) for name, value in match.groupdict().items() if value and name[0] == "m")
        yield Figure(*match.span()), {(month, int(match["d1"] or match["d2"]))}
    for pattern in (_ISO, _EAST, _SOUTH):
        for match in pattern.finditer(text):
            yield Figure(*match.span()), {(int(match["month"]), int(match["day"]))}
    for match in _SLASHED.finditer(text):
        one, two = int(match["one"]), int(match["two"])
        if days := {(month, day) for month, day in ((one, two), (two, one)) if 1 <= month <= 12 and 1 <= day <= 31}:
            yield Figure(*match.span()), days


@cache
def _named() -> re.Pattern[str]:
    months = parsed(_MONTHS.read_text(encoding="utf-8"))
    before = "|".join(f"(?P<m{number}>{names})" for number, names in months.items())
    after = "|".join(f"(?P<ma{number}>{names})" for number, names in months.items())
    return re.compile(
        rf"(?<![\d.,])(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|°)? ?(?:de |d'|d’|ng )?(?:{before})(?![^\W\d_])"
        rf"|(?<![^\W\d_])(?:{after})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.,]\d|\d)"
    )
