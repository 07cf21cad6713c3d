"""Statements compared with what is known: each kind of statement needs its own words, and its figures, in the facts.

A file of statements (`words/<code>.yaml`) holds kinds by language, `en.refund`: what states it (`flag`, `unless`), and
in `support` the words of the facts or the review that bear it out; a kind without `support` is never borne out.
A fact bears a statement out if it has the kind's words, the statement's own words or its figures, all of its figures,
and says neither the opposite nor less: what was refused, asked for or is pending (`words/denial.yaml`) is not done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from drafter.domain.text import Span
from guardrails.kinds import Hit, clause_around, found_by_section, mentions, rules, word_file
from guardrails.normalise import seen
from guardrails.subject import Subject

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_CLAUSES = re.compile(r"[.!?;\n。！？](?!\d)|,(?!\d)")
#: What the buyer asks is nothing that is known.
QUESTION = re.compile(r"(?<![^.!?。！？\n])[^.!?。！？\n]*[?？]")
_LONG_WORD = re.compile(r"[a-zà-öø-ÿăđĩũơưạ-ỹ]{4,}")
_DENSE = re.compile("[\u0e01-\u0e5b\u30a1-\u30ff\u4e00-\u9fff]+")
#: Kinds that speak of one matter: those that a fact must name where a sentence does, and those where it may.
_TOPICS = ((("refund", "settled"), ("replacement", "swap")), (("dispatch", "onway"),))
_WORDS_BEFORE = 2  # that show whose words they are
_ENOUGH = 2  # stems that a statement and a fact share by more than chance


def find_unsupported(name: str) -> Callable[[Subject], Iterator[Hit]]:
    """Return the search for statements of a file that nothing known supports."""

    def find(subject: Subject) -> Iterator[Hit]:
        for key, span in found_by_section(name, subject):
            if not subject.is_quoted(span) and not _is_supported(name, key, subject, span):
                yield Hit(*span)

    return find


def _is_supported(name: str, key: str, subject: Subject, span: Span) -> bool:
    """Whether one known text bears a statement out: by kind or words, in all its figures, and not by its opposite."""
    patterns = _supports(name, key.partition(".")[2])
    if not patterns:
        return False
    clause = clause_around(subject.text, span.start, span.end)
    figures = set(_FIGURE.findall(clause))
    if not figures <= set(_FIGURE.findall(subject.known_text)):
        return False
    if "review" in word_file(name)[key].source and _is_the_buyers(subject, span):
        return True
    said = seen(clause).text
    own = _stems(seen(span.of(subject.text)).text)
    known = _known(subject, word_file(name)[key].source)
    return any(_bears_out(fact, said, patterns, figures, own) for fact in known)


def _is_the_buyers(subject: Subject, span: Span) -> bool:
    """Whether what was found stands in the review word for word, with the words before it, and is not asked."""
    before = seen(clause_around(subject.text, span.start, span.end).partition(span.of(subject.text))[0]).text.split()
    told = [*before[-_WORDS_BEFORE:], *seen(span.of(subject.text)).text.split()]
    review = QUESTION.sub(" ", subject.review_text).split()
    return len(told) > _WORDS_BEFORE and f" {' '.join(told)} " in f" {' '.join(review)} "


def is_known(name: str, subject: Subject, span: Span) -> bool:
    """Whether what is known bears out a whole sentence that no pattern of a file has matched.

    All of its figures must be known. Where it speaks of money back or of a replacement, a fact must speak of that, and
    say neither the opposite nor less; else a fact of the same delivery, or most of its words in one thing known.
    """
    sentence = span.of(subject.text)
    said = seen(sentence).text
    figures = set(_FIGURE.findall(sentence))
    if not figures <= set(_FIGURE.findall(subject.known_text)):
        return False
    facts = [fact for fact in _facts(subject) if is_denied(said) or not is_denied(fact)]
    own = _stems(said)
    if "review" in _sources(name):
        if figures and any(figures <= set(_FIGURE.findall(fact)) and own & _stems(fact) for fact in facts):
            return True
        return any(_is_mostly_in(own, _stems(known)) for known in (*facts, subject.review_text))
    strict, loose = ([kind for kind in kinds if _mentions_kind(name, kind, said)] for kinds in _TOPICS)
    if strict:
        return all(any(_mentions_kind(name, kind, fact) for fact in facts) for kind in strict)
    return any(_tells(own, figures, fact) or any(_mentions_kind(name, k, fact) for k in loose) for fact in facts)


def _tells(own: set[str], figures: set[str], fact: str) -> bool:
    """Whether a fact holds most of a sentence's words, or all of its figures and one of its words."""
    stems = _stems(fact)
    return _is_mostly_in(own, stems) or bool(figures and figures <= set(_FIGURE.findall(fact)) and own & stems)


def is_from_review(subject: Subject, span: Span) -> bool:
    """Whether most of what a sentence tells stands in the review: the buyer's own words, which are no secret."""
    return _is_mostly_in(_stems(seen(span.of(subject.text)).text), _stems(subject.review_text))


def _facts(subject: Subject) -> Iterator[str]:
    """Yield each fact whole, with its key, which often names the matter: `refund: approved on 3 May`."""
    for key, value in subject.reply.case.facts.items():
        for part in re.split(r"[;\n]", value):
            yield seen(f"{key.replace('_', ' ')} {part}").text


def _is_mostly_in(own: set[str], known: set[str]) -> bool:
    shared = len(own & known)
    return shared >= _ENOUGH and 2 * shared >= len(own)


def _mentions_kind(name: str, kinds: tuple[str, ...], text: str) -> bool:
    return any(re.search(pattern, text) for kind in kinds for pattern in _supports(name, kind))


@cache
def _sources(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for section in word_file(name).values() for source in section.source))


def _known(subject: Subject, sources: tuple[str, ...]) -> Iterator[str]:
    """Yield the clauses of what is known."""
    texts = {"facts": subject.facts_text, "review": subject.review_text}
    for source in sources:
        text = QUESTION.sub(" ", texts[source]) if source == "review" else texts[source]
        yield from (clause for clause in _CLAUSES.split(text) if clause.strip())


def _bears_out(fact: str, said: str, patterns: tuple[str, ...], figures: set[str], own: set[str]) -> bool:
    """Whether a clause that is known says what a clause of the reply says."""
    if is_denied(fact) and not _is_decided(fact) and (not is_denied(said) or _is_decided(said)):
        return False
    if any(re.search(pattern, fact) for pattern in patterns):
        return True
    stems = _stems(fact)
    shared = _stems(said) & stems
    return bool(own and own <= stems) or len(shared) >= _ENOUGH or bool(shared and figures & set(_FIGURE.findall(fact)))


def _stems(text: str) -> set[str]:
    """Return the beginnings of a text's longer words; runs of letters in scripts without spaces."""
    dense = "".join(_DENSE.findall(text))
    pieces = {dense[at : at + 4] for at in range(len(dense) - 3)}
    return pieces | {word[:5] for word in _LONG_WORD.findall(seen(text).folded.text)}


@cache
def _denials() -> re.Pattern[str]:
    found = (pattern.pattern for key in word_file("denial") for pattern in rules("denial", key).flag)
    return re.compile("|".join(f"(?:{pattern})" for pattern in found))


def is_denied(text: str) -> bool:
    """Whether a clause says that something is not so, not yet so, or only asked for; facts may be in any language."""
    return bool(_denials().search(text) or _denials().search(seen(text).folded.text))


def _is_decided(text: str) -> bool:
    """Whether a clause says that what was asked for is granted, and does not deny it."""
    return any(mentions("decided", language, text) for language in word_file("decided")) and not _negation().search(
        text
    )


@cache
def _negation() -> re.Pattern[str]:
    """Return the plain negations: what stands first of each language's denials."""
    return re.compile(
        r"(?<!\w)(?:not|n.t|never|no|nao|não|nunca|pas|jamais|nicht|kein\w*|non|mai|tidak|belum|tak|hindi|không|chưa)(?!\w)|ไม่|ยัง|ません|ない|未"
    )


@cache
def _supports(name: str, kind: str) -> tuple[str, ...]:
    """Return what bears a kind out, in every language: facts are often in another one than the reply."""
    return tuple(
        section.support for key, section in word_file(name).items() if key.partition(".")[2] == kind and section.support
    )
