"""Retelling: a clause of a review, said again about the customer ("my zip broke": "your zip broke").

It says what happened with all its particulars, where a clause of our own knows only its kind. Whatever would not be
plain, correct and about the article after that is left to clauses of our own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache

from wordfreq import get_frequency_dict

from drafter.domain.text import UNSPACED_LANGUAGES
from drafter.reports.matching import MIXED_WITH_ENGLISH, matches, stands_in, within_letters
from drafter.writers.capitals import is_small, with_noun_capitals
from drafter.writers.quoting import hangs, plain_words
from drafter.writers.verb_last import with_article, with_verb_last
from prompts.library import Library, Retelling

MOST_CHARACTERS = 100
MOST_WORDS = 16
MOST_VERBS = 3  # more are two statements without a mark between them
MOST_UNSPACED = 45  # characters, in Thai and Japanese
LEAST_UNSPACED = 5
LEAST_PART = 4  # letters of a word within another
LEAST_STEM = 3  # letters before a clitic
MOST_ENDINGS = 3  # one behind the other ("…たのですが")

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LATIN = re.compile(r"[A-Za-z]+")
#: Letters of Thai and Japanese that are drawn out ("มากกกก").
_DRAWN_OUT = re.compile(r"([^\x00-\x7f])\1{2,}")
_EDGES = " \t,;:-–—"


def retold(clause: str, language: str, library: Library) -> str | None:
    """Return a clause as a reply says it again, or None where that would not be sure to read well."""
    rules = library.retelling(language)
    if rules is None:
        return None
    order = rules.verb_last
    parted = _with_what_goes_on(clause, rules) if order else None
    if order is None or parted is None:
        return _one_retold(clause, rules, library)
    main, word, rest = parted  # each has its verb at its own end
    first = _one_retold(main, rules, library)
    second = first and _one_retold(f"{order.subordinators[0]} {rest}", rules, library)
    return f"{first}, {word.lower()} {second}" if second else None


def _with_what_goes_on(clause: str, rules: Retelling) -> tuple[str, str, str] | None:
    """Return a clause, the word that begins one that goes on from it ("obwohl"), and that one; else None."""
    if not rules.goes_on:
        return None
    found = re.search(rf"(?<=\S),?\s+({'|'.join(map(re.escape, rules.goes_on))})\s", clause, re.IGNORECASE)
    return (clause[: found.start()], found[1], clause[found.end() :]) if found else None


def _one_retold(clause: str, rules: Retelling, library: Library) -> str | None:
    language = rules.language
    plain = plain_words(_without_pictures(clause), language, library)
    if plain is None or any(begins_with(text, rules.hangs, rules) for text in (clause, plain)):
        return None
    order = rules.verb_last
    said = _said_to_customer(plain.replace("’", "'"), rules)
    text = said if order else _ended(said, rules)
    if text is None or not _has_fitting_length(text, rules):
        return None
    if not _is_allowed(text, rules) or hangs(text, language, library):
        return None
    if language in UNSPACED_LANGUAGES:
        return _with_known_names(text, rules)
    cased = with_noun_capitals(text, rules, order) if order else _with_fitting_capitals(text, rules)
    if cased is None or not _is_spelt(cased, rules, library):
        return None
    return cased if order is None else _ended(with_verb_last(cased, clause, rules, order), rules)


def begins_with(clause: str, words: tuple[str, ...], rules: Retelling) -> bool:
    """Whether a clause begins with one of a list's words."""
    unspaced = rules.language in UNSPACED_LANGUAGES
    return bool(words) and _any_of(words, unspaced=unspaced).match(clause.strip()) is not None


def _without_pictures(clause: str) -> str:
    """Return a clause without emoji and the like at its ends."""
    pictures = {mark for mark in clause if mark == "\ufe0f" or unicodedata.category(mark) in {"So", "Sk", "Cf"}}
    return clause.strip("".join(pictures) + _EDGES)


def _said_to_customer(text: str, rules: Retelling) -> str:
    """Return a text in standard spelling, without fillers, about the customer, with a subject."""
    unspaced = rules.language in UNSPACED_LANGUAGES
    text = _DRAWN_OUT.sub(r"\1", text) if unspaced else text
    while rules.leads and (lead := _any_of(rules.leads, unspaced=unspaced).match(text)):
        text = text[lead.end() :].strip(_EDGES)
    text = _replaced(text, rules.spellings, unspaced=unspaced)
    text = _replaced(text, dict.fromkeys(rules.drop, ""), unspaced=unspaced)
    text = re.sub(r"\s+", " ", re.sub(r"\s+,", ",", text)).strip(_EDGES)
    text = _replaced(text, rules.persons, unspaced=unspaced).strip(_EDGES)
    for subject, beginnings in rules.subjects.items():
        if begins_with(text, beginnings, rules):
            gap = "" if unspaced or subject.endswith("'") else " "
            return f"{subject}{gap}{text if rules.verb_last else text[:1].lower() + text[1:]}"
    return with_article(text, rules)


def _replaced(text: str, words: Mapping[str, str], *, unspaced: bool) -> str:
    if not words:
        return text
    folded = {word.casefold(): instead for word, instead in words.items()}

    def instead_of(match: re.Match[str]) -> str:
        instead, first = folded[match[0].casefold()], match[0].split()[0]
        return instead[:1].upper() + instead[1:] if first.istitle() and len(first) > 1 else instead

    return _any_of(tuple(folded), unspaced=unspaced).sub(instead_of, text)


@cache
def _any_of(words: tuple[str, ...], *, unspaced: bool) -> re.Pattern[str]:
    spelt = within_letters if unspaced else re.escape
    any_of = "|".join(map(spelt, sorted(words, key=len, reverse=True)))
    return re.compile(any_of if unspaced else rf"(?<![\w'-])(?:{any_of})(?![\w'-])", re.IGNORECASE)


def _has_fitting_length(text: str, rules: Retelling) -> bool:
    if rules.language in UNSPACED_LANGUAGES:
        return LEAST_UNSPACED <= len(text) <= MOST_UNSPACED
    return rules.least_words <= len(text.split()) <= MOST_WORDS and len(text) <= MOST_CHARACTERS


def _is_allowed(text: str, rules: Retelling) -> bool:
    """Whether a clause begins as one, has a verb or two and none of the words that are never retold.

    The verbs of a clause that is put in another order are counted where that is done.
    """
    begins = not rules.begins or begins_with(text, rules.begins, rules)
    has_verb = not rules.has or rules.verb_last is not None or 1 <= len(matches(rules.has, text)) <= MOST_VERBS
    return begins and has_verb and not stands_in(rules.never, text)


def _with_fitting_capitals(text: str, rules: Retelling) -> str | None:
    """Return a clause in small letters but for names; None where a capital may be that of a name we do not know."""
    names = {name.casefold(): name for name in rules.names}
    words = [match[0] for match in _WORD.finditer(text)]
    if any(word[0].isupper() and not word.isupper() and word.casefold() not in names for word in words[1:]):
        return None
    return _WORD.sub(lambda match: names.get(match[0].casefold(), match[0].lower()), text)


def _with_known_names(text: str, rules: Retelling) -> str | None:
    """Return a clause in a script without capitals, its Latin words as listed; None where one is not."""
    names = {name.casefold(): name for name in rules.names}
    if any(match[0].casefold() not in names for match in _LATIN.finditer(text)):
        return None
    return _LATIN.sub(lambda match: names[match[0].casefold()], text)


def _is_spelt(text: str, rules: Retelling, library: Library) -> bool:
    """Whether a text has only words that are common in its language or listed as topics, and numbers."""
    known, topics = _known(rules.language), library.topics(rules.language)
    listed = [topic.words for group in topics.topics.values() for topic in group] if topics else []
    names = {name.casefold() for name in rules.names}
    words = {match[0].casefold() for match in _WORD.finditer(text)} - names
    unknown = [word for word in words if not _is_known(word, known, rules)]
    if order := rules.verb_last:
        unknown = [word for word in unknown if not is_small(word, rules, order) and not _is_compound(word, known)]
    return all(any(stands_in(words, word) for words in listed) for word in unknown)


def _is_known(word: str, known: Collection[str], rules: Retelling) -> bool:
    if word in known or any(map(str.isdigit, word)):
        return True
    stems = (word.removesuffix(clitic).rstrip("-") for clitic in rules.clitics if word.endswith(clitic))
    if any(len(stem) >= LEAST_STEM and stem in known for stem in stems):
        return True
    parts = re.split(r"['-]", word)
    return len(parts) > 1 and all(len(part) < 2 or part in known for part in parts)


def _is_compound(word: str, known: Collection[str]) -> bool:
    """Whether a word is two known ones written as one ("Brustgurt"), with or without an "s" between them."""
    places = range(LEAST_PART, len(word) - LEAST_PART + 1)
    return any(word[:at].removesuffix("s") in known and word[at:] in known for at in places)


@cache
def _known(language: str) -> frozenset[str]:
    """Return the words that stand at least once in a million (1.4 MB a language)."""
    languages = (language, "en") if language in MIXED_WITH_ENGLISH else (language,)
    return frozenset(word for one in languages for word in get_frequency_dict(one, wordlist="small"))


def _ended(text: str | None, rules: Retelling) -> str | None:
    """Return a clause with the ending it has where it is retold; None where it does not end as it should."""
    if text is None:
        return None
    longest_first = sorted(rules.endings, key=len, reverse=True)
    for _ in range(MOST_ENDINGS):
        ending = next((end for end in longest_first if text.endswith(end)), None)
        if ending is None:
            break
        text = text[: -len(ending)] + rules.endings[ending]
    return text if not rules.ends or text.endswith(rules.ends) else None
