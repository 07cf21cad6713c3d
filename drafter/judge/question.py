"""What a judge is asked about a reply, with marks in place of personal data, and where its quotes stand."""

from __future__ import annotations

import html
import re
from itertools import pairwise

from drafter.domain.case import ReplyToCheck
from drafter.domain.finding import Part
from drafter.domain.judging import JudgingBrief
from drafter.domain.situation import Channel
from drafter.domain.text import Span
from drafter.llm.case_masks import masks_for
from drafter.llm.sending import sent_case
from drafter.quotes import locate
from drafter.settings import Send
from guardrails.limits import limits_of
from prompts.prompt import Prompt, Rendered, fence, visible

MOST_CHARACTERS = 4_000  # of a review, and of each part of a reply, that a model is shown; limits are far below

_CUT = re.compile(r"\s*\[?(?:…|\.{3,})\]?\s*")  # between the words of a quote that was shortened
_FENCES = {Part.PUBLIC: "public_reply", Part.PRIVATE: "private_message"}


class Question:
    """One reply and its case, as a model sees them; the same datum has the same mark in all texts."""

    def __init__(self, prompt: Prompt, reply: ReplyToCheck, send: Send = "case") -> None:
        self._prompt = prompt
        self._reply = reply
        self._case = sent_case(reply.case, send)
        region = reply.case.review.region or reply.case.shop.region or ""
        self._market = (str(reply.case.review.platform), region) if send == "case" else ("", "")
        self._masks = masks_for(reply.case)
        self._texts = {Part.PUBLIC: reply.public_reply or "", Part.PRIVATE: reply.private_message or ""}
        self._review = self._shown(reply.case.review.full_text)  # first, so that its marks are numbered first
        self._parts = {part: self._shown(text) for part, text in self._texts.items()}

    def rendered(self, brief: JudgingBrief, form: str) -> Rendered:
        """Return the prompt for an answer in a form (the name of the model's mode). Raises PromptError."""
        again = self._prompt.phrase("again", brief.mend) if brief.mend else ""
        return self._prompt.render({"answer_form": form}, {**self._of_case(), **self._of_reply(), "again": again})

    def located(self, quote: str, part: Part) -> tuple[Part, Span] | None:
        """Return where a quote stands in the reply as written; in the other part, where it is not in its own."""
        for place in sorted(Part, key=lambda one: one is not part):
            if (span := _found(self._masks.put_back(quote), self._texts[place])) is not None:
                return place, span
        return None

    def told(self, words: str) -> str:
        """Return a model's words on one line, with what its marks stand for."""
        return " ".join(visible(self._masks.put_back(words)).split())

    def _of_case(self) -> dict[str, str]:
        review, phrase = self._case.review, self._prompt.phrase
        facts = [phrase("fact", "line", name=name, text=text) for name, text in self._case.facts.items()]
        platform, region = self._market
        return {
            "platform": self._line(platform),
            "region": self._line(region),
            "stars": phrase("stars", "given", stars=str(review.rating)) if review.rating is not None else "",
            "product": self._line(review.product.name or ""),
            "facts": fence("\n".join(map(self._line, facts)) or phrase("facts", "none"), "facts"),
            "review": fence(self._review),
        }

    def _of_reply(self) -> dict[str, str]:
        reply = self._reply
        return {
            "channel": reply.channel.value,
            "language": self._line(reply.language or ""),
            "length": self._length(),
            **{name: fence(self._parts[part], name) if self._texts[part] else "" for part, name in _FENCES.items()},
        }

    def _length(self) -> str:
        limits, phrase = limits_of(self._reply.case), self._prompt.phrase
        characters = str(limits.public_characters)
        if self._reply.channel is Channel.PRIVATE:
            return phrase("length", "private", characters=characters)
        fourth = limits.fourth_sentence and self._reply.several_points
        sentences = phrase("sentences", "fourth" if fourth else "usual")
        words = str(limits.public_words)
        return phrase("length", "public", sentences=sentences, words=words, characters=characters)

    def _shown(self, text: str) -> str:
        return self._masks.hide(visible(html.unescape(text[:MOST_CHARACTERS])))

    def _line(self, text: str) -> str:
        return " ".join(self._shown(text).split())


def _found(quote: str, text: str) -> Span | None:
    """Return where a quote stands; of one that was shortened by dots, from its first piece to its last."""
    whole = locate(quote, text)
    if whole is not None:
        return whole
    pieces = [piece for piece in _CUT.split(quote) if any(map(str.isalnum, piece))]
    spans = [locate(piece, text) for piece in pieces]
    if len(pieces) < 2 or any(span is None for span in spans):  # one piece was sought as a whole
        return None
    found = [span for span in spans if span is not None]
    in_order = all(one.end <= other.start for one, other in pairwise(found))
    return Span(found[0].start, found[-1].end) if in_order else None
