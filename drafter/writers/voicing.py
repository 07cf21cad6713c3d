"""Voicing: how the wordings of a language are said in a shop's voice, and which of its wishes they do not meet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from drafter.domain.shop import BrandVoice
from drafter.domain.text import counted_sentences, words
from prompts.library import Common, Greeting, Manner, variables_of
from prompts.records import POINT, is_topic

MAX_SIGN_OFF_WORDS = 4  # a longer one would count as a sentence
_ENDS = (".", "!", "。", "！", "ค่ะ", "ครับ")


@dataclass(frozen=True, kw_only=True)
class Voicing:
    """A shop's voice over the wordings of one language."""

    common: Common
    voice: BrandVoice

    @property
    def greeting(self) -> Greeting:
        """How a reply begins in this tone."""
        return self._manner.greeting or self.common.greeting

    @property
    def sign_off(self) -> str:
        """The sign-off after a dash, by which it is known as no sentence of the reply."""
        sign_off = (self.voice.sign_off or "").strip(" -–—")
        return f" – {sign_off}" if sign_off and len(words(sign_off)) <= MAX_SIGN_OFF_WORDS else ""

    @property
    def closings(self) -> tuple[str, ...]:
        """The phrases the shop likes that are whole sentences and could end a reply."""
        language = self.common.language
        return tuple(
            phrase
            for phrase in map(str.strip, self.voice.use)
            if phrase.endswith(_ENDS) and "{" not in phrase and len(counted_sentences(phrase, language)) == 1
        )

    def said(self, entry: str) -> str:
        """Return a wording as the shop says it, before anything is filled in: as one person, in its tone."""
        if self.voice.person == "I" and self.common.first_person:
            entry = _exchanged(entry, self.common.first_person)
        return self.in_tone(entry)

    def in_tone(self, text: str) -> str:
        """Return words of ours, or retold ones, in the voice's tone."""
        return _exchanged(text, self._manner.words) if self._manner.words else text

    def filled(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return what is filled in, our own words and what is retold in the tone; quotations and facts as they are."""
        ours = {name: self.in_tone(text) for name, text in given.items() if name == POINT or is_topic(name)}
        return {**given, **ours}

    def usable(self, entries: Sequence[str]) -> list[str]:
        """Return the wordings that this voice can say; all, as they are, where none would be left.

        Nor would be where there are some without variables and it can say none of these.
        """
        kept = [entry for entry in entries if self._can_say(entry)]
        return kept if len(_plain(kept)) >= min(1, len(_plain(entries))) and kept else list(entries)

    def shortfalls(self, used: Sequence[Sequence[str]]) -> tuple[str, ...]:
        """Return which wishes of the voice these slots of wordings do not meet."""
        found: list[str] = []
        if any(all(map(self._is_avoided, _plain(slot))) for slot in used if slot):
            found.append("Every wording has a phrase that the shop avoids.")
        if self.voice.person == "I" and self.common.first_person is None:
            found.append("These wordings speak for the shop; to speak as “I” in this language needs a model.")
        if self.voice.tone not in self.common.tones:
            known = ", ".join(self.common.tones)
            found.append(f"These wordings have the tone {known}; “{self.voice.tone}” needs a model.")
        if self.voice.use and not self.closings:
            found.append("The phrases to use are no whole sentences; to work them in needs a model.")
        return tuple(found)

    @property
    def _manner(self) -> Manner:
        return self.common.tones.get(self.voice.tone) or Manner()

    def _can_say(self, entry: str) -> bool:
        return not (self._is_avoided(entry) or self._is_out_of_tone(entry) or self._is_plural(entry))

    def _is_avoided(self, entry: str) -> bool:
        said = self.said(entry).casefold()
        return any(phrase.casefold() in said for phrase in self.voice.avoid if phrase.strip())

    def _is_out_of_tone(self, entry: str) -> bool:
        said = f"{entry} {self.said(entry)}".casefold()
        return any(phrase.casefold() in said for phrase in self._manner.leave_out)

    def _is_plural(self, entry: str) -> bool:
        """Whether a wording still says "we" where the shop speaks as one person."""
        if self.voice.person == "we" or not self.common.first_person or not self.common.plural:
            return False
        return _plural_words(self.common.plural).search(self.said(entry)) is not None


def _plain(slot: Sequence[str]) -> list[str]:
    return [entry for entry in slot if not variables_of(entry)]


def _exchanged(entry: str, phrases: Mapping[str, str]) -> str:
    """Return a wording with each phrase exchanged, the longest first, its capital kept."""

    def changed(match: re.Match[str]) -> str:
        word = phrases[match[0].lower()]
        return word[:1].upper() + word[1:] if match[0][0].isupper() else word

    return _phrases(tuple(phrases)).sub(changed, entry)


@cache
def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words; in scripts without spaces a phrase is found anywhere."""
    return re.compile("|".join(map(_whole, sorted(phrases, key=len, reverse=True))), re.IGNORECASE)


@cache
def _plural_words(listed: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of whole words, a `*` at an end being any letters."""
    found = (_whole(word.strip("*"), any_start=word[0] == "*", any_end=word[-1] == "*") for word in listed)
    return re.compile("|".join(found), re.IGNORECASE)


def _whole(phrase: str, *, any_start: bool = False, any_end: bool = False) -> str:
    spaced = phrase[0] < "\u0e00"
    before = r"\w*" if any_start else r"(?<!\w)"
    after = r"\w*" if any_end else r"(?!\w)"
    return f"{before}{re.escape(phrase)}{after}" if spaced else re.escape(phrase)
