"""Rules: where words decide, not a model. Each is small and takes a `Reading`, what is known of the review so far."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drafter.domain.personal_data import PersonalDatum
from drafter.domain.review import Review
from drafter.domain.situation import Flag, SituationName
from drafter.languages import SUPPORTED, UNDETERMINED
from drafter.readers.words import find, mentions

#: Topics that name a problem with the order; a text that has one is no mere advert or insult.
_PROBLEMS = ("delay", "not_received", "carrier", "defect", "poor_make", "fit", "expectation", "wrong_sent", "no_help")
_CONTACT = frozenset({"email", "phone", "address", "card", "tax_number"})
_FEW_LETTERS = 20
_STACKED = re.compile(r"(?:[\u0300-\u036f\u0489]){3,}")
_TAGS = re.compile(r"[\U000e0000-\U000e007f]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ZERO_WIDTH = frozenset("\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad\u180e")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A review and what has been found in it."""

    review: Review
    text: str  # title and text as a person sees them
    language: str
    personal_data: tuple[PersonalDatum, ...]
    sentiment: int = 0
    situation: SituationName | None = None  # None while it is still being decided

    def says(self, topic: str) -> bool:
        """Return whether the text has one of a topic's words."""
        return mentions(topic, self.text, self.language)

    @property
    def names_a_problem(self) -> bool:
        """Whether the text says what is wrong with the order."""
        return any(self.says(topic) for topic in _PROBLEMS)


def without_harmless(text: str, language: str) -> str:
    """Return a text without the phrases that only sound like harm, such as `no rash`."""
    for start, end in reversed(find("harmless", text, language)):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def tells_of_harm(text: str, language: str) -> bool:
    """Whether the product hurt or endangered someone: injury, danger, fire, spoiled food, a child in danger."""
    text = without_harmless(text, language)
    seen = {topic: mentions(topic, text, language) for topic in _HARM}
    return (
        (seen["injury"] and tells_of_injury(text, language))
        or seen["danger"]
        or seen["fire"]
        or (seen["spoiled"] and seen["edible"])
        or (seen["child"] and seen["child_danger"])
    )


def tells_of_injury(text: str, language: str) -> bool:
    """Whether a word of injury stands without a denial in front of it ("gave me no headache at all")."""
    return any(not _is_denied(text[: span.start], language) for span in find("injury", text, language))


def _is_denied(before: str, language: str) -> bool:
    """Whether what stands before a word, in its clause and at most three words away, denies it."""
    clause = _CLAUSE_BEFORE.search(before)
    near = _LAST_WORDS.search(clause[0] if clause else "")
    if near is None or language in _DENYING_AFTER:
        return False
    return mentions("denied", near[0], language) and not mentions("not_denied", near[0], language)


_CLAUSE_BEFORE = re.compile(r"[^.!?;,:…\n。！？、()]*\Z")
_LAST_WORDS = re.compile(r"(?:[^\W_][\w'’-]*\W{1,2}){1,4}\Z|[\u0e00-\u0e7f]{1,8}\Z")
_DENYING_AFTER = frozenset({"ja"})  # its denials follow the word: they stand in `harmless`
_HARM = ("injury", "danger", "fire", "spoiled", "edible", "child", "child_danger")


def threatens_with_law(reading: Reading) -> bool:
    """Whether a court, a lawyer, the police or a regulator is held out; praise never is a threat."""
    stars = reading.review.rating
    if stars is not None and stars >= 4:
        return False
    text = without_harmless(reading.text, reading.language)
    return mentions("legal", text, reading.language) or mentions("agency", text, reading.language)


def must_go_to_a_person(reading: Reading) -> bool:
    """Whether the text threatens violence, speaks of self-harm or is after passwords."""
    return reading.says("threat") or reading.says("self_harm") or reading.says("phishing")


def insults(reading: Reading) -> bool:
    """Whether the seller is insulted."""
    return reading.says("insult")


def only_insults(reading: Reading) -> bool:
    """Whether the seller is insulted and nothing of the order is said."""
    return insults(reading) and not reading.names_a_problem and not reading.says("praise")


def says_nothing(reading: Reading, *, sure: bool) -> bool:
    """Whether a text that looks like spam may go unanswered: it names no problem and no opinion.

    `sure` is whether the head is. A complaint passed over is a customer lost, so one or two stars without words of
    spam are taken for a complaint.
    """
    if reading.names_a_problem or reading.says("praise") or reading.says("lukewarm"):
        return reading.says("coins") and not reading.says("defect")
    spam_words = any(reading.says(topic) for topic in ("coins", "advert", "insult"))
    stars = reading.review.rating
    return spam_words or (sure and (stars is None or stars > 2))


def advertises(reading: Reading) -> bool:
    """Whether the text sells something of its own and says nothing of the order."""
    return reading.says("advert") and not reading.names_a_problem and not reading.says("praise")


def _hostile_characters(reading: Reading) -> bool:
    raw = reading.review.full_text
    return bool(
        _DIRECTIONS.intersection(raw)
        or _ZERO_WIDTH.intersection(raw)
        or _TAGS.search(raw)
        or _STACKED.search(raw)
        or any(unicodedata.category(char) in {"Cc", "Co", "Cs"} and char not in "\t\n\r" for char in raw)
        or _mixes_alphabets(raw)
    )


def _mixes_alphabets(text: str) -> bool:
    """Whether one word has letters of two alphabets that look alike, a trick to slip past a filter."""
    return any(
        re.search(r"[a-z]", word) and re.search(r"[\u0370-\u03ff\u0400-\u04ff]", word)
        for word in re.findall(r"\w{3,}", text.lower())
    )


def _rating_contradiction(reading: Reading) -> bool:
    stars = reading.review.rating
    return stars is not None and ((stars <= 2 and reading.sentiment > 0) or (stars >= 4 and reading.sentiment < 0))


def _see_media(reading: Reading) -> bool:
    return bool(reading.review.media) and sum(map(str.isalpha, reading.text)) < _FEW_LETTERS


def _unsupported_language(reading: Reading) -> bool:
    return reading.language != UNDETERMINED and reading.language not in SUPPORTED


def _third_party_data(reading: Reading) -> bool:
    return any(datum.kind in _CONTACT for datum in reading.personal_data) and reading.says("third_party")


def _child(reading: Reading) -> bool:
    return reading.situation is SituationName.SAFETY and reading.says("child")


def _health(reading: Reading) -> bool:
    return reading.says("health") or (reading.situation is SituationName.SAFETY and reading.says("injury"))


_RULES: Mapping[Flag, Callable[[Reading], bool]] = {
    Flag.INSTRUCTION_IN_REVIEW: lambda reading: reading.says("instruction"),
    Flag.HOSTILE_CHARACTERS: _hostile_characters,
    Flag.RATING_CONTRADICTION: _rating_contradiction,
    Flag.SEE_MEDIA: _see_media,
    Flag.UNSUPPORTED_LANGUAGE: _unsupported_language,
    Flag.HEALTH: _health,
    Flag.CHILD: _child,
    Flag.SELF_HARM: lambda reading: reading.says("self_harm"),
    Flag.COUNTERFEIT: lambda reading: reading.says("counterfeit"),
    Flag.THIRD_PARTY_DATA: _third_party_data,
}


def flags(reading: Reading) -> tuple[Flag, ...]:
    """Return the flags that hold; `near_duplicate` needs other reviews and is set elsewhere."""
    return tuple(flag for flag, holds in _RULES.items() if holds(reading))


#: The topic words that speak for a situation, to choose the clause that states it.
SPEAKS_FOR: Mapping[SituationName, tuple[str, ...]] = {
    SituationName.POSITIVE: ("praise",),
    SituationName.SHIPPING: ("delay", "not_received", "carrier"),
    SituationName.QUALITY: ("defect", "poor_make", "counterfeit"),
    SituationName.SIZING: ("fit",),
    SituationName.MISUNDERSTANDING: ("expectation",),
    SituationName.WRONG_ITEM: ("wrong_sent",),
    SituationName.SERVICE: ("no_help",),
    SituationName.SAFETY: ("injury", "danger", "fire", "spoiled", "legal", "agency", "child_danger"),
    SituationName.SPAM_ABUSE: ("advert", "coins"),
    SituationName.OTHER: ("lukewarm",),
}
