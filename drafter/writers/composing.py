"""Composing: greeting and one wording from each slot become a reply, unlike the shop's last ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from drafter.domain.shop import BrandVoice, Limits
from drafter.domain.situation import Channel, Situation, SituationName
from drafter.domain.text import UNSPACED_LANGUAGES, counted_sentences, words
from prompts.library import Library, Message, PrivateLine, PromptError, Reply, Templates, render, variables_of

CANDIDATES = 24  # combinations that are compared with the last replies
MAX_SIGN_OFF_WORDS = 4  # a longer one would count as a sentence

#: Whose wordings stand in where a situation has none for a channel.
_STAND_IN = "service"
_NEUTRAL = "other"

Slot = Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What may be filled into a reply; None is left out."""

    name: str | None = None  # the greeting's
    product: str | None = None
    detail: str | None = None  # a quotation of the review
    policy: tuple[str, str] | None = None  # the key of a fact and its words, for the private message

    @property
    def variables(self) -> dict[str, str]:
        """The variables that sentences may use."""
        given = {"product": self.product, "detail": self.detail, "policy": self.policy and self.policy[1]}
        return {name: value for name, value in given.items() if value}


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
    shortfall: str | None = field(default=None, init=False)  # which wish of the shop could not be met

    def __post_init__(self) -> None:
        self._templates = self.library.templates(self.language, self.situation.situation.value)
        self._common = self.library.common(self.language)
        self._slots = self._public_slots()
        self.expected_sentences = len(self._slots)  # neither greeting nor sign-off counts

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """Which wishes of the shop's voice these wordings do not meet."""
        found = [self.shortfall] if self.shortfall else []
        if self.voice.person == "I" and not self._common.first_person:
            found.append("These wordings speak for the shop; to speak as “I” in this language needs a model.")
        if self.voice.tone != "warm":
            found.append(f"These wordings have one tone, warm; “{self.voice.tone}” needs a model.")
        return tuple(found)

    def public(self, filling: Filling) -> str:
        """Return the public reply that is least like the last replies."""
        return self._least_like_recent(lambda turn: self._compose(self._slots, filling, f"public/{turn}"))

    def message(self, filling: Filling) -> str | None:
        """Return the private message, where the channel has one."""
        if self.situation.channel not in {Channel.HYBRID, Channel.PRIVATE}:
            return None
        message = self._message()
        rule = self._common.policies.get(filling.policy[0]) if filling.policy else None
        cited = [(rule,)] if rule else []
        close = [] if self.shorter else [message.close]
        return self._compose((message.open, *cited, message.ask, *close), filling, "message/0")

    def shortest(self) -> str:
        """Return the shortest plain reply without a greeting."""
        chosen = [min(self._usable(slot, Filling(), frozenset()), key=len) for slot in self._slots]
        return self._common.join.join(map(self._as_person, chosen))

    def _public_slots(self) -> tuple[Slot, ...]:
        if self.situation.channel is Channel.PRIVATE:
            return (self._private().line,)
        reply = self._with_fitting_thanks(self._reply())
        points = [self._common.also[name.value] for name in self.situation.secondary if name.value in self._common.also]
        if self.shorter:
            middle = points[:1]
        elif self.fourth_sentence and points:
            middle = [reply.resolve, points[0]]
        else:
            middle = [*points[:1]] or [reply.resolve]
        if not reply.invite or (self.shorter and middle):
            return (reply.acknowledge, *(middle or [reply.resolve]))
        return (reply.acknowledge, *middle, reply.invite)

    def _reply(self) -> Reply:
        """Return the slots of the public reply; a call to write privately where the case needs a private answer."""
        own = self._templates.hybrid if self.situation.channel is Channel.HYBRID else self._templates.public
        reply = own or self._templates.public or self._templates.hybrid
        if reply is None:
            raise PromptError(f"templates/{self.language}/{self.situation.situation.value}: has no public reply.")
        if self.situation.channel is Channel.HYBRID and self._templates.hybrid is None:
            instead = self._stand_in("hybrid").hybrid
            return reply if instead is None else reply.model_copy(update={"invite": instead.invite})
        return reply

    def _with_fitting_thanks(self, reply: Reply) -> Reply:
        """Return the slots with neutral thanks for the detail where praise has a complaint in it.

        The detail may be the complaint, and joy about that would be the wrong answer; `other` words it without taking
        sides.
        """
        mixed = self.situation.situation is SituationName.POSITIVE and bool(self.situation.secondary)
        if not mixed or not self.library.has(self.language, _NEUTRAL):
            return reply
        neutral = self.library.templates(self.language, _NEUTRAL).public
        quoting = [entry for entry in (neutral.acknowledge if neutral else ()) if "detail" in variables_of(entry)]
        own = [entry for entry in reply.acknowledge if "detail" not in variables_of(entry)]
        return reply.model_copy(update={"acknowledge": (*quoting, *own)})

    def _private(self) -> PrivateLine:
        private = self._templates.private or self._stand_in("private").private
        if private is None:
            raise PromptError(f"templates/{self.language}/{_STAND_IN}: has no private line.")
        return private

    def _message(self) -> Message:
        message = self._templates.message or self._stand_in("message").message
        if message is None:
            raise PromptError(f"templates/{self.language}/{_STAND_IN}: has no message.")
        return message

    def _stand_in(self, section: str) -> Templates:
        """Return the first templates that have a section: of a secondary situation, else of service."""
        names = [name.value for name in self.situation.secondary if self.library.has(self.language, name.value)]
        found = (self.library.templates(self.language, name) for name in (*names, _STAND_IN))
        return next((templates for templates in found if getattr(templates, section)), self._templates)

    def _least_like_recent(self, compose: Callable[[int], str]) -> str:
        if self.attempt > 1 or not self.recent_replies:
            return compose(0)
        candidates = dict.fromkeys(compose(turn) for turn in range(CANDIDATES))
        return min(candidates, key=lambda text: max(fuzz.token_sort_ratio(text, old) for old in self.recent_replies))

    def _compose(self, slots: Sequence[Slot], filling: Filling, turn: str) -> str:
        chosen: list[str] = []
        used: frozenset[str] = frozenset()
        for place, slot in enumerate(slots):
            entry = self._pick(self._usable(slot, filling, used), f"{turn}/{place}")
            used |= variables_of(entry)
            chosen.append(render(self._as_person(entry), filling.variables))
        greeting = self._greeting(filling, turn)
        if greeting.endswith(","):
            chosen[0] = self._after_comma(chosen[0])
        return self._common.join.join(part for part in (greeting, *chosen) if part) + self._sign_off()

    def _usable(self, slot: Slot, filling: Filling, used: frozenset[str]) -> list[str]:
        """Return the wordings to choose from: those that take up the most of what is there and not yet said."""
        given = filling.variables.keys() - used
        pool = [entry for entry in self._without_avoided(slot) if variables_of(entry) <= given]
        for wanted in ("detail", "product"):
            richer = [entry for entry in pool if wanted in variables_of(entry)]
            if richer and not used:
                return richer
        return pool or [entry for entry in slot if not variables_of(entry)]

    def _without_avoided(self, slot: Slot) -> list[str]:
        phrases = [phrase.casefold() for phrase in self.voice.avoid if phrase.strip()]
        kept = [entry for entry in slot if not any(phrase in entry.casefold() for phrase in phrases)]
        if len(kept) < len(slot) and all(variables_of(entry) for entry in kept):
            self.shortfall = "Every wording has a phrase that the shop avoids."
            return list(slot)
        return kept

    def _pick(self, pool: Sequence[str], turn: str) -> str:
        return pool[(_number(f"{self.seed}/{turn}") + self.attempt - 1) % len(pool)]

    def _as_person(self, entry: str) -> str:
        """Return a wording as one person says it, where the shop speaks as one; before anything is filled in."""
        if self.voice.person == "we" or not self._common.first_person:
            return entry
        words = self._common.first_person
        pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))

        def changed(match: re.Match[str]) -> str:
            word = words[match[0].lower()]
            return word[0].upper() + word[1:] if match[0][0].isupper() else word

        return re.sub(rf"\b(?:{pattern})\b", changed, entry, flags=re.IGNORECASE)

    def _greeting(self, filling: Filling, turn: str) -> str:
        greeting = self._common.greeting
        if filling.name is None:
            return self._pick(greeting.without_name, f"{turn}/greeting")
        return render(self._pick(greeting.with_name, f"{turn}/greeting"), {"name": filling.name})

    def _after_comma(self, sentence: str) -> str:
        """Return the sentence as it follows "Hi Ana,": with a small letter, unless its first word keeps its capital."""
        first = sentence.split(maxsplit=1)[0].rstrip(",.!?")
        if first in self._common.keep_capital or first.isupper() or not sentence[0].isalpha():
            return sentence
        return sentence[0].lower() + sentence[1:]

    def _sign_off(self) -> str:
        """Return the sign-off after a dash, by which it is known as no sentence of the reply."""
        sign_off = (self.voice.sign_off or "").strip(" -–—")
        return f" – {sign_off}" if sign_off and len(words(sign_off)) <= MAX_SIGN_OFF_WORDS else ""


def fits_public(text: str, limits: Limits, language: str, expected: int) -> bool:
    """Whether a public reply is within the limits and has the sentences that it was composed of.

    Two may be taken for one by a reader of sentences, but a quotation or a product must not make another one.
    """
    if len(text) > limits.public_characters:
        return False
    if language in UNSPACED_LANGUAGES and len(text) > limits.public_characters_unspaced:
        return False
    if language not in UNSPACED_LANGUAGES and len(words(text)) > limits.public_words:
        return False
    return len(counted_sentences(text, language)) <= expected


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:8], "big")
