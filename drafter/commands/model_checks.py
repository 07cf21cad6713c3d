"""What `doctor` says of the models: how each is asked, where, with whose key, and whether it answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from drafter.commands.checkup import Check
from drafter.domain.errors import DrafterError, ModelFailed
from drafter.llm import provider
from drafter.llm.options import ModelOptions, load_models, load_reader_models
from drafter.settings import Settings

if TYPE_CHECKING:
    from drafter.llm.model import ChatModel


def models(settings: Settings, *, ask: bool) -> list[Check]:
    """Return what is known of each model; `ask`: also what comes of a small call, which may cost."""
    try:
        writing = load_models(settings)
        reading = [model for model in load_reader_models(settings)[:1] if model not in writing]
        options = [*writing, *reading]
    except DrafterError as error:
        return [Check("models", "missing", str(error))]
    if ask and not options:
        return [Check("models", "note", "there is none to ask: DRAFTER_MODEL=openai:NAME sets one")]
    turns = [*(f"stands in as number {turn}" if turn else "asked first" for turn in range(len(writing))), "reads"]
    found = [_described(model, turn) for model, turn in zip(options, turns, strict=False)]
    able = [model for model, check in zip(options, found, strict=True) if check.state == "ok"]
    return [*found, *asyncio.run(_asked(able))] if ask else found


def _described(options: ModelOptions, turn: str) -> Check:
    from drafter.llm.client import make
    from drafter.llm.faults import Fault

    made = make(options)
    if isinstance(made, Fault):
        return Check(f"model {options.name}", "missing", made.message)
    told = (
        turn,
        f"mode {options.mode}",
        f"server {provider.host(options)}",
        _key(options),
        "price known" if options.usd_per_million_in is not None else "price not known (DRAFTER_MODELS_FILE)",
    )
    return Check(f"model {options.name}", "ok", ", ".join(told))


def _key(options: ModelOptions) -> str:
    """Return whether the key is set; never the key."""
    variable = provider.key_variable(options)
    if variable is None:
        return "key as its provider's package finds it"
    return f"key {variable} is set" if provider.has_key(options) else f"key {variable} is not set"


async def _asked(options: list[ModelOptions]) -> list[Check]:
    from drafter.llm.model import ChatModel

    return list(await asyncio.gather(*(_answer(ChatModel(model)) for model in options)))


async def _answer(model: ChatModel) -> Check:
    from drafter.llm.trial import tried

    part = f"answer of {model.name}"
    try:
        usage, milliseconds = await tried(model)
    except ModelFailed as failure:
        return Check(part, "missing", str(failure))
    cost = "" if usage.cost_usd is None else f", {usage.cost_usd:.6f} US dollars"
    tokens = f"{usage.tokens_in} tokens in, {usage.tokens_out} out"
    return Check(part, "ok", f"came after {milliseconds / 1000:.1f} s: {tokens}{cost}")
