"""The LLM translator: all texts of an item in one call, with marks in place of personal data, put back afterwards."""

from __future__ import annotations

from drafter.asking import asked, told_as
from drafter.domain.case import Case
from drafter.domain.draft import Attempt
from drafter.domain.errors import TranslatorFailed
from drafter.domain.translation import TRANSLATOR, Texts, Translated
from drafter.llm.case_masks import masks_for
from drafter.llm.masks import Masks
from drafter.llm.model import Answered, ChatModel
from drafter.translating.answers import NAMES, TranslatedTexts, translated_in
from prompts.prompt import Prompt, Rendered, fence, visible

PROMPT = "translate"
UNTRANSLATED = "its words name none of the texts. Ask again."
MOST_CHARACTERS = 4_000  # of each text that a model is shown; what is longer is cut, and the page shows the original


class LlmTranslator:
    """Translates by one model."""

    def __init__(self, model: ChatModel, prompt: Prompt) -> None:
        self.name = model.name
        self._model = model
        self._prompt = prompt

    async def translate(self, case: Case, texts: Texts, language: str, *, seconds: float) -> Translated:
        """Return the texts in a language.

        Raises:
            TranslatorFailed: the model failed, or left a text out.
        """
        with told_as(TranslatorFailed, self.name, "translator.broke"):
            masks = masks_for(case)
            prompt = question(self._prompt, masks, texts, language, self._model.mode)
            answered = await asked(
                self._model, prompt, TranslatedTexts, translated_in, lacking=UNTRANSLATED, seconds=seconds
            )
            return _translated(answered, texts, masks)


def _translated(answered: Answered[TranslatedTexts], texts: Texts, masks: Masks) -> Translated:
    """Return the translations of all texts with their try. Raises TranslatorFailed where one was left out."""
    found = answered.answer.texts
    if missing := [name for name in texts if name not in found]:
        why = f"{answered.model} left out: {', '.join(missing)}. Ask again."
        raise TranslatorFailed(why, model=answered.model, usage=answered.usage, again=True)
    return Translated(
        texts={name: masks.put_back(found[name]) for name in texts},
        tried=Attempt(
            writer=TRANSLATOR,
            model=answered.model,
            number=1,
            outcome="passed",
            usage=answered.usage,
            latency_ms=answered.latency_ms,
        ),
    )


def question(prompt: Prompt, masks: Masks, texts: Texts, language: str, form: str) -> Rendered:
    """Return the prompt for an answer in a form (the name of the model's mode).

    The review comes first, so that its marks are numbered first. Raises PromptError.
    """
    shown = {name: masks.hide(visible(texts[name][:MOST_CHARACTERS])) if name in texts else "" for name in NAMES}
    fenced: dict[str, str] = {name: fence(text, name) if text else "" for name, text in shown.items()}
    told = f"{prompt.phrase('languages', language)} ({language})"
    return prompt.render({"answer_form": form}, {"language": told, **fenced})
