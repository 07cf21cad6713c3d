"""The judge's own model: it is named where a judgement is asked for, never by the settings of the writer."""

from __future__ import annotations

from typing import Any

from drafter.domain.errors import BadInput, Misconfigured
from drafter.llm.model import ChatModel
from drafter.llm.options import ModelOptions, load_models
from drafter.settings import Settings
from evals.judging.judge import PairJudge, ReplyJudge, Step, directly
from evals.judging.rubric import rubric
from evals.runs.origin import options_told

ANSWER_TOKENS = 2_000  # five quotes and reasons are longer than a reply; tokens of Thai and Japanese are many


def judge_options(settings: Settings, name: str) -> ModelOptions:
    """Return the options of a judge: DRAFTER_MODELS_FILE may hold some for its name; DRAFTER_MODEL is not looked at.

    Raises:
        BadInput: the name cannot be used, the model is asked in plain text, which has no form for scores, or nothing
            but reviews may be sent.
        Misconfigured: the file cannot be used.
    """
    if settings.send == "review":
        raise BadInput(
            "A judge is shown facts and replies, which DRAFTER_SEND=review forbids: set it to case for this."
        )
    own = settings.model_copy(update={"model": name, "fallback_models": ()})
    try:
        (options,) = load_models(own)
    except Misconfigured as error:
        if str(error).startswith("DRAFTER_MODEL: "):
            told = str(error).replace("DRAFTER_MODEL", "The judge's model", 1)
            raise BadInput(told.replace(f"{name}.name: ", "", 1)) from None
        raise
    if options.mode == "text":
        raise BadInput(f"{name} cannot judge in mode text: set another mode for it in DRAFTER_MODELS_FILE.")
    if "max_answer_tokens" not in options.model_fields_set:
        options = options.with_changes(max_answer_tokens=ANSWER_TOKENS)
    return options


class JudgeModel:
    """One model behind both kinds of judge, so that its calls share its slots."""

    def __init__(self, options: ModelOptions) -> None:
        self.options = options
        self.identity: dict[str, Any] = options_told(options)  # all that decides what it answers besides the prompt
        self._model = ChatModel(options)

    @property
    def priced(self) -> bool:
        """Whether the cost of its calls is known."""
        return self.options.usd_per_million_in is not None

    def of_replies(self, step: Step = directly) -> ReplyJudge:
        """Return a judge of single replies."""
        return ReplyJudge(self._model, rubric(), **self._arguments(step))

    def of_pairs(self, step: Step = directly) -> PairJudge:
        """Return a judge of pairs."""
        return PairJudge(self._model, rubric(), **self._arguments(step))

    def _arguments(self, step: Step) -> dict[str, Any]:
        return {"identity": self.identity, "step": step, "concurrency": self.options.concurrency}
