"""The LLM writer: the situation's prompt, filled with the case, answered by a model in one call."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, Field

from drafter.domain.case import Brief, Case
from drafter.domain.draft import Draft, Provenance
from drafter.domain.errors import ModelFailed, WriterFailed
from drafter.domain.names import usable_first_name
from drafter.domain.personal_data import find_personal_data
from drafter.domain.situation import Channel, Situation
from drafter.llm.model import ChatModel
from prompts.library import PromptError
from prompts.prompt import Prompt, Rendered, fence

PROMPT = "write_reply"
ALONE_SECONDS = 120.0  # for a try that nobody has set a time for
_NOTHING = "none"


class WrittenReply(BaseModel):
    """The answer to a customer's review."""

    public_reply: str = Field(description="The reply that everybody reads.")
    private_message: str | None = Field(default=None, description="The message in the shop chat, if there is one.")
    facts_used: list[str] = Field(default_factory=list, description="Names of the case facts that the texts rest on.")
    details_used: list[str] = Field(default_factory=list, description="Details of the review that the texts take up.")


class LlmWriter:
    """Writes by a model."""

    name = "llm"

    def __init__(self, model: ChatModel, prompt: Prompt) -> None:
        self._model = model
        self._prompt = prompt

    async def write(self, case: Case, situation: Situation, brief: Brief) -> Draft:
        """Return the model's draft. Raises WriterFailed."""
        language = case.shop.answers_in(situation.language)
        prompt = self._filled(case, situation, brief, language)
        seconds = brief.seconds if brief.seconds is not None else ALONE_SECONDS
        try:
            answered = await self._model.ask(prompt.system, prompt.user, WrittenReply, seconds=seconds)
        except ModelFailed as failure:
            raise WriterFailed(str(failure), model=failure.model, usage=failure.usage, again=failure.again) from failure
        reply = answered.answer
        private = reply.private_message if situation.channel is not Channel.PUBLIC else None
        if not reply.public_reply.strip() and not (private or "").strip():
            raise WriterFailed(
                f"{answered.model} gave an empty reply.", model=answered.model, usage=answered.usage, again=True
            )
        return Draft(
            public_reply=reply.public_reply.strip() or None,
            private_message=(private or "").strip() or None,
            facts_used=tuple(name for name in reply.facts_used if name in case.facts),
            details_used=tuple(detail for detail in reply.details_used if detail in case.review.full_text),
            language=language,
            provenance=Provenance(
                writer=self.name,
                model=answered.model,
                prompt=PROMPT,
                prompt_hash=prompt.hash,
                attempt=brief.attempt,
                usage=answered.usage,
                latency_ms=answered.latency_ms,
            ),
        )

    def _filled(self, case: Case, situation: Situation, brief: Brief, language: str) -> Rendered:
        voice, region = case.shop.brand_voice, case.review.region
        avoid = f"; never: {', '.join(voice.avoid)}" if voice.avoid else ""
        variables = {
            "language": language,
            "channel": situation.channel.value,
            "secondary": ", ".join(situation.secondary) or _NOTHING,
            "name": usable_first_name(case.review.author) or _NOTHING,
            "product": case.review.product.name or _NOTHING,
            "brand_voice": f"{voice.tone}, says {voice.person}, emoji {'allowed' if voice.emoji else 'none'}{avoid}",
            "details": _listed([masked(detail.text, region) for detail in situation.details]),
            "case_facts": _listed([f"{name}: {masked(text, region)}" for name, text in case.facts.items()]),
            "instruction": brief.instruction or _NOTHING,
            "findings": _listed([f"{finding.message} {finding.suggestion}" for finding in brief.findings]),
            "review": fence(masked(case.review.full_text, region)),
        }
        try:
            return self._prompt.render(situation.situation.value, variables)
        except PromptError as error:
            raise WriterFailed(str(error)) from error


def masked(text: str, region: str | None) -> str:
    """Return the text with personal data replaced by marks, as a provider may see it."""
    for datum in sorted(find_personal_data(text, region=region), key=lambda datum: datum.start, reverse=True):
        text = f"{text[: datum.start]}[{datum.kind.upper()}]{text[datum.end :]}"
    return text


def _listed(entries: Sequence[str]) -> str:
    return "\n".join(f"- {entry}" for entry in entries) or _NOTHING
