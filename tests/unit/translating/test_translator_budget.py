"""A translation counts for the shop's daily budget, and is refused over it."""

from __future__ import annotations

import pytest

from drafter.domain.case import Case
from drafter.domain.draft import OVER_BUDGET
from drafter.domain.errors import TranslatorFailed
from drafter.domain.review import Review
from drafter.domain.shop import DailyBudget, Shop
from drafter.llm.budget import InProcessPurse
from drafter.llm.options import ModelOptions
from drafter.testing import ScriptedTranslator
from drafter.translating.budgeted import BudgetedTranslator

ROOM = 4_000  # tokens: for one call with what is set aside for it, not for a second one


async def test_over_the_budget_no_model_is_asked() -> None:
    scripted, options = ScriptedTranslator(), ModelOptions(name="openai:scripted")
    translator = BudgetedTranslator(scripted, options, InProcessPurse())
    case = Case(review=Review(external_id="1", text="Hola"), shop=Shop(daily_budget=DailyBudget(tokens=ROOM)))
    first = await translator.translate(case, {"review": "Hola"}, "de", seconds=10)
    assert first.texts == {"review": "[de] Hola"}
    with pytest.raises(TranslatorFailed, match="The shop's daily budget is used up") as failure:
        await translator.translate(case, {"review": "Hola"}, "de", seconds=10)
    assert failure.value.codes == (OVER_BUDGET,)
    assert len(scripted.asked) == 1
