"""Composing: greeting and one wording from each slot, or a whole reply, unlike the shop's last ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import NamedTuple

from rapidfuzz import fuzz

from drafter.domain.shop import BrandVoice, Limits
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.domain.text import UNSPACED_LANGUAGES, counted_sentences, sentences, words
from drafter.writers.fillings import Filling
from drafter.writers.points import MOST_POINTS, Stated, joined
from drafter.writers.shapes import Shapes, Slot, ToSay
from drafter.writers.voicing import Voicing
from prompts.library import Library, render, variables_of
from prompts.records import POINT, is_topic

MOST_ASIDE = 2  # points of each kind beside what the reply is about
CANDIDATES = 24  # combinations that are compared with the last replies
ENOUGH_WITH_PRODUCT = 3  # wordings that name the product; of fewer, the plain ones are taken too

_LONGER_WORD = re.compile(r"[^\W\d_]{5,}")  # letters; shorter ones may stand twice

#: What a reply rather takes up, the best first; the product is no more than the topic of the whole review.
_POINT, _TOPIC, _DETAIL, _PRODUCT, _PLAIN = 4, 3, 2, 1, 0


class Composed(NamedTuple):
    """A text with the number of sentences that its wordings have."""

    text: str
    sentences: int


@dataclass(kw_only=True)
class Composer:
    """Composes the texts of one draft."""

    library: Library
    language: str
    situation: Situation
    voice: BrandVoice
    seed: str  # the same seed, the same choice
    attempt: int = 1  # each try takes the next wording of a slot, so that a repair does not repeat what was found
    recent_replies: tuple[str, ...] = ()
    shorter: bool = False  # two sentences
    fourth_sentence: bool = False  # the shop allows one where the review states several points

    def __post_init__(self) -> None:
        self._common = self.library.common(self.language)
        self._voicing = Voicing(common=self._common, voice=self.voice)
        self._shapes = Shapes(
            library=self.library,
            language=self.language,
            situation=self.situation,
            shorter=self.shorter,
            fourth_sentence=self.fourth_sentence,
        )

    @cached_property
    def shortfalls(self) -> tuple[str, ...]:
        """Which wishes of the shop's voice these wordings do not meet."""
        return self._voicing.shortfalls([slot.entries for slot in self._shapes.plainest()])

    def in_tone(self, text: str) -> str:
        """Return words of ours, or retold ones, in the voice's tone."""
        return self._voicing.in_tone(text)

    def public(self, filling: Filling) -> Composed:
        """Return the public reply that is least like the last replies."""
        return self._least_like_recent(lambda turn: self._public(filling, f"public/{turn}"))

    def message(self, filling: Filling) -> str | None:
        """Return the private message, where the channel has one."""
        shorter = replace(filling, report=filling.report.at_most(1))  # the public reply has told the rest
        shapes = self._shapes.message(self._variables(shorter), filling.policy)
        if not shapes:
            return None
        return self._compose(shapes[self._number("message/shape") % len(shapes)], filling, "message/0").text

    def shortest(self) -> Composed:
        """Return the shortest plain reply without a greeting."""
        pools = [self._pool(slot._replace(given={}), frozenset()) for slot in self._shapes.plainest()]
        chosen = [min(pool, key=len) for pool in pools]
        return Composed(self._common.join.join(map(self._voicing.said, chosen)), len(chosen))

    def _public(self, filling: Filling, turn: str) -> Composed:
        shapes = self._shapes.public(self._to_say(filling))
        best = max(_best(shape[0]) for shape in shapes)
        shapes = [shape for shape in shapes if _best(shape[0]) == best]
        closing = self._closing(shapes, filling, turn)
        if closing:
            shapes = [shape for shape in shapes if self._has_room(shape)]
        shape = shapes[self._number(f"{turn}/shape") % len(shapes)]
        return self._compose(shape, filling, turn, closing)

    def _to_say(self, filling: Filling) -> ToSay:
        report, more = filling.report, self._more(filling)
        return ToSay(
            given=self._variables(filling),
            more=self._joined(more),
            further={name: named.said for name, named in filling.further.items()},
            fact=filling.fact,
            asked=filling.asked,
            wordless=filling.wordless,
            glad=report.glad,
            complaint=self._joined(report.complaints[:MOST_ASIDE]),
            praise=self._joined(report.praise[:MOST_ASIDE]),
            answered=frozenset().union(*(one.about for one in report.every)),
        )

    def _variables(self, filling: Filling) -> dict[str, str]:
        more = self._more(filling)
        point = self._joined([one for one in filling.report.main if one not in more])
        return filling.variables | ({POINT: point} if point else {})

    def _more(self, filling: Filling) -> Sequence[Stated]:
        """Return what of the praise a second sentence repeats; it needs a language that has such sentences."""
        report, frames = filling.report, self._common.points
        aside = report.complaints or report.praise or filling.fact
        return report.main[1:MOST_POINTS] if report.glad and frames and frames.more and not aside else ()

    def _joined(self, stated: Sequence[Stated]) -> str | None:
        points = self.library.points(self.language)
        return joined(stated, points) if stated and points and self._common.points else None

    def _closing(self, shapes: Sequence[Sequence[Slot]], filling: Filling, turn: str) -> str:
        """Return a phrase the shop likes to end this reply with, or none: they take turns with replies without one."""
        closings = ["", *self._voicing.closings]
        fitting = filling.closing and any(map(self._has_room, shapes))
        return closings[self._number(f"{turn}/closing") % len(closings)] if fitting else ""

    def _has_room(self, shape: Sequence[Slot]) -> bool:
        """Whether a shape leaves room for one sentence more; whole replies are complete as they are."""
        return len(shape) == 2  # of three sentences

    def _least_like_recent(self, compose: Callable[[int], Composed]) -> Composed:
        if self.attempt > 1 or not self.recent_replies:
            return compose(0)
        candidates = dict.fromkeys(compose(turn) for turn in range(CANDIDATES))
        return min(candidates, key=lambda one: max(fuzz.token_sort_ratio(one.text, old) for old in self.recent_replies))

    def _compose(self, slots: Sequence[Slot], filling: Filling, turn: str, closing: str = "") -> Composed:
        chosen: list[str] = []
        used: frozenset[str] = frozenset()
        count = 0
        for slot in slots:
            entry = self._pick(_fresh(self._pool(slot, used), [*chosen, *slot.given.values()]), f"{turn}/{slot.name}")
            used |= frozenset() if slot.own else _used(entry)
            said = self._voicing.said(entry)
            chosen.append(_capital(render(said, self._voicing.filled(slot.given)), said))
            count += _sentences_of(entry, self.language)
        greeting = self._greeting(filling, turn)
        if greeting.endswith(","):
            chosen[0] = self._after_comma(chosen[0])
        parts = (greeting, *chosen, closing, self._emoji(turn) if slots[0].public else "")
        text = self._common.join.join(part for part in parts if part) + self._voicing.sign_off
        return Composed(text, count + bool(closing))

    def _pool(self, slot: Slot, used: frozenset[str]) -> list[str]:
        """Return the wordings to choose from: those that take up the best of what is there and not yet said."""
        given = {name for name in slot.given if slot.own or _kind(name) not in used}
        short_enough = [
            entry for entry in slot.entries if slot.least <= _sentences_of(entry, self.language) <= slot.most
        ]
        sayable = self._voicing.usable(short_enough)
        pool = [entry for entry in sayable if variables_of(entry) <= given]
        if not pool:
            return [entry for entry in short_enough if not variables_of(entry)]
        if used and not slot.own:
            return pool
        best = max(map(_rank, pool))
        richest = [entry for entry in pool if _rank(entry) == best]
        few = sum(_rank(entry) == _PRODUCT for entry in slot.entries) < ENOUGH_WITH_PRODUCT
        return _unlike(pool, _DETAIL) if best == _PRODUCT and few else richest

    def _pick(self, pool: Sequence[str], turn: str) -> str:
        return pool[self._number(turn) % len(pool)]

    def _number(self, turn: str) -> int:
        digest = hashlib.sha256(f"{self.seed}/{turn}".encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") + self.attempt - 1

    def _greeting(self, filling: Filling, turn: str) -> str:
        greeting = self._voicing.greeting
        if filling.name is None:
            return self._pick(greeting.without_name, f"{turn}/greeting")
        return render(self._pick(greeting.with_name, f"{turn}/greeting"), {"name": filling.name})

    def _after_comma(self, sentence: str) -> str:
        """Return the sentence as it follows "Hi Ana,": with a small letter, unless its first word keeps its capital."""
        first = sentence.split(maxsplit=1)[0].rstrip(",.!?")
        shouted = first.isupper() and len(first) > 1  # an abbreviation
        if first in self._common.keep_capital or shouted or not sentence[0].isalpha():
            return sentence
        return sentence[0].lower() + sentence[1:]

    def _emoji(self, turn: str) -> str:
        """Return one emoji for plain praise, where the shop uses any."""
        glad = self.situation.situation is SituationName.POSITIVE and not self.situation.secondary
        if not (self.voice.emoji and glad and self.situation.channel is Channel.PUBLIC):
            return ""
        return self._pick(self.library.words("emoji").every, f"{turn}/emoji")


def fits_public(composed: Composed, limits: Limits, language: str) -> bool:
    """Whether a public reply is within the limits and has the sentences that it was composed of.

    Two may be taken for one by a reader of sentences, but a quotation or a product must not make another one.
    """
    text = composed.text
    if len(text) > limits.public_characters:
        return False
    if language in UNSPACED_LANGUAGES and len(text) > limits.public_characters_unspaced:
        return False
    if language not in UNSPACED_LANGUAGES and len(words(text)) > limits.public_words:
        return False
    return len(counted_sentences(text, language)) <= composed.sentences


def _fresh(pool: Sequence[str], said: Sequence[str]) -> Sequence[str]:
    """Return the wordings that repeat no longer word of the sentences before them, or of what is filled in.

    All where each one does.
    """
    before = set(_LONGER_WORD.findall(" ".join(said).casefold()))
    return [entry for entry in pool if not before.intersection(_LONGER_WORD.findall(entry.casefold()))] or pool


def _best(slot: Slot) -> int:
    """Return the best that a slot's wordings take up of what is given."""
    fitting = [entry for entry in slot.entries if variables_of(entry) <= slot.given.keys()]
    best = max(map(_rank, fitting), default=_PLAIN)
    return _PLAIN if best == _PRODUCT else best


def _rank(entry: str) -> int:
    kinds = _used(entry)
    if POINT in kinds:
        return _POINT
    return _TOPIC if "topic" in kinds else _DETAIL if "detail" in kinds else _PRODUCT if "product" in kinds else _PLAIN


def _unlike(pool: Sequence[str], rank: int) -> list[str]:
    return [entry for entry in pool if _rank(entry) < rank]


def _used(entry: str) -> frozenset[str]:
    return frozenset(map(_kind, variables_of(entry)))


def _kind(variable: str) -> str:
    """Return what a variable takes up; a topic is one thing in whatever form."""
    return "topic" if is_topic(variable) else variable


def _capital(text: str, entry: str) -> str:
    """Return a sentence with a capital where it begins with a topic, whose phrases are in small letters."""
    return text[0].upper() + text[1:] if entry.startswith("{topic") and text[0].isalpha() else text


@cache
def _sentences_of(entry: str, language: str) -> int:
    return len(sentences(render(entry, dict.fromkeys(variables_of(entry), "abc")), language))
