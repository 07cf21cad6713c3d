"""The embedded reader: e5 vectors, trained heads, and rules where words decide. No network, no key.

The review is read as a whole and clause by clause; the heads see the vector, the stars and the topic words. What it
reports in so many words weighs beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drafter.domain.case import Case
from drafter.domain.personal_data import find_personal_data
from drafter.domain.ports import Embedder, LanguageIdentifier
from drafter.domain.review import Review
from drafter.domain.situation import (
    COUNTS_AS,
    USUAL_CHANNEL,
    Channel,
    CountsAs,
    Detail,
    Situation,
    SituationName,
    Statement,
)
from drafter.domain.text import Span
from drafter.domain.visible import Visible, seen
from drafter.languages import UNDETERMINED, looks_like_noise
from drafter.readers import rules
from drafter.readers.clauses import clauses
from drafter.readers.details import details
from drafter.readers.emoji import sentiment_of_emoji
from drafter.readers.features import MAX_CHARACTERS, features
from drafter.readers.heads import Heads
from drafter.readers.outweighing import outweighing
from drafter.readers.reporting import weighed
from drafter.readers.rules import Reading
from drafter.readers.settling import is_settled
from prompts.library import Library

_READ_CHARACTERS = 4_000  # of a review; the rules see these, the embedder fewer
_LAST_CHARACTERS = 1_000  # of these, from the end: the point may come late
_DENSE = frozenset({"ja", "th", "ko", "zh"})  # a character is nearly a token, and so twice the time
_MOST_CLAUSES = 10  # embedded one by one
_LAST_CLAUSES = 3  # of these, from the end
_PRESENT = 0.9  # chance from which a further situation counts as stated; a wrong one costs a silly sentence
_PERHAPS = 0.5  # chance from which it does so if one of several clauses states it
_CLAUSE_SHARE = 0.6  # a clause's share from which it states a situation of its own
_CLAUSE_WEIGHT = 0.25  # of the clauses beside the whole
_CONTENT = 0.5  # share of `positive` from which words of harm are taken for praise
_HARM_SHARE = 0.4  # share of `safety` from which a clause with words of harm outweighs praise around it
_CLEAR = 0.8  # share from which another situation is clear
_HARM_DESPITE = 0.7  # chance of harm that outweighs a clear other situation
_REMEDY = 0.5  # chance from which the customer needs something put right
_SILENCE = 0.6  # share from which a review gets no reply; a customer passed over is worse than a reply too many
_ABUSE = 0.2  # share of `spam_abuse` from which insults without a problem are nothing but abuse
_BALANCED = 0.2  # share of an unhappy sentiment below which a complaint counts as mixed
_OUTWEIGHED = 0.15  # of the share of `service`; a first cause that has more is the main situation (label rule)
_CAUSES = frozenset({SituationName.SHIPPING, SituationName.QUALITY, SituationName.WRONG_ITEM})
_NO_COMPLAINT = frozenset({SituationName.OTHER, SituationName.SPAM_ABUSE})
_SURE = 0.97  # confidence where a rule decided

Shares = Mapping[str, float]
Floats = NDArray[np.float32]


class EmbeddingReader:
    """Reads situations with vectors and heads; the heads are loaded with the first review."""

    name = "embedding"

    def __init__(
        self,
        embedder: Embedder,
        languages: LanguageIdentifier,
        *,
        heads: Heads | None = None,
        library: Library | None = None,
    ) -> None:
        self._embedder = embedder
        self._languages = languages
        self._heads = heads
        self._library = library or Library()

    async def read(self, case: Case) -> Situation:
        """Return the situation of a case's review."""
        return await asyncio.to_thread(self.read_review, case.review)

    def read_review(self, review: Review) -> Situation:
        """Return the situation of a review; takes the time of one embedding for the whole and for each clause."""
        text = _both_ends(seen(review.full_text).text, _READ_CHARACTERS, _LAST_CHARACTERS)
        reading = Reading(
            review=review,
            text=text,
            language=self._languages.identify(text, hint=review.language),
            personal_data=find_personal_data(review.full_text[:_READ_CHARACTERS], region=review.region),
        )
        if not any(map(str.isalnum, text)):
            return _wordless(reading)
        return self._worded(reading)

    def _worded(self, reading: Reading) -> Situation:
        heads = self._loaded()
        whole = heads.standardised(self._features(reading.text, reading))
        parts = self._clauses(reading, heads)
        shares = _together(self._shares(heads, whole, reading.text, reading), [share for _, share in parts])
        told = self._tells_of_harm(reading, heads, whole, shares, parts)
        reported = weighed(shares, reading.text, reading.language, self._library)
        primary, confidence = _primary(reading, reported, told=told, library=self._library)
        sentiment = _sentiment(heads.sentiment.shares(whole), primary)
        reading = replace(reading, sentiment=sentiment, situation=primary)
        secondary = _secondary(primary, heads.present.chances(whole), [share for _, share in parts])
        remedy = heads.remedy.chances(whole)["needed"]
        found = _details(reading, (primary, *secondary), parts)
        return _situation(
            reading,
            secondary=secondary,
            details=found if primary is not SituationName.SPAM_ABUSE else (),
            statements=_statements(reading.review.text, parts),
            channel=_channel(reading, remedy, settled=is_settled(reading, self._library)),
            confidence=confidence,
        )

    def _features(self, text: str, reading: Reading) -> Floats:
        longest = MAX_CHARACTERS // 2 if reading.language in _DENSE else MAX_CHARACTERS
        vector = self._embedder.embed([_both_ends(text, longest, longest // 3)])[0]
        return features(vector, text=text, language=reading.language, rating=reading.review.rating)

    def _shares(self, heads: Heads, standardised: Floats, text: str, reading: Reading) -> Shares:
        return heads.situations(standardised, text, reading.review.rating)

    def _clauses(self, reading: Reading, heads: Heads) -> list[tuple[Span, Shares]]:
        """Return the clauses of the review's visible text with the share of each situation."""
        text = seen(reading.review.text).text
        return [
            (span, self._shares(heads, heads.standardised(self._features(clause, reading)), clause, reading))
            for span in _first_and_last(clauses(text))
            for clause in (span.of(text),)
        ]

    def _tells_of_harm(
        self, reading: Reading, heads: Heads, whole: Floats, shares: Shares, parts: Sequence[tuple[Span, Shares]]
    ) -> bool:
        """Whether words or the harm head say that someone was hurt or endangered, even in a single clause."""
        chance = heads.harm.chances(whole)["told"]
        clear = max(share for label, share in shares.items() if label != SituationName.SAFETY) >= _CLEAR
        if chance >= (_HARM_DESPITE if clear else heads.harm.threshold) and shares["positive"] < _CONTENT:
            return True
        if not rules.tells_of_harm(reading.text, reading.language):
            return False
        if shares["positive"] < _CONTENT:
            return True
        text = seen(reading.review.text).text
        clauses_of_harm = [share for span, share in parts if rules.tells_of_harm(span.of(text), reading.language)]
        return any(share["safety"] >= _HARM_SHARE for share in clauses_of_harm)

    def _loaded(self) -> Heads:
        if self._heads is None:
            self._heads = Heads.load()
        return self._heads


def _both_ends(text: str, most: int, last: int) -> str:
    """Return a text of at most so many characters: its beginning and, where it is longer, its end."""
    return text if len(text) <= most else f"{text[: most - last - 1]}\n{text[-last:]}"


def _first_and_last(spans: Sequence[Span]) -> Sequence[Span]:
    """Return as many clauses as are read one by one: the first, and the last ones of a long story."""
    if len(spans) <= _MOST_CLAUSES:
        return spans
    return [*spans[: _MOST_CLAUSES - _LAST_CLAUSES], *spans[-_LAST_CLAUSES:]]


def _details(
    reading: Reading, situations: Sequence[SituationName], parts: Sequence[tuple[Span, Shares]]
) -> tuple[Detail, ...]:
    """Return the details as they stand in the stored text."""
    stored = reading.review.text
    view: Visible = seen(stored)
    spans = [
        view.stored(Span(detail.start, detail.end))
        for detail in details(view.text, reading.language, situations, parts)
    ]
    return tuple(Detail(text=span.of(stored), start=span.start, end=span.end) for span in spans)


def _statements(stored: str, parts: Sequence[tuple[Span, Shares]]) -> tuple[Statement, ...]:
    """Return what each clause of the stored text says."""
    view: Visible = seen(stored)
    return tuple(
        Statement(about=SituationName(about), share=round(shares[about], 2), start=span.start, end=span.end)
        for clause, shares in parts
        for about, span in [(max(shares, key=lambda label: shares[label]), view.stored(clause))]
    )


def _together(whole: Shares, parts: Sequence[Shares]) -> Shares:
    """Return the shares of whole and clauses as one; a review of one clause is its clause."""
    if len(parts) < 2:
        return whole
    mean = {label: sum(part[label] for part in parts) / len(parts) for label in whole}
    return {label: (1 - _CLAUSE_WEIGHT) * whole[label] + _CLAUSE_WEIGHT * mean[label] for label in whole}


def _sentiment(shares: Shares, primary: SituationName) -> Literal[-1, 0, 1]:
    """Return the sentiment: content overall is glad, a complaint is unhappy unless it is clearly balanced."""
    if primary is SituationName.POSITIVE:
        return 1
    if primary in _NO_COMPLAINT:
        best = max(shares, key=lambda label: shares[label])
        return 1 if best == "1" else -1 if best == "-1" else 0
    return 0 if shares["-1"] < _BALANCED else -1


def _primary(reading: Reading, shares: Shares, *, told: bool, library: Library) -> tuple[SituationName, float]:
    """Return the main situation and how sure it is; words of harm, law, adverts and insults decide before the head."""
    if rules.must_go_to_a_person(reading) or rules.threatens_with_law(reading):
        return SituationName.SAFETY, _SURE
    if told:
        return SituationName.SAFETY, max(shares["safety"], 0.8)
    if looks_like_noise(reading.text) or rules.advertises(reading):
        return SituationName.SPAM_ABUSE, _SURE
    if rules.only_insults(reading) and shares[SituationName.SPAM_ABUSE] >= _ABUSE:
        return SituationName.SPAM_ABUSE, max(shares[SituationName.SPAM_ABUSE], 0.8)
    best, second = sorted(shares, key=lambda label: -shares[label])[:2]
    sure = shares[best]
    if best == SituationName.SERVICE and second in _CAUSES and shares[second] >= _OUTWEIGHED * shares[best]:
        best = second  # as sure as before that the story is of the one and the other
    elif best == SituationName.SPAM_ABUSE and not rules.says_nothing(reading, sure=shares[best] >= _SILENCE):
        best, sure = second, shares[second]
    main = outweighing(reading, SituationName(best), shares, library)
    return main, sure if main == best else min(1.0, sure + shares[main])


_NOT_SECONDARY = frozenset({SituationName.OTHER, SituationName.SPAM_ABUSE})


def _secondary(primary: SituationName, present: Shares, parts: Sequence[Shares]) -> tuple[SituationName, ...]:
    """Return the further situations that the text states, the likeliest first; at most two."""
    if primary is SituationName.SPAM_ABUSE:
        return ()
    several = parts if len(parts) > 1 else ()
    by_clause = {label: max((part[label] for part in several), default=0.0) for label in present}
    worth = {
        SituationName(label): max(chance, by_clause[label])
        for label, chance in present.items()
        if chance >= _PRESENT or (chance >= _PERHAPS and by_clause[label] >= _CLAUSE_SHARE)
    }
    rest = [name for name in worth if name is not primary and name not in _NOT_SECONDARY]
    if primary is not SituationName.POSITIVE:
        rest = [name for name in rest if name is not SituationName.POSITIVE]
    return tuple(sorted(rest, key=lambda name: (-worth[name], name.value))[:2])


def _channel(reading: Reading, remedy: float, *, settled: bool) -> Channel:
    """Return where the answer belongs: what the customer needs decides; a case already settled is public."""
    situation = reading.situation
    if situation is None:
        raise ValueError("the channel follows from the situation, which is still undecided")
    if situation in (SituationName.SAFETY, SituationName.SPAM_ABUSE):
        return USUAL_CHANNEL[situation]
    if rules.insults(reading) and reading.sentiment < 0:
        return Channel.PRIVATE
    if settled:
        return Channel.PUBLIC
    if situation in (SituationName.WRONG_ITEM, SituationName.SERVICE, SituationName.POSITIVE, SituationName.OTHER):
        return USUAL_CHANNEL[situation]
    return Channel.HYBRID if remedy >= _REMEDY else Channel.PUBLIC


def _wordless(reading: Reading) -> Situation:
    """Return the situation of a review of stars, emoji or pictures only: the emoji speak, else the stars."""
    stars = reading.review.rating
    by_stars = 0 if stars is None else 1 if stars >= 4 else -1 if stars <= 2 else 0
    by_emoji = sentiment_of_emoji(reading.text)
    sentiment = by_stars if by_emoji is None else by_emoji
    situation = SituationName.POSITIVE if sentiment > 0 else SituationName.OTHER
    reading = replace(reading, situation=situation, sentiment=sentiment, language=reading.language or UNDETERMINED)
    return _situation(reading, secondary=(), details=(), statements=(), channel=Channel.PUBLIC, confidence=0.9)


def _situation(
    reading: Reading,
    *,
    secondary: tuple[SituationName, ...],
    details: tuple[Detail, ...],
    statements: tuple[Statement, ...],
    channel: Channel,
    confidence: float,
) -> Situation:
    situation = reading.situation or SituationName.OTHER
    return Situation(
        situation=situation,
        secondary=secondary,
        language=reading.language,
        sentiment=_three_way(reading.sentiment),
        details=details,
        statements=statements,
        channel=channel,
        contains_personal_data=bool(reading.personal_data),
        legal_threat=rules.threatens_with_law(reading),
        flags=rules.flags(reading),
        counts_as=COUNTS_AS.get(situation, CountsAs.NONE),
        confidence=round(min(max(confidence, 0.0), 1.0), 4),
        reader=EmbeddingReader.name,
    )


def _three_way(sentiment: int) -> Literal[-1, 0, 1]:
    return 1 if sentiment > 0 else -1 if sentiment < 0 else 0
