"""The LLM reader: a review's situation by a model, within what words decide.

The rules of `rules.py` keep deciding where words do: a model may add a threat of law, harm or a flag, and takes away
none. Its details are quotes: one that does not stand in the review is no detail. Personal data stay here: the model
sees marks.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from drafter.asking import asked, told_as
from drafter.domain.case import Case
from drafter.domain.draft import Attempt
from drafter.domain.errors import ReaderFailed
from drafter.domain.personal_data import find_personal_data
from drafter.domain.ports import LanguageIdentifier
from drafter.domain.reading import LLM_READER, ReadingBrief, TracedSituation
from drafter.domain.review import Review
from drafter.domain.situation import COUNTS_AS, USUAL_CHANNEL, Channel, CountsAs, Detail, Flag, SituationName
from drafter.languages import UNDETERMINED
from drafter.languages import visible as as_seen
from drafter.llm.case_masks import masks_for
from drafter.llm.model import Answered, ChatModel
from drafter.llm.sending import sent_case
from drafter.quotes import locate
from drafter.readers import rules
from drafter.readers.answers import ReadReview, read_of
from drafter.readers.rules import Reading
from drafter.settings import Send
from prompts.prompt import Prompt, Rendered, fence, visible

PROMPT = "read_situation"
ALONE_SECONDS = 30.0  # for a try that nobody has set a time for
MOST_CHARACTERS = 4_000  # of a review that a model is shown; what it is about was said by then
MOST_DETAILS = 3
LONGEST_DETAIL = 120  # characters; more is a copy, not a point
SURE = 0.97  # confidence where a rule decided
UNREAD = "its words name no situation, sentiment and channel."
INVENTED = "None of its details stands in the review."

_SENTIMENTS: dict[str, Literal[-1, 0, 1]] = {"negative": -1, "neutral": 0, "positive": 1}
_LANGUAGE = re.compile(r"\A[a-z]{2,3}(?=\Z|[-_])")
_OTHER_CODES = {"tl": "fil", "tgl": "fil", "in": "id", "msa": "ms", "zsm": "ms", "unk": UNDETERMINED}
_NEVER_QUOTED = ("insult", "instruction", "threat", "advert", "phishing", "self_harm")
_NOT_SECONDARY = frozenset({SituationName.OTHER, SituationName.SPAM_ABUSE})


class LlmReader:
    """Reads by one model."""

    def __init__(self, model: ChatModel, prompt: Prompt, languages: LanguageIdentifier, *, send: Send = "case") -> None:
        self.name = model.name
        self._model = model
        self._prompt = prompt
        self._send: Send = send
        self._languages = languages

    async def ask(self, case: Case, brief: ReadingBrief) -> TracedSituation:
        """Return the situation with the try that gave it, `blocked` where all its details are invented.

        Raises:
            ReaderFailed: and nothing else; `again` is true where the answer was at fault.
        """
        seconds = brief.seconds if brief.seconds is not None else ALONE_SECONDS
        with told_as(ReaderFailed, self.name, "reader.broke"):
            prompt = question(self._prompt, case, brief, self._model.mode, self._send)
            answered = await asked(self._model, prompt, ReadReview, read_of, lacking=UNREAD, seconds=seconds)
            return self._situation(case, answered, brief)

    def _situation(
        self,
        case: Case,
        answered: Answered[ReadReview],
        brief: ReadingBrief,
    ) -> TracedSituation:
        review, answer = case.review, answered.answer
        told, told_by_us = self._readings(review, answer)
        situation, confidence = _decided((told, told_by_us), answer)
        reading, other = replace(told, situation=situation), replace(told_by_us, situation=situation)
        found = details(review, reading, answer.details) if situation is not SituationName.SPAM_ABUSE else ()
        invented = bool(answer.details) and not any(locate(quote, review.full_text) for quote in answer.details)
        return TracedSituation(
            situation=situation,
            secondary=_secondary(situation, answer),
            language=reading.language,
            sentiment=_SENTIMENTS[answer.sentiment],
            details=found,
            channel=_channel(reading, answer),
            contains_personal_data=bool(reading.personal_data),
            legal_threat=answer.legal_threat or any(map(rules.threatens_with_law, (reading, other))),
            flags=_flags(reading, other, answer),
            counts_as=COUNTS_AS.get(situation, CountsAs.NONE),
            confidence=round(confidence, 4),
            reader="llm",
            attempts=(
                Attempt(
                    writer=LLM_READER,
                    model=answered.model,
                    number=brief.attempt,
                    outcome="blocked" if invented else "passed",
                    reason=INVENTED if invented else None,
                    usage=answered.usage,
                    latency_ms=answered.latency_ms,
                ),
            ),
        )

    def _readings(self, review: Review, answer: ReadReview) -> tuple[Reading, Reading]:
        """Return the review as the rules see it, in the language that the model told and in the one that we tell.

        Words are looked up by language, and a review must not talk its reader out of the rules by way of another.
        """
        text = as_seen(review.full_text[:MOST_CHARACTERS])
        identified = self._languages.identify(text, hint=review.language)
        told = _LANGUAGE.match(answer.language.strip().lower())
        reading = Reading(
            review=review,
            text=text,
            language=_OTHER_CODES.get(told[0], told[0]) if told else identified,
            personal_data=find_personal_data(review.full_text[:MOST_CHARACTERS], region=review.region),
            sentiment=_SENTIMENTS[answer.sentiment],
        )
        return reading, replace(reading, language=identified)


def question(prompt: Prompt, case: Case, brief: ReadingBrief, form: str, send: Send = "case") -> Rendered:
    """Return what a model is asked about a case, with marks in place of personal data. Raises PromptError."""
    masks, review = masks_for(case), sent_case(case, send).review

    def shown(text: str) -> str:
        return masks.hide(visible(html.unescape(text)))

    text = shown(review.full_text[:MOST_CHARACTERS])  # first, so that its marks are numbered first
    stars = prompt.phrase("stars", "given", stars=str(review.rating)) if review.rating is not None else ""
    return prompt.render(
        {"answer_form": form},
        {
            "stars": stars,
            "product": " ".join(shown(review.product.name or "").split()),
            "again": prompt.phrase("again", brief.mend) if brief.mend else "",
            "review": fence(text),
        },
    )


def details(review: Review, reading: Reading, quotes: list[str]) -> tuple[Detail, ...]:
    """Return the quotes as they stand in the review's text; those that are not there, or not fit to quote, are none."""
    found: list[Detail] = []
    for quote in quotes:
        span = locate(quote, review.text)
        if span is None or span.end - span.start > LONGEST_DETAIL or not _quotable(span.of(review.text), reading):
            continue
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(Detail(text=span.of(review.text), start=span.start, end=span.end))
    return tuple(found[:MOST_DETAILS])


def _quotable(words: str, reading: Reading) -> bool:
    spoken = replace(reading, text=words)
    private = find_personal_data(words, region=reading.review.region)
    return words.isprintable() and not private and not any(map(spoken.says, _NEVER_QUOTED))


def _decided(readings: Iterable[Reading], answer: ReadReview) -> tuple[SituationName, float]:
    """Return the situation and how sure it is: words of threat, law and self-harm decide before the model."""
    if any(rules.must_go_to_a_person(reading) or rules.threatens_with_law(reading) for reading in readings):
        return SituationName.SAFETY, SURE
    if answer.legal_threat or "self_harm" in answer.flags:
        return SituationName.SAFETY, answer.confidence
    return SituationName(answer.situation), answer.confidence


def _secondary(situation: SituationName, answer: ReadReview) -> tuple[SituationName, ...]:
    """Return the further situations, at most two; one that a rule put into second place comes first."""
    if situation is SituationName.SPAM_ABUSE:
        return ()
    named = map(SituationName, dict.fromkeys([answer.situation, *answer.secondary]))
    rest = [name for name in named if name is not situation and name not in _NOT_SECONDARY]
    return tuple(name for name in rest if name is not SituationName.POSITIVE)[:2]


def _channel(reading: Reading, answer: ReadReview) -> Channel:
    """Return where the answer belongs; harm, silence and insults leave no choice."""
    situation = reading.situation or SituationName.OTHER
    if situation in (SituationName.SAFETY, SituationName.SPAM_ABUSE):
        return USUAL_CHANNEL[situation]
    if rules.insults(reading) and reading.sentiment < 0:
        return Channel.PRIVATE
    if answer.channel == "none" or situation is SituationName.POSITIVE:
        return USUAL_CHANNEL[situation]
    return Channel(answer.channel)


def _flags(reading: Reading, other: Reading, answer: ReadReview) -> tuple[Flag, ...]:
    """Return the flags of the rules and those that the model adds; which language it is, the model says."""
    by_words = {*rules.flags(other)} - {Flag.UNSUPPORTED_LANGUAGE}
    raised = {*rules.flags(reading), *by_words, *map(Flag, answer.flags)}
    return tuple(flag for flag in Flag if flag in raised)
