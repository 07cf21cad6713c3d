"""The order of words after "dass": the finite verb of a main clause goes to its end, as German wants it.

"Nach zwei Tagen ging der Griff kaputt" becomes "der Griff nach zwei Tagen kaputt ging". What cannot be put in order
for sure, as two statements without a mark between them, is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from drafter.reports.matching import stands_in
from prompts.library import Retelling, VerbLast

MOST_WORDS_BEFORE_VERB = 6
LEAST_ADDED = 3  # words: the last of a clause, "and", and what is added
LEAST_LEFT = 3  # words of a clause that says something


def with_verb_last(text: str, clause: str, rules: Retelling, order: VerbLast) -> str | None:
    """Return a clause as it stands after "dass", or None where its order is not sure.

    Args:
        text: The clause about the customer, with the capitals it is to have.
        clause: The clause as the customer wrote it, with the word that joins it to the one before.
        rules: How the language retells.
        order: The words that tell where the parts of a clause begin and end.
    """
    opening = clause.split(maxsplit=1)[0].lower()
    body, tail = _without_tail(text, order)
    words = body.split()
    if two := _two_said_of_one(words, tail, clause, rules, order):
        return two
    parts = None if _adds_another(words, order) else _parts(words, opening, rules, order)
    if parts is None:
        return None
    before, verb, after = parts
    fitting = _agreeing(verb, [*before, *after], rules, order)
    inner = _subject_first(before, after, order)
    if fitting is None or inner is None:
        return None
    if fitting in order.helpers and tail.startswith(order.close):
        inner, tail = [*inner, *tail.split()], ""
    said = [word for word in _closed(inner, fitting, order) if word not in order.drop]
    return f"{' '.join(said)}{tail}" if len(said) + len(tail.split()) >= LEAST_LEFT else None


def with_article(text: str, rules: Retelling) -> str:
    """Return a clause with the article that its first noun lacks ("Bluse knittert schnell"), if the noun is listed.

    Only where a verb in the singular follows, so that the noun is its whole subject.
    """
    order, words = rules.verb_last, text.split(maxsplit=2)
    if order is None or len(words) < 2 or words[1] not in rules.has or _is_plural(words[1], order):
        return text
    noun = words[0].casefold()
    fitting = (article for article, nouns in order.bare_nouns.items() if noun in map(str.casefold, nouns))
    article = next(fitting, None)
    return f"{article} {text}" if article else text


def is_half(first: str, second: str, rules: Retelling) -> bool:
    """Whether a clause has no verb of its own and adds to the one before it ("the cloth is soft", "and warm")."""
    order = rules.verb_last
    words = [*first.split()[-1:], *second.split()]
    if order is None or len(words) < LEAST_ADDED or words[1].lower() not in order.adding:
        return False
    has_verb = {*rules.has, *order.second} & {word.lower() for word in words[1:]}
    return not has_verb and not _adds_another(words, order)


def _adds_another(words: Sequence[str], order: VerbLast) -> bool:
    """Whether a word like "and" seems to begin another statement: a noun after what is none, or an unlisted verb."""
    for before, joining, after in zip(words, words[1:], words[2:], strict=False):
        if joining.lower() not in order.adding:
            continue
        is_noun = after[0].isupper() or after in (*order.articles, *order.oblique)
        is_verb = after.endswith("t") and after not in (*order.small, *order.adjectives) and after != words[-1]
        if is_verb or (is_noun and before[0].islower()):
            return True
    return False


def _parts(
    words: Sequence[str], opening: str, rules: Retelling, order: VerbLast
) -> tuple[tuple[str, ...], str, tuple[str, ...]] | None:
    """Return the finite verb, what stands before it and what after; None where they are no one statement."""
    subordinate = opening in order.subordinators
    at = _finite(words, rules, order, last=subordinate)
    if at is None:
        return None
    before, verb, after = tuple(words[:at]), words[at], tuple(words[at + 1 :])
    if subordinate:
        return None if after else (before[:1], verb, before[1:])
    if opening in order.adding and _is_plural(verb, order) and stands_in(order.singular, " ".join(before)):
        return None  # half of "the colour and the cloth are good"
    if not before:
        before, after = _with_subject(verb, after, opening, rules, order)
    if before == (order.it,) and _is_plural(verb, order):
        return None  # "there hang threads"
    lacks = verb in order.helpers and bool(after) and not _is_whole(verb, after, order)
    return None if lacks or not _is_one_part(before, after, order) else (before, verb, after)


def _two_said_of_one(words: Sequence[str], tail: str, clause: str, rules: Retelling, order: VerbLast) -> str | None:
    """Return a clause with two verbs of one subject ("is soft and fits well") as it stands after "dass"."""
    finite = {*rules.has, *order.second}
    place = next((at for at, word in enumerate(words) if word in order.adding and at + 1 < len(words)), 0)
    verbs = [word for word in words if word in finite]
    if (
        not place
        or len(verbs) != 2
        or words[place + 1] not in finite
        or _is_plural(verbs[0], order) != _is_plural(verbs[1], order)
    ):
        return None
    first = with_verb_last(" ".join(words[:place]), clause, rules, order)
    after = words[place + 2 :]
    you = order.you in words[:place]
    verb = order.second.get(verbs[1]) if you else verbs[1]
    if first is None or verb is None or not (you or verb in rules.has) or not after:
        return None
    if _listed(after, order.subjects) or (verb not in order.helpers and _noun_phrase(after, order)):
        return None
    second = [word for word in _closed(after, verb, order) if word not in order.drop]
    return f"{first} {words[place]} {' '.join(second)}{tail}"


def _without_tail(text: str, order: VerbLast) -> tuple[str, str]:
    """Return a clause without the comparison that may follow its verb, and that comparison as it is written there."""
    for tail in sorted(order.tails, key=len, reverse=True):
        phrase = f" {tail.lstrip(', ')}"
        if text.endswith(phrase):
            return text.removesuffix(phrase), tail if tail.startswith(",") else phrase
    return text, ""


def _finite(words: Sequence[str], rules: Retelling, order: VerbLast, *, last: bool) -> int | None:
    """Return the place of the one finite verb, which may have to be the last word.

    Beside it a helper's infinitive or participle may look like another.
    """
    finite = {*rules.has, *order.second}
    places = [place for place, word in enumerate(words) if word in finite]
    ends = len(words) - 1
    if len(places) == 2 and last and places == [ends - 1, ends]:
        return ends if _may_close(words[ends - 1 :: -1], words[ends], order) else None
    if len(places) == 2 and not last and places[1] == ends:
        return places[0] if _may_close(words[::-1], words[places[0]], order) else None
    return places[0] if len(places) == 1 else None


def _may_close(backwards: Sequence[str], verb: str, order: VerbLast) -> bool:
    """Whether the last word before a clause's end is a participle or an infinitive that belongs to a verb."""
    if stands_in(order.plural, backwards[0]) and (verb in order.modals or backwards[1:2] == [order.to]):
        return True
    return verb in order.helpers and stands_in(order.participles, backwards[0])


def _with_subject(
    verb: str, after: tuple[str, ...], opening: str, rules: Retelling, order: VerbLast
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands before and after a verb that begins its clause, its subject in front.

    That is "it" for one left out ("passt perfekt"); one that follows is moved if a word before the verb was left out,
    for else the clause may ask or tell a condition. Nothing stands before the verb where no subject is found.
    """
    length = len(_listed(after, order.subjects) or _noun_phrase(after, order))
    if length:
        asks = opening == verb or opening in order.adding
        return ((), after) if asks else (after[:length], after[length:])
    if after and after[0][0].isupper():
        return (), after
    if verb not in rules.has:
        return (order.you,), after
    if any(word in order.of_people for word in after):
        return (), after
    return (order.they if _is_plural(verb, order) else order.it,), after


def _is_plural(verb: str, order: VerbLast) -> bool:
    return stands_in(order.plural, verb)


def _is_one_part(before: Sequence[str], after: Sequence[str], order: VerbLast) -> bool:
    """Whether the words in front of a verb are one part of the clause, as they have to be in a main clause."""
    if not 0 < len(before) <= MOST_WORDS_BEFORE_VERB:
        return False
    if before[0] in order.oblique and not (after and after[0] in order.certain):
        return False
    if len(before) == 1:
        return before[0] not in order.articles
    return before[-1][0].isupper() or before[-1][0].isdigit() or before[-1] in order.objects


def _is_whole(verb: str, after: Sequence[str], order: VerbLast) -> bool:
    """Whether what a helper needs stands behind it: an infinitive, or more than "with the delivery"."""
    ends_with_noun = after[-1][0].isupper()
    if verb in order.bare:
        return not ends_with_noun and after[-1].endswith("n")
    return not (ends_with_noun and after[0] in order.partial)


def _agreeing(verb: str, others: Collection[str], rules: Retelling, order: VerbLast) -> str | None:
    """Return the verb as its subject wants it, or None where it would not agree."""
    if order.you in others:
        return order.second.get(verb)
    return verb if verb in rules.has else None


def _subject_first(before: Sequence[str], after: Sequence[str], order: VerbLast) -> list[str] | None:
    """Return the words but the verb, with the subject at the beginning; None where there is none."""
    begins_with_noun = _is_article(before[0], order) and not _listed(after, order.certain)
    if begins_with_noun:
        light = _listed(after, order.light)
        return [*light, *before, *after[len(light) :]]
    if len(before) == 1 and before[0] in order.subjects:
        return [*before, *after]
    subject = _listed(after, order.subjects)
    objects = _listed(after[len(subject) :], order.objects)
    rest = after[len(subject) + len(objects) :]
    if subject:
        return [*subject, *objects, *before, *rest]
    noun = _noun_phrase(rest, order)
    stays = before[0] in order.objects or _listed(rest[len(noun) :], order.attached)
    if noun and noun[0] in order.definite and not stays:
        return [*objects, *noun, *before, *rest[len(noun) :]]
    later = (place for place in range(len(rest)) if place == 0 or rest[place - 1] not in order.prepositions)
    return [*objects, *before, *rest] if any(_noun_phrase(rest[place:], order) for place in later) else None


def _listed(words: Sequence[str], listed: Collection[str]) -> list[str]:
    """Return the first word, if it is one of those listed."""
    return list(words[:1]) if words and words[0] in listed else []


def _is_participle(word: str, order: VerbLast) -> bool:
    """Whether a verb may follow a word before what goes on; "delighted" is none, as "with" belongs to it."""
    return word not in order.of_people and stands_in(order.participles, word)


def _is_article(word: str, order: VerbLast) -> bool:
    return word in order.articles or word.isdigit()


def _noun_phrase(words: Sequence[str], order: VerbLast) -> list[str]:
    """Return the words of a subject at the beginning, from its article to its noun; none where none begins."""
    if not words or not _is_article(words[0], order):
        return []
    length = next((place for place, word in enumerate(words) if word[0].isupper()), 0)
    fits = all(word.endswith(order.attribute_endings) for word in words[1:length])
    return list(words[: length + 1]) if length and fits else []


def _closed(words: Sequence[str], verb: str, order: VerbLast) -> list[str]:
    """Return the words with the verb where the clause closes: after its last participle, or joined to its prefix."""
    places = range(len(words), 0, -1)
    ends = [place for place in places if place == len(words) or words[place] in order.prepositions]
    if verb in order.helpers:
        closed = next((place for place in ends if _is_participle(words[place - 1], order)), len(words))
        return [*words[:closed], verb, *words[closed:]]
    parted = next((place for place in ends if words[place - 1] in order.prefixes), None)
    if parted is None:
        return [*words, verb]
    return [*words[: parted - 1], f"{words[parted - 1]}{verb}", *words[parted:]]
