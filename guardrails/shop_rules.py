"""The shop's own rules as checks: words and patterns that a person wrote into the shop's file.

Words and patterns are looked for in the text as written and without its disguises, in any case. A pattern that takes
too long on a text (it backtracks) is stopped, and the rule then counts as broken: what was not looked at is not clean.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import regex

from drafter.domain.finding import Part
from drafter.domain.shop import Shop
from drafter.domain.shop_rule import ShopRule, compiled
from guardrails.kinds import BOTH, Check, Hit
from guardrails.normalise import View, seen
from guardrails.subject import Subject

MODULE = "guardrails.shop_rules"
SECONDS = 0.25  # of processor time that one search may take; an ordinary pattern takes under a thousandth
_PARTS = {"public": (Part.PUBLIC,), "private": (Part.PRIVATE,), "both": BOTH}
#: Written without spaces between words, so that a word has no edges to look for.
_UNSPACED = regex.compile(r"[\p{Thai}\p{Han}\p{Hiragana}\p{Katakana}]")


def checks_of(shop: Shop) -> tuple[Check, ...]:
    """Return a check for each of a shop's own rules."""
    return tuple(_check(rule) for rule in shop.rules)


def _check(rule: ShopRule) -> Check:
    return Check(
        code=rule.code,
        summary=rule.reason,
        message=f"This breaks the shop's own rule {rule.name!r}: {rule.reason}",
        suggestion=rule.suggestion,
        source="the shop's own",
        find=partial(_find, rule),
        severity=rule.severity,
        parts=_PARTS[rule.part],
        module=MODULE,
    )


def _find(rule: ShopRule, subject: Subject) -> Iterator[Hit]:
    if rule.languages and subject.language not in rule.languages:
        return
    written = View(subject.text, range(len(subject.text)), range(1, len(subject.text) + 1))
    for pattern in _patterns(rule):
        for view in (written, *subject.views):
            yield from _hits(rule, pattern, view, len(subject.text))


def _hits(rule: ShopRule, pattern: regex.Pattern[str], view: View, end: int) -> Iterator[Hit]:
    try:
        for match in pattern.finditer(view.text, timeout=SECONDS):
            if match.end() > match.start():
                yield Hit(*view.span(match.start(), match.end()))
    except TimeoutError:
        told = f"The shop's own rule {rule.name!r} took too long on this text; make its pattern simpler."
        yield Hit(0, end, told)


@cache
def _patterns(rule: ShopRule) -> tuple[regex.Pattern[str], ...]:
    found = [compiled(rule.pattern)] if rule.pattern is not None else []
    return (*found, *(compiled(_of_word(seen(word).text.strip())) for word in rule.words))


def _of_word(word: str) -> str:
    body = r"\s+".join(regex.escape(part) for part in word.split())
    return body if _UNSPACED.search(word) else rf"(?<!\w){body}(?!\w)"
