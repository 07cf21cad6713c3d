"""Capitals where nouns have them: kept as the customer writes them, and given to nouns that are known."""

from __future__ import annotations

from drafter.reports.matching import stands_in
from prompts.library import Retelling, VerbLast


def with_noun_capitals(text: str, rules: Retelling, order: VerbLast) -> str | None:
    """Return a clause with capitals for its nouns alone.

    None where a noun may be written small: where no capital shows that the customer writes them, every word has to be
    a known one. None as well for a word in capitals that is no known name.
    """
    names = {name.lower(): name for name in rules.names}
    cased: list[str] = []
    for place, word in enumerate(text.split()):
        small = is_small(word.lower(), rules, order)
        if word.lower() in names and not (small and word.islower()):
            cased.append(names[word.lower()])
        elif place == 0 or word.islower() or word.lower() in order.small:
            cased.append(word.lower())
        elif word.isupper() or (small and not _attributes(cased[-1], order)):
            return None
        else:
            cased.append(word)
    has_capitals = any(word[0].isupper() and not word.isupper() for word in text.split()[1:])
    known = all(word in names.values() or is_small(word, rules, order) or word.isdigit() for word in cased)
    return " ".join(cased) if has_capitals or known else None


def _attributes(word: str, order: VerbLast) -> bool:
    """Whether a noun may follow a word: an article or an attribute."""
    return word in (*order.articles, *order.oblique) or word.endswith(order.attribute_endings)


def is_small(word: str, rules: Retelling, order: VerbLast) -> bool:
    """Whether a word is known to be no noun: a verb, a participle, a listed word or a listed adjective."""
    listed = (rules.has, order.second, order.helpers, order.small, order.articles, order.oblique, order.prepositions)
    if any(word in words for words in (*listed, order.subjects, order.objects, order.prefixes)):
        return True
    if stands_in(order.participles, word):
        return True
    return any(word.removeprefix(stem) in order.adjective_endings for stem in order.adjectives if word.startswith(stem))
