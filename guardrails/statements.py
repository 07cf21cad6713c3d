"""Statements compared with what is known: each kind of statement needs its own words, and its figures, in the facts.

A file of statements (`words/<code>.yaml`) holds kinds by language, `en.refund`: what states it (`flag`, `unless`), and
in `support` the words of the facts or the review that bear it out; a kind without `support` is never borne out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from drafter.domain.text import Span
from guardrails.kinds import Hit, clause_around, flagged, sections, word_file
from guardrails.subject import Subject

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def find_unsupported(name: str) -> Callable[[Subject], Iterator[Hit]]:
    """Return the search for statements of a file that nothing known supports."""

    def find(subject: Subject) -> Iterator[Hit]:
        for language in ("any", *subject.languages):
            for key in sections(name, language):
                for span in flagged(name, key, subject):
                    if not subject.is_quoted(span) and not _is_supported(name, key, subject, span):
                        yield Hit(*span)

    return find


def _is_supported(name: str, key: str, subject: Subject, span: Span) -> bool:
    """Whether facts or review hold the words of this kind of statement, and every figure of its clause."""
    texts = {"facts": subject.facts_text, "review": subject.review_text}
    known = "\n".join(texts[source] for source in word_file(name)[key].source)
    if not any(re.search(pattern, known) for pattern in _supports(name, key.partition(".")[2])):
        return False
    figures = set(_FIGURE.findall(clause_around(subject.text, span.start, span.end)))
    return figures <= set(_FIGURE.findall(f"{subject.facts_text}\n{subject.review_text}\n{subject.product_name}"))


@cache
def _supports(name: str, kind: str) -> tuple[str, ...]:
    """Return what bears a kind out, in every language: facts are often in another one than the reply."""
    return tuple(
        section.support for key, section in word_file(name).items() if key.partition(".")[2] == kind and section.support
    )
