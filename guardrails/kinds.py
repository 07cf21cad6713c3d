"""What rules have in common: a check, a hit, and the search for words and phrases by language.

A word file (`words/<code>.yaml`) has a section a language:

    en:
      sets: {review: "reviews?|ratings?"}        # names that patterns may use as {review}
      flag: ["change your {review}"]             # a match is a hit ...
      unless: ["we never"]                       # ... unless one of these stands near it in the same clause

Patterns are regular expressions in lower case. A space stands for any white space, `~` for up to forty characters of
the same sentence; in languages with spaces, patterns begin and end at a word's edge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from drafter.domain.errors import Misconfigured
from drafter.domain.finding import Part, Severity
from drafter.domain.record import Record
from drafter.domain.text import UNSPACED_LANGUAGES, Span
from drafter.domain.yaml_files import parsed
from guardrails.normalise import View, seen
from guardrails.prefilter import Index, Prefilter
from guardrails.subject import Subject

BOTH = (Part.PUBLIC, Part.PRIVATE)
#: Languages whose marks change the word, so that they are never left out of a pattern.
_MARKED = frozenset({"th", "ja", "vi"})
_WORDS = Path(__file__).parent / "words"
_GAP = "[^.!?。！？\\n]{0,40}?"
#: The word files that checks search a reply for.
_SEARCHED = (
    "impersonation",
    "incentive",
    "injection_compliance",
    "liability",
    "off_platform_contact",
    "personal_data",
    "placeholder",
    "profanity",
    "promotional",
    "rating_contradiction",
    "robotic_phrase",
    "tone",
    "unsupported_claim",
    "unverified_commitment",
)
#: How far from a match, in characters of its clause, something may excuse it.
_REACH = 45
_Able: TypeAlias = Mapping[tuple[str, str], Sequence[tuple[View, Sequence[re.Pattern[str]]]]]
_CLAUSE_END = re.compile(
    r"[.!?](?!\d)|[。！？\n;]|(?<!\w)(?:but|however|although|though|yet|pero|sino|mas|porém|mais|cependant|aber|jedoch|sondern|ma|però|tapi|tetapi|namun"
    r"|nhưng|tuy nhiên|pero|ngunit|kaya)(?!\w)|แต่|しかし|ですが|けれど"
)


class Hit(NamedTuple):
    """A passage that breaks a rule, in code points of the text as written."""

    start: int
    end: int
    message: str | None = None  # in place of the check's own
    final: bool = False  # nobody may overrule it


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule: what it is called, what it says, and how it looks."""

    code: str
    summary: str  # for the catalogue
    message: str  # what is wrong, for the person
    suggestion: str  # how to mend it
    source: str  # where the rule comes from
    find: Callable[[Subject], Iterable[Hit]]
    severity: Severity = Severity.BLOCK
    parts: tuple[Part, ...] = BOTH
    module: str | None = None  # that it is in, where not one of its own

    @property
    def path(self) -> str:
        """The dotted path of the check."""
        return self.module or f"guardrails.checks.{self.code}"


class Section(Record):
    """The words of one rule in one language."""

    sets: dict[str, str] = {}
    flag: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # further ones, where `flag` is shared with other languages
    unless: tuple[str, ...] = ()
    support: str | None = None  # for statements: what the facts must say
    source: tuple[Literal["facts", "review"], ...] = ("facts",)  # where support is looked for


class Rules(NamedTuple):
    """A section's patterns, compiled."""

    flag: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    prefilter: Prefilter  # of `flag`


@cache
def word_file(name: str) -> dict[str, Section]:
    """Return the sections of a word file, by language.

    Raises:
        Misconfigured: the file has a key or a value that no section has.
    """
    path = _WORDS / f"{name}.yaml"
    try:
        content = parsed(path.read_text(encoding="utf-8"))
        return {str(language): Section.model_validate(section) for language, section in content.items()}
    except ValueError as error:
        raise Misconfigured(f"The word file {path.name} cannot be used: {error}") from error


@cache
def sections(name: str, language: str) -> tuple[str, ...]:
    """Return the keys of a word file that belong to a language: `en`, or `en.refund` where it has kinds."""
    return tuple(key for key in word_file(name) if key.split(".", 1)[0] == language)


@cache
def rules(name: str, key: str) -> Rules:
    """Return the compiled patterns of one section of a word file."""
    section = word_file(name)[key]
    language = key.split(".", 1)[0]
    flag = tuple(_compiled(pattern, section.sets, language) for pattern in section.flag + section.more)
    unless = tuple(_compiled(pattern, section.sets, language, whole_words=False) for pattern in section.unless)
    return Rules(flag, unless, Prefilter(flag))


def find_words(name: str, subject: Subject, *, quotations_pass: bool = True) -> Iterator[Hit]:
    """Yield what a word file flags in the subject, in each language that it may be written in."""
    for _, span in found_by_section(name, subject):
        if not (subject.is_quoted(span) if quotations_pass else subject.is_product(span)):
            yield Hit(*span)


def found_by_section(name: str, subject: Subject) -> Iterator[tuple[str, Span]]:
    """Yield what a word file flags, after its section's key, in each language that the text may be written in."""
    for language in ("any", *subject.languages):
        able = _able(subject, language)
        for key in sections(name, language):
            if (name, key) in able:
                yield from ((key, span) for span in flagged(name, key, subject))


def apart(subject: Subject, hits: Iterable[Hit], others: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the hits that share no sentence with any of the others: one act, one code."""
    taken = {number for hit in others for number in _sentences_of(subject, hit)}
    return (hit for hit in hits if not taken.intersection(_sentences_of(subject, hit)))


def _sentences_of(subject: Subject, hit: Hit) -> Iterator[int]:
    return (n for n, sentence in enumerate(subject.sentences) if sentence.start <= hit.start < sentence.end)


def flagged(name: str, key: str, subject: Subject) -> Iterator[Span]:
    """Yield what one section of a word file flags, in code points of the text as written; looked for only once."""
    place = (name, key)
    if place not in subject.found:
        able = _able(subject, key.split(".", 1)[0]).get(place, ())
        found = rules(name, key) if able else None
        subject.found[place] = tuple(span for view, tried in able if found for span in _flagged(view, found, tried))
    yield from subject.found[place]


def _able(subject: Subject, language: str) -> _Able:
    """Return the patterns of a language that may match a text, by word file and section; found out only once."""
    if language not in subject.able:
        able: dict[tuple[str, str], list[tuple[View, list[re.Pattern[str]]]]] = {}
        for view in _views(subject, language):
            for place, patterns in _index(language).able(view.pieces):
                able.setdefault(place, []).append((view, patterns))
        subject.able[language] = able
    return subject.able[language]


def _views(subject: Subject, language: str) -> tuple[View, ...]:
    return subject.views if language in _MARKED or language == "any" else subject.folded_views


@cache
def _index(language: str) -> Index[tuple[str, str]]:
    """Return the patterns of all searched word files in a language."""
    places = [(name, key) for name in _SEARCHED for key in sections(name, language)]
    return Index({(name, key): rules(name, key).flag for name, key in places})


def excused_words(name: str, subject: Subject) -> Iterator[Span]:
    """Yield what a word file would flag if nothing near it made it harmless: a refusal, a warning, a wish."""
    for language in ("any", *subject.languages):
        for view in _views(subject, language):
            for key in sections(name, language):
                found = rules(name, key)
                yield from _flagged(view, found, found.prefilter.able(view.pieces), excused=True)


def mentions(name: str, language: str, text: str) -> bool:
    """Whether a text (as a reader sees it) has one of the words of a file in a language."""
    searched = text if language in _MARKED else seen(text).folded.text
    return any(pattern.search(searched) for key in sections(name, language) for pattern in rules(name, key).flag)


def clause_around(text: str, start: int, end: int) -> str:
    """Return the clause that a match stands in: up to the end of the sentence or a "but"."""
    return _clause(text, start, end).of(text)


def _clause(text: str, start: int, end: int) -> Span:
    left, right = 0, len(text)
    for boundary in _CLAUSE_END.finditer(text):
        if boundary.end() <= start:
            left = boundary.end()
        elif boundary.start() >= end:
            right = boundary.end()
            break
    return Span(left, right)


def _flagged(view: View, found: Rules, tried: Iterable[re.Pattern[str]], *, excused: bool = False) -> Iterator[Span]:
    for pattern in tried:
        for match in pattern.finditer(view.text):
            if match.end() > match.start() and _excused(view.text, match, found) is excused:
                yield view.span(match.start(), match.end())


def _excused(text: str, match: re.Match[str], found: Rules) -> bool:
    if not found.unless:
        return False
    clause = _clause(text, match.start(), match.end())
    near = text[max(clause.start, match.start() - _REACH) : min(clause.end, match.end() + _REACH)]
    return any(pattern.search(near) for pattern in found.unless)


def _compiled(pattern: str, sets: dict[str, str], language: str, *, whole_words: bool = True) -> re.Pattern[str]:
    for _ in range(2):  # a set may use another
        for name, alternatives in sets.items():
            pattern = pattern.replace("{" + name + "}", f"(?:{alternatives})")
    if unknown := re.search(r"\{[a-z_]+\}", pattern):
        raise Misconfigured(f"A word file's pattern uses the set {unknown[0]}, which its section {language!r} lacks.")
    pattern = unicodedata.normalize("NFKC", pattern)
    if language not in _MARKED and language != "any":
        pattern = seen_pattern(pattern)
    gap = _GAP if language in UNSPACED_LANGUAGES else rf"\b{_GAP}\b"
    body = pattern.strip().replace("~", gap).replace(" ?", r"\s*").replace(" ", r"\s+")
    if language in UNSPACED_LANGUAGES:
        return re.compile(body)
    return re.compile(
        rf"(?<!\w)(?:{body})"
        + ("" if body.endswith("$") or (not whole_words and body.endswith(("}", ")?"))) else r"(?!\w)")
    )


def seen_pattern(pattern: str) -> str:
    """Return a pattern without the accents of its letters."""
    decomposed = unicodedata.normalize("NFD", pattern)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
