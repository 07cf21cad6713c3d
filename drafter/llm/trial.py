"""A trial: one small call of a model, to see whether it answers in the way that its options say."""

from __future__ import annotations

from importlib.resources import files

from pydantic import BaseModel, Field

from drafter.domain.draft import Usage
from drafter.domain.yaml_files import parsed
from drafter.llm.model import ChatModel

SECONDS = 60.0  # that a trial may take, with all tries


class Greeting(BaseModel):
    """The answer to a greeting, in a field that replies have too."""

    public_reply: str = Field(description="One short, friendly sentence.")


async def tried(model: ChatModel) -> tuple[Usage, float]:
    """Ask a model for a sentence; return what that took, and the milliseconds.

    Raises:
        ModelFailed: as it would fail for a draft.
    """
    texts = parsed((files("drafter.llm") / "trial.yaml").read_text(encoding="utf-8"))
    if model.mode == "text":
        words = await model.ask_text(texts["system"], texts["user"], seconds=SECONDS)
        return words.usage, words.latency_ms
    answered = await model.ask(texts["system"], texts["user"], Greeting, seconds=SECONDS)
    return answered.usage, answered.latency_ms
