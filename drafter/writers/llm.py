"""The LLM writer: the situation's prompt, filled with the case, answered by a model in one call.

Personal data stay here: the model sees marks, and what it writes gets the data back, in public the first name alone.
A draft has what its channel asks for, or it is none: an answer without the private message that a hybrid or private
channel needs is asked for again, since half an answer would have to be finished by a person, and the checks, which
know nothing of what was asked for, would pass it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drafter.asking import told_as
from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance
from drafter.domain.errors import WriterFailed
from drafter.domain.situation import Channel, Situation
from drafter.llm.case_masks import masks_for
from drafter.llm.masks import Masks
from drafter.llm.model import Answered, ChatModel
from drafter.settings import Send
from drafter.writers.answers import Written, WrittenReply, alone, written
from drafter.writers.asking import Question
from drafter.writers.naming import Named, details_named, facts_named, facts_stated
from drafter.writers.remarks import Remarks
from prompts.prompt import Prompt, Rendered, visible

PROMPT = "write_reply"
ALONE_SECONDS = 120.0  # for a try that nobody has set a time for
_WITH_MESSAGE = frozenset({Channel.HYBRID, Channel.PRIVATE})


class LlmWriter:
    """Writes by a model."""

    name = "llm"

    def __init__(self, model: ChatModel, prompt: Prompt, *, send: Send = "case") -> None:
        self._model = model
        self._prompt = prompt
        self._send: Send = send

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the model's draft.

        Raises:
            WriterFailed: the model failed, or its answer lacks what the channel asks for (then `again` is true).
        """
        masks = masks_for(case)
        with told_as(WriterFailed, self._model.name, "writer.broke"):
            question = Question(self._prompt, case, situation, brief, masks, self._send)
            prompt = question.rendered(self._model.mode)
            answered = await self._asked(prompt, brief)
        public = masks.put_back_name(answered.answer.public_reply)
        private = masks.put_back(answered.answer.private_message) if situation.channel in _WITH_MESSAGE else ""
        if lack := _lack(public, private, situation.channel):
            raise WriterFailed(f"{answered.model} gave {lack}.", model=answered.model, usage=answered.usage, again=True)
        said, language = f"{public}\n{private}", case.shop.answers_in(situation.language)
        facts = _facts(answered.answer, case, masks)
        details = _details(answered.answer, case, situation, masks, said)
        remarks = Remarks(self._prompt, case, language=language, public=public, private=private)
        unsent = remarks.on_wish() if brief.instruction and self._send == "review" else ()
        return Draft(
            public_reply=public or None,
            private_message=private or None,
            facts_used=facts_stated(said, case.facts, facts.known, _told(case)),
            details_used=details.known,
            language=language,
            remarks=(*remarks.on_names(facts, details), *remarks.on_copies(question.examples), *unsent),
            provenance=self._provenance(answered, prompt, brief),
        )

    async def _asked(self, prompt: Rendered, brief: Brief) -> Answered[Written]:
        """Ask the model in its mode; its plain words are a reply, whatever they are. Raises ModelFailed."""
        seconds = brief.seconds if brief.seconds is not None else ALONE_SECONDS
        if self._model.mode == "text":
            said = await self._model.ask_text(prompt.system, prompt.user, seconds=seconds)
            return _with(said, written(said.answer))
        reply = await self._model.ask(prompt.system, prompt.user, WrittenReply, seconds=seconds)
        return _with(reply, written(reply.answer))

    def _provenance(self, answered: Answered[Written], prompt: Rendered, brief: Brief) -> Provenance:
        return Provenance(
            writer=self.name,
            model=answered.model,
            prompt=PROMPT,
            prompt_hash=prompt.hash,
            attempt=brief.attempt,
            usage=answered.usage,
            latency_ms=answered.latency_ms,
        )


def _with(answered: Answered[Any], answer: Written) -> Answered[Written]:
    return replace(answered, answer=answer)


def _lack(public: str, private: str, channel: Channel) -> str | None:
    """Return what a channel asks for and an answer has not; the public sentence of a private answer may be left out."""
    if not public and not private:
        return "an empty answer"
    if not public and channel is not Channel.PRIVATE:
        return "no public reply"
    if not private and channel in _WITH_MESSAGE:
        return "no private message, which this review needs"
    return None


def _facts(texts: Written, case: Case, masks: Masks) -> Named:
    """Return the facts that the model says it used; none of one that was not asked."""
    return facts_named(map(masks.put_back, texts.facts_used or ()), case.facts)


def _details(texts: Written, case: Case, situation: Situation, masks: Masks, said: str) -> Named:
    """Return the details of the review that the model says it used; of one that was not asked, those it quotes."""
    if texts.details_used is None:
        return Named(known=tuple(detail.text for detail in situation.details if detail.text in said))
    named = (alone(masks.put_back(detail)) for detail in texts.details_used)
    return details_named(named, case.review.full_text, case.review.product.name or "")


def _told(case: Case) -> str:
    return visible(f"{case.review.full_text}\n{case.review.product.name or ''}")
