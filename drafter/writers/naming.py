"""What a model says it used, held to the case: the names of facts, and the details of the review.

A name that the case has not is no slip of the pen alone: what rests on it was made up. It is left out of the draft's
record and told to the person. A fact whose figure the reply states, and which the model did not name, is added: the
record says what the reply rests on, not what the model thought of saying.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from drafter.domain.text import Span
from drafter.quotes import locate

NEARLY = 85.0  # of 100, rapidfuzz's partial ratio: a detail with a typo mended or a word left out
SHORTEST_NEAR = 6  # characters: a shorter one is nearly in any text
_NOTHING = frozenset({"", "none", "no", "null", "n/a", "na", "nothing", "no_facts", "no_case_facts", "-", "—"})
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_APART = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, kw_only=True)
class Named:
    """What was named: what there is, as it is called there, and what there is not, as the model called it."""

    known: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def facts_named(names: Iterable[str], facts: Mapping[str, str]) -> Named:
    """Return the facts that were named, by their keys; a whole line of a fact, or its text, names it too."""
    by_name = {_plain(key): key for key in facts} | {_plain(text): key for key, text in facts.items()}
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name in names:
        key = by_name.get(_plain(name)) or by_name.get(_plain(name.partition(":")[0]))
        if key is not None:
            found[key] = None
        elif _plain(name) not in _NOTHING:
            unknown[name] = None
    return Named(known=tuple(found), unknown=tuple(unknown))


def facts_stated(said: str, facts: Mapping[str, str], named: Iterable[str], known: str) -> tuple[str, ...]:
    """Return the facts that were named and those whose figures a reply states, where nothing else holds these.

    Args:
        said: the reply.
        facts: of the case.
        named: keys of facts that the model named.
        known: what the review and the product's name say.
    """
    used = dict.fromkeys(named)
    held = set(_FIGURE.findall("\n".join([known, *(facts[key] for key in used)])))
    stated = set(_FIGURE.findall(said)) - held
    more = (key for key, text in facts.items() if stated.intersection(_FIGURE.findall(text)))
    return tuple(dict.fromkeys([*used, *more]))


def details_named(names: Iterable[str], review: str, product: str) -> Named:
    """Return the details that were named, in the review's own words.

    A detail that only names the product is none of the review, and nothing was made up with it.
    """
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name in names:
        span = locate(name, review) or _near(name, review)
        if span is not None:
            found[span.of(review)] = None
        elif _plain(name) not in _NOTHING | {_plain(product)}:
            unknown[name] = None
    return Named(known=tuple(found), unknown=tuple(unknown))


def _near(name: str, review: str) -> Span | None:
    """Return the passage of the review that a detail was nearly copied from."""
    if not SHORTEST_NEAR <= len(name) <= len(review):
        return None
    aligned = fuzz.partial_ratio_alignment(name.lower(), review.lower(), score_cutoff=NEARLY)
    if aligned is None or len(review.lower()) != len(review):  # a letter whose small form is two would shift the rest
        return None
    return _whole(review, aligned.dest_start, aligned.dest_end)


def _whole(text: str, start: int, end: int) -> Span:
    """Return a passage with the whole of the words that it cuts, without spaces around it."""
    while start > 0 and text[start].isalnum() and text[start - 1].isascii() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isascii() and text[end].isalnum():
        end += 1
    inner = text[start:end]
    return Span(start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()))


def _plain(name: str) -> str:
    return _APART.sub("_", name.strip(" \t\n\"'`*.“”")).casefold()
