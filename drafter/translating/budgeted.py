"""A model that translates within the daily budget of the shop that it is asked for."""

from __future__ import annotations

from drafter.domain.case import Case
from drafter.domain.errors import TranslatorFailed
from drafter.domain.ports import Translator
from drafter.domain.translation import Texts, Translated
from drafter.llm.budget import Purse, Taking, within_budget
from drafter.llm.options import ModelOptions


class BudgetedTranslator:
    """A translator that asks only within the budget."""

    def __init__(self, translator: Translator, options: ModelOptions, purse: Purse) -> None:
        self.name = translator.name
        self._translator = translator
        self._options = options
        self._purse = purse

    async def translate(self, case: Case, texts: Texts, language: str, *, seconds: float) -> Translated:
        """Return the translator's texts. Raises TranslatorFailed, with the figures where the budget is used up."""
        return await within_budget(
            self._purse,
            Taking(shop=case.shop, options=self._options),
            lambda: self._translator.translate(case, texts, language, seconds=seconds),
            lambda translated: translated.tried.usage,
            _refused,
        )


def _refused(why: str, *, model: str, codes: tuple[str, ...]) -> TranslatorFailed:
    return TranslatorFailed(f"{why[:1].upper()}{why[1:]}", model=model, codes=codes)
